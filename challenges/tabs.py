"""The parts of a challenge, as links on all of its pages; upper apps register theirs in their own `tabs` module."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.permissions import may_read
from programs.actors import Actor
from tech4muni.core.permissions import Decision

if TYPE_CHECKING:
    from challenges.models import Challenge


@dataclass(frozen=True, slots=True)
class Tab:
    """A link among the parts of a challenge.

    Args:
        label: the word on it.
        url_name: where it leads; takes `challenge_id`.
        place: orders the tabs; the number of the stage they belong to, times ten.
        prefix: the link is marked on all pages whose view name begins so.
        may: who sees it.
    """

    label: str | Promise
    url_name: str
    place: int
    prefix: str
    may: "Callable[[Actor, Challenge], Decision]"


_tabs: Final[dict[str, Tab]] = {}


def register(tab: Tab) -> None:
    """Make a tab known; raises ValueError if another one leads to the same page."""
    if _tabs.setdefault(tab.url_name, tab) != tab:
        raise ValueError(f"There are two tabs that lead to {tab.url_name}.")


def tabs_for(actor: Actor, challenge: "Challenge") -> list[Tab]:
    """Return the tabs that an actor sees, in order."""
    return [tab for tab in sorted(_tabs.values(), key=lambda tab: tab.place) if tab.may(actor, challenge)]


register(
    Tab(_("Overview"), "challenges:challenge", 0, "challenges:challenge", lambda actor, _challenge: may_read(actor))
)
register(Tab(_("Origin"), "challenges:origin", 8, "challenges:origin", lambda actor, _challenge: may_read(actor)))
register(Tab(_("Brief"), "challenges:brief", 10, "challenges:brief", lambda actor, _challenge: may_read(actor)))
