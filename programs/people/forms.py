"""Forms about people."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

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
