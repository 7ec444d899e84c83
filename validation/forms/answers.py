"""The page that residents answer: its fields come from the questions, in the language that is active."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from tech4muni.core import clock
from tech4muni.core.forms import FormMixin
from validation.enums import ON_THE_SCALE, Attitude, QuestionKind
from validation.models import Question, StakeholderGroup, Survey

LONGEST: Final = 1000
QUICKEST: Final = timedelta(seconds=1)
OLDEST: Final = timedelta(days=7)
NO_ANSWER: Final = _("I would rather not answer")
TRAP: Final = "website"
"""A field that people do not see; what fills it in is no person."""


def new_page(survey: Survey) -> str:
    """Return a signed word for a page that is shown now: what is sent from it counts once."""
    return _signer(survey).sign(f"{secrets.token_urlsafe(16)}.{int(clock.now().timestamp())}")


def _signer(survey: Survey) -> Signer:
    return Signer(salt=f"validation.answer.{survey.public_id}")


class AnswerBase(forms.Form):
    """One field for each question, and one for the group."""

    page = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, survey: Survey, questions: Sequence[Question], **kwargs: Any) -> None:
        self.survey, self.questions = survey, questions
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[f"q{question.number}"] = _field(question)
        groups = StakeholderGroup.objects.filter(challenge=survey.challenge_id)
        if groups:
            self.fields["group"] = forms.ModelChoiceField(
                groups,
                label=_("Which group do you belong to?"),
                required=False,
                widget=forms.RadioSelect,
                empty_label=NO_ANSWER,
                blank=True,
            )
        self.nonce = ""

    def clean(self) -> dict[str, Any]:
        """Refuse what comes from no page of this survey, from an old one, or quicker than anybody reads."""
        typed: dict[str, Any] = super().clean() or {}
        try:
            self.nonce, shown = _signer(self.survey).unsign(typed.get("page", "")).rsplit(".", 1)
        except (BadSignature, ValueError):
            raise forms.ValidationError(_("Please check your answers and send them once more.")) from None
        age = clock.now() - datetime.fromtimestamp(int(shown), UTC)
        if age > OLDEST:
            self.nonce = ""
            raise forms.ValidationError(_("This page was open for days. Please send your answers once more."))
        if age < QUICKEST:
            raise forms.ValidationError(_("That was very quick. Please check your answers and send them once more."))
        return typed

    @property
    def is_trapped(self) -> bool:
        """Whether something filled in what people do not see."""
        return bool(self.data.get(TRAP))

    def answers(self) -> dict[str, Any]:
        """Return the answers by number of the question, without what was left out."""
        given = {str(each.number): self.cleaned_data.get(f"q{each.number}") for each in self.questions}
        kinds = {str(each.number): QuestionKind(each.kind) for each in self.questions}
        return {number: _plain(kinds[number], value) for number, value in given.items() if value}


class AnswerForm(FormMixin, AnswerBase):
    """What residents answer."""

    submit_label = _("Send my answers")


def _field(question: Question) -> forms.Field:
    kind = QuestionKind(question.kind)
    words: dict[str, Any] = {"label": question.text, "required": question.required}
    nothing = [] if question.required else [("", NO_ANSWER)]
    if kind == QuestionKind.TEXT:
        return forms.CharField(
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Please name nobody, yourself neither."),
            **words,
        )
    if kind == QuestionKind.MULTIPLE:
        return forms.MultipleChoiceField(
            choices=[(str(place), text) for place, text in enumerate(question.answers)],
            widget=forms.CheckboxSelectMultiple,
            **words,
        )
    choices: list[tuple[Any, Any]] = [(str(place), text) for place, text in enumerate(question.answers)]
    if kind == QuestionKind.SCALE:
        choices = [(str(step), _scale_words(step)) for step in ON_THE_SCALE]
    elif kind == QuestionKind.DIRECTION:
        choices = list(Attitude.choices)
        words["help_text"] = str(question.direction)
    return forms.ChoiceField(choices=[*choices, *nothing], widget=forms.RadioSelect, initial="", **words)


def _scale_words(step: int) -> Any:
    if step == ON_THE_SCALE[0]:
        return _("%(step)s – not at all") % {"step": step}
    return _("%(step)s – very much") % {"step": step} if step == ON_THE_SCALE[-1] else str(step)


def _plain(kind: QuestionKind, value: Any) -> Any:
    """Return an answer as it is kept."""
    if kind == QuestionKind.MULTIPLE:
        return sorted(int(place) for place in value)
    return int(value) if kind in (QuestionKind.SINGLE, QuestionKind.SCALE) else value
