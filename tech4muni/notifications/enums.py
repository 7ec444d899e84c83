"""The fixed words of the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    """Where a message is on its way out."""

    WAITING = "waiting", _("Waiting")
    HELD = "held", _("Held")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    DROPPED = "dropped", _("Dropped")
