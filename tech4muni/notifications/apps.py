"""Configuration of the notifications app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The outbox."""

    name = "tech4muni.notifications"
    label = "notifications"
    verbose_name = _("Messages")
