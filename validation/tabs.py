"""The part of a challenge that validation adds."""

from django.utils.translation import gettext_lazy as _

from challenges.permissions import may_read
from challenges.tabs import Tab, register

register(Tab(_("Validation"), "validation:overview", 20, "validation:", lambda actor, _challenge: may_read(actor)))
