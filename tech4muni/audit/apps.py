"""Configuration of the audit app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Lives in the public schema and in every municipality's."""

    name = "tech4muni.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        """Learn the verbs that the apps declare."""
        autodiscover_modules("verbs")
