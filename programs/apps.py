"""Configuration of the programs app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    """Municipalities (the tenants), their hosts and their people."""

    name = "programs"
    verbose_name = _("Programs")
