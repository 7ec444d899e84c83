"""Configuration of the programs app."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ProgramsConfig(AppConfig):
    """Municipalities (the tenants), their hosts and their people."""

    name = "programs"
    verbose_name = _("Programs")

    def ready(self) -> None:
        """Let no change of a municipality or a host pass by the cache, and none of an account's safety unnoticed.

        And learn the criteria of the gates, and who carries out what is due, from all apps.
        """
        from programs.hosts import cache
        from programs.models import Domain, Municipality
        from programs.people import receivers

        for model in (Municipality, Domain):
            post_save.connect(cache.changed, sender=model)
            post_delete.connect(cache.changed, sender=model)
        receivers.connect()
        autodiscover_modules("gates", "timers")
