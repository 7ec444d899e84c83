"""The mails that the outbox itself sends."""

from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

TRIAL: Final = register(
    Kind(
        name="notifications.trial",
        label=_("Trial mail"),
        category=Category.PLATFORM,
        placeholders=(
            Placeholder("note", "Does this arrive?"),
            Placeholder("host", "example.org", Form.HOST),
            Placeholder("asked_at", datetime(2026, 11, 22, 14, 5, tzinfo=UTC), Form.VALUE),
            Placeholder("url", "https://example.org/", Form.LINK),
        ),
    )
)
