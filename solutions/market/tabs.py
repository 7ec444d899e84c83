"""The part of a challenge that is about its call."""

from django.utils.translation import gettext_lazy as _

from challenges.permissions import may_read
from challenges.tabs import Tab, register

register(Tab(_("Call"), "market:call_overview", 28, "market:call_", lambda actor, _challenge: may_read(actor)))
