"""The fixed words of the outbox."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MessageState(models.TextChoices):
    """Where a message is on its way out."""

    WAITING = "waiting", pgettext_lazy("message", "Waiting")
    HELD = "held", pgettext_lazy("message", "Held")
    SENT = "sent", pgettext_lazy("message", "Sent")
    FAILED = "failed", pgettext_lazy("message", "Failed")
    DROPPED = "dropped", pgettext_lazy("message", "Dropped")


UNSENT: Final = (MessageState.WAITING, MessageState.HELD, MessageState.FAILED)
"""States of a message that may still leave."""


class Category(models.TextChoices):
    """What a mail is about, for people's preferences and for coordinators' filters."""

    ACCOUNT = "account", _("Account and log-in")
    PEOPLE = "people", _("Invitations and roles")
    REMINDER = "reminder", _("Reminders")
    NEWS = "news", _("News of the program")
    PLATFORM = "platform", _("Running of the platform")
