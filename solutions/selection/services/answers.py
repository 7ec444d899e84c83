"""The answers to all applicants of a decision, put into the outbox in the transaction that approves it."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from challenges.models import Brief, Challenge
from programs.brand import brand_of
from programs.cohorts.queries import sender_of
from programs.models import Municipality
from programs.people.trails import municipality_trail
from solutions.market.models import Applicant, CallCity, Release
from solutions.selection.enums import Place
from solutions.selection.mails import ANSWER
from solutions.selection.models import Decision, DecisionLine
from tech4muni.core.hosts import address
from tech4muni.notifications.services import enqueue


def send(decision: Decision, municipality: Municipality, lines: Sequence[DecisionLine]) -> int:
    """Answer everybody who works on one of the applications, once per person; returns how many mails there are.

    Each mail is in the application's language. Called within the transaction that approves the decision.
    """
    challenge = decision.challenge
    city = CallCity.objects.select_related("call").get(challenge_id=challenge.public_id)
    contact = _contact(challenge, city) or str(municipality)
    ids = [line.received.release_id for line in lines]
    applications = {
        release.public_id: release.application
        for release in Release.objects.filter(public_id__in=ids).select_related("application")
    }
    people: dict[int, list[Applicant]] = {}
    rows = Applicant.objects.filter(application__in=list(applications.values()), ended_at__isnull=True)
    for person in rows.select_related("user", "application").order_by("pk"):
        people.setdefault(person.application_id, []).append(person)
    number = 0
    for line in lines:
        for person in people.get(applications[line.received.release_id].pk, []):
            _tell(decision, municipality, city, line, person, contact)
            number += 1
    return number


def _tell(
    decision: Decision, municipality: Municipality, city: CallCity, line: DecisionLine, person: Applicant, contact: str
) -> None:
    received = line.received
    with translation.override(received.language):
        title = city.call.title
    with municipality_trail(municipality):
        enqueue(
            ANSWER.name,
            key=f"{ANSWER.name}:{decision.public_id}:{received.release_id}:{person.user_id}",
            email=person.user.email,
            language=received.language,
            context={
                "municipality": municipality,
                "challenge": title,
                "company": received.company_name,
                "reference": received.reference,
                "place": Place(line.place).label,
                "debrief": line.debrief,
                "contact": contact,
                "promised_on": city.call.decision_on,
                "url": address(settings.PLATFORM_HOST, _page_of(person)),
            },
            user=person.user,
            brand=brand_of(municipality).name,
            sender=sender_of(municipality.brand_name),
        )


def _page_of(person: Applicant) -> str:
    """Return the path of the application's page, on the platform's own host."""
    return reverse("market:application", urlconf=settings.PUBLIC_SCHEMA_URLCONF, args=[person.application.public_id])


def _contact(challenge: Challenge, city: CallCity) -> str:
    """Return whom an applicant can ask: the municipality's own contact, else the one of the call."""
    brief = Brief.objects.filter(challenge=challenge).first()
    known = city.call.content.get("contact") or {}
    name = (brief.contact_name if brief else "") or known.get("name") or ""
    email = (brief.contact_email if brief else "") or known.get("email") or ""
    return ", ".join(filter(None, [name, email]))
