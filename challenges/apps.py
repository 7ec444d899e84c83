"""Configuration of the challenges app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    """Lives in each municipality's schema."""

    name = "challenges"
    verbose_name = _("Challenges")
