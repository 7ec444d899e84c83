"""Configuration of the market app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MarketConfig(AppConfig):
    """Lives in the public schema."""

    name = "solutions.market"
    label = "market"
    verbose_name = _("Market")

    def ready(self) -> None:
        """Learn who receives applications."""
        autodiscover_modules("receiving")
