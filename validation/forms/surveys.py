"""Forms for surveys, their questions, and when they close."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tech4muni.core.form_fields import MomentField
from tech4muni.core.forms import FormMixin
from tech4muni.core.languages import own_name
from validation.enums import QuestionKind
from validation.forms.texts import TextsMixin, field_name
from validation.models import Question, Survey

LONGEST = 2000


def language_options(first: Sequence[str]) -> list[tuple[str, str]]:
    """Return the product's languages to choose from, those of the municipality first."""
    codes = [*first, *(code for code, _name in settings.LANGUAGES if code not in first)]
    return [(code, own_name(code)) for code in codes]


class SurveyBase(TextsMixin, forms.Form):
    """A survey: its languages, its texts in each of them, and its end."""

    def __init__(self, *args: Any, survey: Survey, languages: Sequence[str], **kwargs: Any) -> None:
        self.languages = languages  # that texts can be typed in: the survey's and the municipality's
        super().__init__(*args, **kwargs)
        initial = survey.languages or list(languages)
        self.fields["languages"] = forms.MultipleChoiceField(
            label=_("Languages"),
            choices=language_options(languages),
            widget=forms.CheckboxSelectMultiple,
            initial=initial,
            help_text=_("Residents choose among them. To open the survey, every text has to be there in each."),
        )
        codes = [code for code, _name in language_options(languages)]
        shown = [code for code in codes if code in {*languages, *initial}]
        self.shown = shown
        self.add_texts("names", _("Title"), shown, survey.names if survey.pk else {})
        self.add_texts(
            "introductions", _("Introduction"), shown, survey.introductions, long=True, max_length=LONGEST,
            help_text=_("Why you ask, and what happens with the answers."),
        )  # fmt: skip
        self.fields["closes_at"] = closing_field(survey)

    def values(self) -> dict[str, Any]:
        """Return what `services.surveys.save_survey` takes."""
        return {
            "names": self.texts("names", self.shown),
            "introductions": self.texts("introductions", self.shown),
            "languages": self.cleaned_data["languages"],
            "closes_at": self.cleaned_data["closes_at"],
        }


def closing_field(survey: Survey) -> MomentField:
    """Return the field for when a survey closes."""
    return MomentField(
        label=_("Closes"),
        required=False,
        initial=survey.closes_at,
        help_text=_("It closes by itself then. Left empty, it is open until somebody closes it."),
    )


class SurveyForm(FormMixin, SurveyBase):
    """A survey that is a draft."""


class ClosingBase(forms.Form):
    """When an open survey closes."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closes_at"] = closing_field(survey)


class ClosingForm(FormMixin, ClosingBase):
    """When an open survey closes."""


class QuestionBase(TextsMixin, forms.Form):
    """A question with its text and its answers in each language of the survey."""

    kind = forms.ChoiceField(label=_("Kind"), choices=QuestionKind)
    required = forms.BooleanField(label=_("It must be answered"), required=False)

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        self.question, self.languages = question, question.survey.languages
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = question.kind or QuestionKind.SINGLE
        self.fields["required"].initial = question.required
        self.add_texts("texts", _("Question"), self.languages, question.texts, max_length=300)
        self.add_texts(
            "options", _("Answers"), self.languages, self._lines(), needed=0, long=True, max_length=LONGEST,
            help_text=_("One in a line, in the same order in each language; only where answers are to choose from."),
        )  # fmt: skip
        self.fields["direction"] = forms.ModelChoiceField(
            question.survey.challenge.directions.all(),
            label=_("Direction"),
            required=False,
            initial=question.direction_id,
            empty_label=_("None"),
            help_text=_("Only for questions about a direction."),
        )
        self.order_fields(["kind", *(field_name("texts", each) for each in self.languages)])

    def _lines(self) -> dict[str, str]:
        options = self.question.options
        return {each: "\n".join(option.get(each, "") for option in options) for each in self.languages}

    def clean(self) -> dict[str, Any]:
        """Refuse answers whose number differs between languages."""
        typed: dict[str, Any] = super().clean() or {}
        if QuestionKind(typed.get("kind", QuestionKind.TEXT)).has_options:
            first, *others = self.languages
            number = len(_split(typed.get(field_name("options", first), "")))
            for language in others:
                given = len(_split(typed.get(field_name("options", language), "")))
                if given not in (0, number):
                    self.add_error(
                        field_name("options", language), _("Write as many answers as in the first language.")
                    )
        return typed

    def values(self) -> dict[str, Any]:
        """Return what `services.questions.save_question` takes."""
        kind = QuestionKind(self.cleaned_data["kind"])
        lines = {each: _split(self.cleaned_data[field_name("options", each)]) for each in self.languages}
        count = max(map(len, lines.values())) if kind.has_options else 0
        options = [
            {language: texts[place] for language, texts in lines.items() if place < len(texts)}
            for place in range(count)
        ]
        about_direction = kind == QuestionKind.DIRECTION
        return {
            "kind": kind.value,
            "texts": self.texts("texts", self.languages),
            "options": options,
            "direction": self.cleaned_data["direction"] if about_direction else None,
            "required": self.cleaned_data["required"],
        }


class QuestionForm(FormMixin, QuestionBase):
    """A question of a survey that is a draft."""


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
