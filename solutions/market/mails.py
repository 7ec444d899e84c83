"""The mails about calls and applications."""

from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from solutions.market.enums import CompanyRole, ReleaseState
from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

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
