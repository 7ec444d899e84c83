"""The parts of a challenge that this app adds."""

from django.utils.translation import gettext_lazy as _

from challenges.permissions import may_read
from challenges.tabs import Tab, register
from solutions.selection.permissions import may_read_selection

register(Tab(_("Market map"), "selection:map", 30, "selection:map", lambda actor, _challenge: may_read(actor)))
register(
    Tab(
        _("Applications"),
        "selection:applications",
        32,
        "selection:application",
        lambda actor, _challenge: may_read(actor),
    )
)
register(
    Tab(
        _("Selection"),
        "selection:evaluation",
        50,
        "selection:evaluation",
        lambda actor, _challenge: may_read_selection(actor),
    )
)
