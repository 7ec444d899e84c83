"""Configuration of the validation app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ValidationConfig(AppConfig):
    """Lives in each municipality's schema."""

    name = "validation"
    verbose_name = _("Validation")
