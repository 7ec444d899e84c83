"""Forms about people."""

from django import forms
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from programs.enums import MunicipalityState, Role
from programs.models import Municipality, Visit
from programs.people.zones import zone_choices
from tech4muni.accounts.models import User
from tech4muni.core.forms import FormMixin


class ProfileForm(FormMixin, forms.Form):
    """How somebody is named and written to."""

    autocomplete = {"name": "name"}

    name = forms.CharField(
        label=_("Your name"), max_length=User._meta.get_field("name").max_length, help_text=_("As others see it.")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the pages, and of the mails that we send you.")
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)


class NewPersonForm(ProfileForm):
    """What an invited person tells of themselves."""

    submit_label = _("Accept the invitation")


class InviteForm(FormMixin, forms.Form):
    """Whom to invite, and as what."""

    submit_label = _("Send the invitation")
    cancel_url = reverse_lazy("people:list")

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role,
        initial=Role.MEMBER,
        help_text=_("Leads manage the people; viewers only read. You can change it later."),
    )


class ReasonForm(FormMixin, forms.Form):
    """Why something is done, for the record."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, help_text=_("Kept on record, where your team can read it.")
    )


class RoleForm(ReasonForm):
    """Another role for somebody."""

    submit_label = _("Change the role")
    cancel_url = reverse_lazy("people:list")
    field_order = ("role", "reason")

    role = forms.ChoiceField(label=_("Role"), choices=Role)


class EnterForm(FormMixin, forms.Form):
    """Which municipality a coordinator visits, and why."""

    submit_label = _("Continue")

    municipality = forms.ModelChoiceField(
        label=_("Municipality"),
        queryset=Municipality.objects.filter(state=MunicipalityState.ACTIVE),
        to_field_name="public_id",
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=Visit._meta.get_field("reason").max_length,
        help_text=_("The municipality reads it: on every page while you are there, and in its history for good."),
    )
