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
            Placeholder("host", "strumica.example.org"),
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
            Placeholder("host", "strumica.example.org"),
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
            Placeholder("ip", "192.0.2.7"),
        ),
    )
)
