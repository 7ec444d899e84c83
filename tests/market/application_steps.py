"""Steps of those who apply, and a municipality that receives."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context
from PIL import Image

from programs.cohorts.models import Program
from programs.models import Municipality
from solutions.market.models import Application, ApplicationFile, Call, CallCity, Release
from solutions.market.sections import PROPOSAL, SHARED
from solutions.market.services import writing
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.schemas import active_schema
from tech4muni.notifications.models import Message
from tests.conftest import HostClient
from tests.factories.challenges import make_challenge
from tests.factories.market import make_application, make_call

LINKS: Final = re.compile(r"https://[\w.-]+(/applications/link/\S+)")
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "company": {
        "name": "Bin Sense", "kind": "startup", "country": "MK", "website": "https://bins.example.org",
        "description": "Sensors for bins.",
    },
    "solution": {
        "name": "Bin Sense One", "purpose": "Bins are emptied in time.", "mechanism": "Ultrasound and LoRaWAN.",
        "sectors": "waste, logistics", "readiness": 7, "references": "Ljubljana, 2024",
    },
    "team": {"people": "Ana, engineer, half of her time.", "experience": "Two pilots."},
}  # fmt: skip
PROPOSED: Final = {"fit": "It measures.", "approach": "40 bins.", "price": "20 000 EUR", "risks": "Vandalism."}


class FakeReceiver:
    """Takes applications into a list, as a municipality's selection does into its schema."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, int, Mapping[str, Any], list[str]]] = []
        self.withdrawn: list[tuple[str, str]] = []
        self.failing = ""

    def receive(self, release: Release, content: Mapping[str, Any], files: Sequence[ApplicationFile]) -> str:
        """Note what came, and in which schema."""
        if active_schema() == self.failing:
            raise RuntimeError("The schema is not there.")
        names = [file.name for file in files]
        self.received.append((active_schema(), release.application.reference, release.round, content, names))
        return f"{len(self.received):064}"

    def withdraw(self, release: Release) -> None:
        """Note what was taken back."""
        self.withdrawn.append((active_schema(), release.application.reference))


def public(name: str, *args: Any) -> str:
    """The path of a page on the platform's host."""
    return reverse(f"market:{name}", args=args, urlconf="tech4muni.urls_public")


def page(name: str, application: Application, *args: Any) -> str:
    """The path of a page of an application."""
    return public(name, application.public_id, *args)


def client_of(user: User | None = None) -> Client:
    """A client on the platform's host, logged in if a person is given."""
    client = HostClient("localhost")
    if user is not None:
        client.force_login(user)
    return client


def open_call(municipality: Municipality, program: Program | None = None, title: str = "Bins", **when: Any) -> Call:
    """Publish a challenge of a municipality."""
    with transaction.atomic(), tenant_context(municipality):
        challenge = make_challenge(municipality, title=title, program=program)
    call = make_call(municipality, challenge, **when)
    Call.objects.filter(pk=call.pk).update(time_zone="Europe/Skopje")
    call.refresh_from_db()
    return call


def joined_by(call: Call, municipality: Municipality) -> CallCity:
    """Let a second municipality share a call."""
    with tenant_context(municipality):
        challenge = make_challenge(municipality, title="Bins too", program=call.program)
    return CallCity.objects.create(
        call=call, municipality=municipality, challenge_id=challenge.public_id, joined_at=clock.now()
    )


def draft_for(*calls: Call, owner: User) -> Application:
    """Begin an application that has no company yet."""
    application = make_application(*calls, owner=owner)
    Application.objects.filter(pk=application.pk).update(company=None)
    application.refresh_from_db()
    return application


def fill(application: Application, *, actor: User) -> Application:
    """Answer everything."""
    for section in SHARED:
        writing.save_section(application, section, actor=actor, answers=ANSWERS[section.name])
    for choice in application.calls.filter(dropped_at__isnull=True):
        writing.save_proposal(application, choice.call, actor=actor, answers=PROPOSED)
    application.refresh_from_db()
    return application


def mailed_link(email: str) -> str:
    """Read the path of the latest link in the outbox for an address."""
    message = Message.objects.filter(email=email).latest("created_at")
    found = LINKS.search(message.text)
    assert found, message.text
    return found.group(1)


def after(call: Call) -> Any:
    """Freeze the clock when a call's deadline and its grace have passed."""
    return clock.at(call.closes_at + timedelta(minutes=call.grace_minutes, seconds=1))


def posted(section: str) -> dict[str, Any]:
    """What a browser sends for a section that is filled in."""
    return {**(ANSWERS.get(section) or PROPOSED)}


def picture(kind: str = "PNG") -> bytes:
    """A small picture."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, kind)
    return drawn.getvalue()


PDF: Final = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
ALL_NAMES: Final = [section.name for section in (*SHARED, PROPOSAL)]
