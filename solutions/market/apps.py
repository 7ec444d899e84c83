"""Configuration of the market app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketConfig(AppConfig):
    """Lives in the public schema."""

    name = "solutions.market"
    label = "market"
    verbose_name = _("Market")
