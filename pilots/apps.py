"""Configuration of the pilots app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PilotsConfig(AppConfig):
    """Lives in each municipality's schema."""

    name = "pilots"
    verbose_name = _("Pilots")
