"""What the table is made of: answers for the whole cast, and the rows themselves.

A status is a number, LOGIN for a redirect to the log-in page, or a tuple where several are right.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.access.world import CAST, World

LOGIN: Final = "login"
Status = int | str | tuple[int | str, ...]
Answers = dict[str, Status]

PUBLIC: Final = "public"
MUNICIPALITY: Final = "municipality"
OUTSIDE: Final = ("stranger", "elsewhere", "coordinator", "founder", "rival")
SIGNED_OUT: Final = ("nobody", "deactivated")


def everyone(status: Status, **other: Status) -> Answers:
    """The same answer for the whole cast, but for those named."""
    return dict.fromkeys(CAST, status) | other


def signed_in(status: Status, **other: Status) -> Answers:
    """An answer for all who are logged in; the rest are sent to log in."""
    return everyone(status) | dict.fromkeys(SIGNED_OUT, LOGIN) | other


def inside(status: Status, **other: Status) -> Answers:
    """An answer for those who work in the municipality or visit it; others learn nothing."""
    return signed_in(status) | dict.fromkeys(OUTSIDE, 404) | other


def managers(status: Status, **other: Status) -> Answers:
    """An answer for the lead and the visiting coordinator; others inside are refused."""
    return inside(403) | {"lead": status, "visitor": status} | other


def writers(status: Status, **other: Status) -> Answers:
    """An answer for those who write challenges: lead, member and the visiting coordinator; others are refused."""
    return inside(403) | {"lead": status, "member": status, "visitor": status} | other


def coordinators(status: Status, **other: Status) -> Answers:
    """An answer for coordinators, on the public host; nobody else learns that there is such a page."""
    return signed_in(404) | {"coordinator": status, "visitor": status} | other


def NOTHING(_world: World) -> dict[str, Any]:  # noqa: N802  a constant, as far as its readers care
    """Name nothing in the address."""
    return {}


@dataclass(frozen=True)
class Row:
    """One URL name on one of the two hosts."""

    host: str
    name: str
    get: Answers
    post: Answers
    kwargs: Callable[[World], dict[str, Any]] = field(default=NOTHING)

    def __str__(self) -> str:
        """Name the test."""
        return f"{self.host}-{self.name}"


def account(name: str, get: Answers, post: Answers, kwargs: Callable[[World], dict[str, Any]] = NOTHING) -> list[Row]:
    """A page of logging in or of one's own account, on both hosts; a visiting coordinator leaves it be."""
    shut = {"visitor": 403}
    return [Row(PUBLIC, name, get, post, kwargs), Row(MUNICIPALITY, name, {**get, **shut}, {**post, **shut}, kwargs)]


def both(name: str, get: Answers, post: Answers, kwargs: Callable[[World], dict[str, Any]] = NOTHING) -> list[Row]:
    """A URL that both hosts have, with the same answers."""
    return [Row(host, name, get, post, kwargs) for host in (PUBLIC, MUNICIPALITY)]


def signing_in(status: Status) -> Answers:
    """An answer for those who are not logged in; the rest are led away."""
    return everyone(302) | dict.fromkeys(SIGNED_OUT, status)


def factor_holders(status: Status, *, others: Status) -> Answers:
    """An answer for those with a second factor: coordinators and leads; and one for others who are logged in."""
    return signed_in(others) | dict.fromkeys(("elsewhere", "lead", "coordinator", "visitor"), status)


@dataclass(frozen=True)
class NamedPage:
    """A page that the browser looks at, and as whom; `row` names one of the table."""

    host: str
    name: str
    cast: str


def admin(model: str, key: str, *, add: Answers, post_add: Answers, post_change: Answers) -> list[Row]:
    """The admin's pages of one model; nothing is deleted there.

    Args:
        model: `app_model`, as the admin's URL names have it.
        key: which of the world's public things is asked for.
        add: what GET gets from the form for a new one.
        post_add: what an empty POST gets from it.
        post_change: what an empty POST gets from the form of one that is there.
    """

    def thing(world: World) -> dict[str, Any]:
        return {"object_id": world.things[key].pk}

    start = f"admin:{model}"
    return [
        Row(PUBLIC, f"{start}_changelist", coordinators(200), coordinators((200, 302))),
        Row(PUBLIC, f"{start}_add", add, post_add),
        Row(PUBLIC, f"{start}_change", coordinators(200), post_change, thing),
        Row(PUBLIC, f"{start}_delete", coordinators(403), coordinators(403), thing),
        Row(PUBLIC, f"{start}_history", coordinators(200), coordinators((200, 405)), thing),
    ]


SHUT: Final = coordinators(403)
