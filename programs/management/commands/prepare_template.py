"""`manage.py prepare_template`: make the script for new municipalities, as a step of each deployment."""

from typing import Any

from django.core.management.base import BaseCommand

from programs.schemas.template import prepare_template


class Command(BaseCommand):
    help = "Make the script that new municipalities' schemas are made with, if this release has none yet."

    def handle(self, **options: Any) -> None:
        template = prepare_template()
        self.stdout.write(
            f"Schema version {template.version}: {len(template.migrations)} migrations, "
            f"a script of {len(template.script)} characters."
        )
