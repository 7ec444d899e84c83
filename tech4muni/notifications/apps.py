"""Configuration of the notifications app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The outbox."""

    name = "tech4muni.notifications"
    label = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Learn the kinds of mail that the apps declare."""
        autodiscover_modules("mails")
