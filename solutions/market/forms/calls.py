"""Forms about calls: publishing them, asking about them, and finding them on the portal."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Div, Field
from django import forms
from django.utils.translation import gettext_lazy as _

from solutions.market.queries.portal import OPEN, PAST, Wanted
from solutions.market.services.publishing import LONGEST_GRACE
from solutions.market.services.questions import LONGEST
from tech4muni.core.form_fields import MomentField
from tech4muni.core.forms import FilterMixin, FormMixin, format_zone


class OnClock(FormMixin, forms.Form):
    """A form whose instants are typed on the clock of one time zone."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, MomentField):
                field.zone = zone
                field.label = format_zone(self.base_fields[name].label or "", field.city)


class PublishForm(OnClock):
    """When applications are taken."""

    submit_label = _("Publish the call")

    opens_at = MomentField(
        label=_("Applications open"), required=False, help_text=_("Leave it empty to take applications at once.")
    )
    closes_at = MomentField(
        label=_("Applications close"),
        help_text=_(
            "Companies need four weeks or more. The deadline can move to a later time, never to an earlier one."
        ),
    )
    grace_minutes = forms.IntegerField(
        label=_("Minutes of grace"),
        min_value=0,
        max_value=LONGEST_GRACE,
        initial=15,
        help_text=_("Who is in the middle of sending at the deadline may still finish."),
    )


class JoinForm(FormMixin, forms.Form):
    """Joins a call: all of it stands in the brief."""

    submit_label = _("Join the call")


class DeadlineForm(OnClock):
    """More time for companies."""

    submit_label = _("Move the deadline")

    seen = forms.DateTimeField(widget=forms.HiddenInput)
    closes_at = MomentField(label=_("New deadline"))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Everybody who works on an application is told.")
    )


class WithdrawForm(FormMixin, forms.Form):
    """Why a call is taken back."""

    submit_label = _("Withdraw the call")

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It stands on the portal, and everybody who works on an application is told."),
    )


class AnswerForm(FormMixin, forms.Form):
    """The answer to a question."""

    submit_label = _("Publish the answer")

    answer = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Question and answer stand on the portal for everybody. Nobody sees who asked."),
    )


class HideForm(FormMixin, forms.Form):
    """Why a question is hidden."""

    submit_label = _("Hide the question")

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It stays on record in your municipality."))


class AskForm(FormMixin, forms.Form):
    """A question about a call, from anybody."""

    submit_label = _("Ask")
    autocomplete = {"email": "email"}

    text = forms.CharField(
        label=_("Your question"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Everybody can read it, with the answer. Do not write who you are."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"), help_text=_("The answer is sent there. The address is shown to nobody.")
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1"}),
    )

    def layout_parts(self) -> list[Any]:
        """The fields; the one that only machines fill in is out of sight."""
        return ["text", "email", Div(Field("website"), css_class="trap", aria_hidden="true")]

    @property
    def was_machine(self) -> bool:
        """Whether the field was filled in that people do not see."""
        return bool(self.cleaned_data.get("website"))


class PortalForm(FilterMixin, forms.Form):
    """What the portal's list is filtered by."""

    q = forms.CharField(
        label=_("Words"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    state = forms.ChoiceField(
        label=_("Applications"),
        required=False,
        choices=[("", _("All")), (OPEN, _("Open, or soon to open")), (PAST, _("Closed"))],
    )

    def __init__(
        self, *args: Any, countries: Sequence[tuple[str, str]], places: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("All"))
        self.fields["country"].choices = [every, *countries]  # type: ignore[attr-defined]
        self.fields["municipality"].choices = [every, *places]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What is looked for; a value that no list offers is as good as none."""
        if not self.is_bound:
            return Wanted()
        self.is_valid()
        found = self.cleaned_data
        return Wanted(
            found.get("q", ""), found.get("country", ""), found.get("municipality", ""), found.get("state", "")
        )
