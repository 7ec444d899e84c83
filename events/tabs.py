"""The event among the parts of a challenge."""

from typing import Final

from django.utils.translation import pgettext_lazy

from challenges.permissions import may_read
from challenges.tabs import Tab, register

PLACE: Final = 40

LABEL: Final = pgettext_lazy("stage", "Event")

register(Tab(LABEL, "events:challenge", PLACE, "events:", lambda actor, _challenge: may_read(actor)))
