"""The mails about calls, their questions, and applications."""

from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from solutions.market.enums import CompanyRole, ReleaseState
from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

MUNICIPALITY: Final = Placeholder("municipality", "Strumica")
CALL: Final = Placeholder("call", "Smarter waste collection")
CLOSES: Final = Placeholder("closes_at", datetime(2026, 11, 28, 11, tzinfo=UTC), Form.VALUE)
REASON: Final = Placeholder("reason", "Several companies asked for more time.", Form.TEXT)
INSIDE: Final = Placeholder("url", "https://strumica.example.org/challenges/", Form.LINK)
OUTSIDE: Final = Placeholder("url", "https://example.org/calls/", Form.LINK)
QUESTION: Final = Placeholder("question", "May the sensors use the street lamps' power?", Form.TEXT)

CALL_PUBLISHED: Final = register(
    Kind("market.call_published", _("A call is published"), Category.NEWS, (MUNICIPALITY, CALL, CLOSES, INSIDE))
)
DEADLINE_MOVED: Final = register(
    Kind(
        "market.deadline_moved",
        _("The deadline of a call moved"),
        Category.NEWS,
        (MUNICIPALITY, CALL, CLOSES, REASON, OUTSIDE),
    )
)
CALL_WITHDRAWN: Final = register(
    Kind("market.call_withdrawn", _("A call is withdrawn"), Category.NEWS, (MUNICIPALITY, CALL, REASON, OUTSIDE))
)
QUESTION_ASKED: Final = register(
    Kind("market.question_asked", _("A question about a call"), Category.NEWS, (MUNICIPALITY, CALL, QUESTION, INSIDE))
)
QUESTION_ANSWERED: Final = register(
    Kind(
        "market.question_answered",
        _("An answer to a question about a call"),
        Category.NEWS,
        (MUNICIPALITY, CALL, QUESTION, Placeholder("answer", "Yes, from dusk to dawn.", Form.TEXT), OUTSIDE),
    )
)

# -- Applications
APPLICATION_MOMENT: Final = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
APPLICATION_URL: Final = Placeholder("url", "https://example.org/applications/", Form.LINK)
APPLICATION_CALL: Final = Placeholder("call", "Smarter waste collection")
APPLICATION_REFERENCE: Final = Placeholder("reference", "T4M-7KQ2-XM4P")

APPLICATION_LINK: Final = register(
    Kind(
        name="market.application_link",
        label=_("Link to begin an application"),
        category=Category.ACCOUNT,
        placeholders=(
            APPLICATION_CALL,
            Placeholder("municipality", "Strumica"),
            Placeholder("expires_at", APPLICATION_MOMENT, Form.VALUE),
            Placeholder("url", "https://example.org/applications/link/kZ3/", Form.LINK, secret=True),
        ),
    )
)
APPLICATION_INVITATION: Final = register(
    Kind(
        name="market.application_invitation",
        label=_("Invitation to work on an application"),
        category=Category.PEOPLE,
        placeholders=(
            Placeholder("inviter", "Dana Levi"),
            APPLICATION_CALL,
            Placeholder("role", CompanyRole.EDITOR.label),
            Placeholder("expires_at", APPLICATION_MOMENT, Form.VALUE),
            Placeholder("url", "https://example.org/applications/link/kZ3/", Form.LINK, secret=True),
        ),
    )
)
APPLICATION_RECEIPT: Final = register(
    Kind(
        name="market.application_receipt",
        label=_("Receipt for an application"),
        category=Category.NEWS,
        placeholders=(
            APPLICATION_REFERENCE,
            Placeholder("submitted_at", APPLICATION_MOMENT, Form.VALUE),
            Placeholder("digest", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            Placeholder("municipalities", "Strumica\nKriva Palanka", Form.TEXT),
            APPLICATION_URL,
        ),
    )
)
APPLICATION_WITHDRAWN: Final = register(
    Kind(
        name="market.application_withdrawn",
        label=_("An application was withdrawn"),
        category=Category.NEWS,
        placeholders=(APPLICATION_REFERENCE, Placeholder("actor", "Dana Levi"), APPLICATION_URL),
    )
)
APPLICATION_REMINDER: Final = register(
    Kind(
        name="market.application_reminder",
        label=_("Reminder of an unfinished application"),
        category=Category.REMINDER,
        placeholders=(
            APPLICATION_CALL,
            APPLICATION_REFERENCE,
            Placeholder("closes_at", APPLICATION_MOMENT, Form.VALUE),
            Placeholder("missing", 3, Form.VALUE),
            APPLICATION_URL,
        ),
    )
)
RELEASE_CHANGED: Final = register(
    Kind(
        name="market.release_changed",
        label=_("A municipality wants something of an applicant"),
        category=Category.NEWS,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            APPLICATION_CALL,
            APPLICATION_REFERENCE,
            Placeholder("state", ReleaseState.MORE_INFO_REQUESTED.label),
            Placeholder("asks", 1, Form.VALUE),
            Placeholder("note", "Please tell us how long the batteries last.", Form.TEXT),
            APPLICATION_URL,
        ),
    )
)
