"""Configuration of the challenges app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    """Lives in each municipality's schema."""

    name = "challenges"
    verbose_name = _("Challenges")

    def ready(self) -> None:
        """Learn the parts of a challenge that the apps register."""
        autodiscover_modules("tabs")
