"""The mails about people: codes, invitations, and what happened to accounts and roles."""

from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

MOMENT: Final = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)

LOGIN_CODE = register(
    Kind(
        name="programs.login_code",
        label=_("Code to log in"),
        category=Category.ACCOUNT,
        placeholders=(
            Placeholder("code", "BCDF-GHJK", secret=True),
            Placeholder("minutes", 10, Form.VALUE),
            Placeholder("host", "strumica.example.org", Form.HOST),
        ),
    )
)
PASSWORD_CODE = register(
    Kind(
        name="programs.password_code",
        label=_("Code to choose a new password"),
        category=Category.ACCOUNT,
        placeholders=(
            Placeholder("code", "BCDF-GHJK", secret=True),
            Placeholder("minutes", 10, Form.VALUE),
            Placeholder("host", "strumica.example.org", Form.HOST),
        ),
    )
)
ACCOUNT_CHANGED = register(
    Kind(
        name="programs.account_changed",
        label=_("Something about an account’s safety changed"),
        category=Category.ACCOUNT,
        placeholders=(
            Placeholder("what", _("Your password was changed.")),
            Placeholder("changed_at", MOMENT, Form.VALUE),
            Placeholder("device", "Firefox, Windows"),
            Placeholder("ip", "192.0.2.7", Form.HOST),
        ),
    )
)
INVITATION = register(
    Kind(
        name="programs.invitation",
        label=_("Invitation into a municipality"),
        category=Category.PEOPLE,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("inviter", "Dana Levi"),
            Placeholder("role", _("Member")),
            Placeholder("expires_at", MOMENT, Form.VALUE),
            Placeholder("url", "https://strumica.example.org/invitation/kZ3/", Form.LINK, secret=True),
        ),
    )
)
ROLE_CHANGED = register(
    Kind(
        name="programs.role_changed",
        label=_("Another role in a municipality"),
        category=Category.PEOPLE,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("role", _("Lead")),
            Placeholder("url", "https://strumica.example.org/", Form.LINK),
        ),
    )
)
MEMBERSHIP_ENDED = register(
    Kind(
        name="programs.membership_ended",
        label=_("Membership ended"),
        category=Category.PEOPLE,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("url", "https://strumica.example.org/", Form.LINK),
        ),
    )
)
WITHOUT_LEAD = register(
    Kind(
        name="programs.without_lead",
        label=_("A municipality has no lead"),
        category=Category.PEOPLE,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("actor", "Dana Levi"),
            Placeholder("reason", "The lead has changed jobs.", Form.TEXT),
            Placeholder("url", "https://strumica.example.org/", Form.LINK),
        ),
    )
)
COORDINATOR_APPOINTED = register(
    Kind(
        name="programs.coordinator_appointed",
        label=_("You are a coordinator"),
        category=Category.PEOPLE,
        placeholders=(
            Placeholder("actor", "Dana Levi"),
            Placeholder("url", "https://example.org/admin/", Form.LINK),
        ),
    )
)
REMINDER = register(
    Kind(
        name="programs.reminder",
        label=_("Reminder of a deadline"),
        category=Category.REMINDER,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("what", "Score 8 applications"),
            Placeholder("due_at", MOMENT, Form.VALUE),
            Placeholder("late", 0, Form.VALUE),
            Placeholder("escalated", 0, Form.VALUE),
            Placeholder("url", "https://strumica.example.org/", Form.LINK),
        ),
    )
)
