"""The pilots of a challenge among its parts."""

from django.utils.translation import gettext_lazy as _

from challenges.permissions import may_read
from challenges.tabs import Tab, register

register(Tab(_("Pilot"), "pilots:list", 60, "pilots:", lambda actor, _challenge: may_read(actor)))
