"""Bring the message catalogues up to date with the sources; new messages wait for a translator."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from tech4muni.core.catalogues import catalogue_path, save, translated_languages, untranslated, update


class Command(BaseCommand):
    help = "Update the message catalogues (.po) from the sources and say how many messages lack a translation."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for language in translated_languages():
            catalogue = update(settings.BASE_DIR, language)
            save(catalogue, catalogue_path(language))
            self.stdout.write(f"{language}: {len(catalogue)} messages, {len(untranslated(catalogue))} to translate")
