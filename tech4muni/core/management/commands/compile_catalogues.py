"""Compile the message catalogues; part of every set-up, since compiled files are not kept in the repository."""

from typing import Any

from django.core.management.base import BaseCommand

from tech4muni.core.catalogues import compile_catalogue, translated_languages


class Command(BaseCommand):
    help = "Compile the message catalogues (.po to .mo)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for language in translated_languages():
            self.stdout.write(f"{language}: {compile_catalogue(language)} messages")
