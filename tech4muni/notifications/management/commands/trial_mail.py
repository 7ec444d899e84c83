"""`manage.py trial_mail ADDRESS`: see whether mail works, all the way through the outbox."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tech4muni.core import clock
from tech4muni.notifications.mails import TRIAL
from tech4muni.notifications.services import enqueue


class Command(BaseCommand):
    help = "Put a trial mail into the outbox; worker and beat send it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--language", choices=list(dict(settings.LANGUAGES)), default=settings.LANGUAGE_CODE)
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--note", default="")

    def handle(self, *, address: str, language: str, time_zone: str, note: str, **_: Any) -> None:
        now = clock.now()
        message = enqueue(
            TRIAL.name,
            key=f"{TRIAL.name}:{address}:{now.isoformat()}",
            email=address,
            language=language,
            time_zone=time_zone,
            context={
                "note": note or "—",
                "host": settings.PLATFORM_HOST,
                "asked_at": now,
                "url": f"https://{settings.PLATFORM_HOST}/",
            },
        )
        self.stdout.write(f"{message.public_id} waits in the outbox.")
