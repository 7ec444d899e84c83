"""Configuration of the selection app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SelectionConfig(AppConfig):
    """Lives in each municipality's schema."""

    name = "solutions.selection"
    label = "selection"
    verbose_name = _("Selection")
