"""Received applications and leads."""

import hashlib
import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django_tenants.utils import schema_context, tenant_context

from challenges.models import Challenge
from programs.models import Municipality
from solutions.market.enums import ApplicationState, ReleaseState
from solutions.market.models import ApplicationFile, Call, CallCity, Company, Release
from solutions.selection.enums import LeadKind
from solutions.selection.models import Lead, ReceivedApplication, SelectionRound
from solutions.selection.services.receiving import receive
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.factories.market import make_application, make_call, release_to

_numbers = itertools.count(1)


def make_received(
    challenge: Challenge,
    *,
    company: Company | None = None,
    owner: User | None = None,
    state: str = ReleaseState.SUBMITTED,
    text: str = "It counts bins.",
    files: Sequence[tuple[str, bytes]] = (),
) -> ReceivedApplication:
    """Let a company apply, and its application come into the municipality, whose schema is active.

    The challenge gets a call if it has none; `close_call` closes it.

    Args:
        challenge: which one.
        company: who applies; a new one if None.
        owner: of the new company.
        state: what the city has made of it.
        text: an answer of the company.
        files: names and contents.
    """
    city = CallCity.objects.filter(challenge_id=challenge.public_id).first() or _new_city(challenge)
    application = make_application(city.call, company=company, owner=owner, state=ApplicationState.SUBMITTED)
    release = release_to(application, city, state=state)
    rows = [_file(release, name, data) for name, data in files]
    return receive(release, content_of(release, text), rows)


def content_of(release: Release, text: str) -> dict[str, Any]:
    """Return a content as `solutions.market.handover` describes it."""
    company = release.application.company
    assert company is not None
    fields = [
        {"name": "purpose", "label": "What it is for", "value": text, "shown": text},
        {"name": "readiness", "label": "Technology readiness level", "value": 7, "shown": "7"},
    ]
    return {
        "reference": release.application.reference,
        "language": release.application.language,
        "company": {"id": str(company.public_id), "name": company.name},
        "solution": {"name": f"Solution of {company.name}"},
        "sections": [{"name": "solution", "label": "Solution", "fields": fields}],
    }


def send_again(received: ReceivedApplication, *, text: str = "It counts bins better.") -> ReceivedApplication:
    """Let a company submit the same application once more."""
    release = Release.objects.get(public_id=received.release_id)
    release.round += 1
    release.submitted_at = clock.now()
    release.receive()
    release.save(update_fields=["round", "state", "submitted_at"])
    return receive(release, content_of(release, text), [])


def close_call(challenge: Challenge) -> None:
    """Let the call of a challenge have closed an hour ago."""
    now = clock.now()
    calls = Call.objects.filter(cities__challenge_id=challenge.public_id)
    calls.update(opens_at=now - timedelta(weeks=4), closes_at=now - timedelta(hours=1))


def freeze(challenge: Challenge, by: User) -> SelectionRound:
    """Freeze the criteria of a challenge, as the row alone."""
    fields = {"frozen_at": clock.now() - timedelta(minutes=5), "frozen_by": by, "digest": "0" * 64}
    return SelectionRound.objects.update_or_create(challenge=challenge, defaults=fields)[0]


def state_of(received: ReceivedApplication) -> str:
    """Tell the state of an application."""
    return str(Release.objects.get(public_id=received.release_id).state)


def make_lead(challenge: Challenge, **fields: Any) -> Lead:
    """Make a lead that was scouted."""
    number = next(_numbers)
    values = {"kind": LeadKind.SCOUTED, "name": f"Solution {number}", "company_name": f"Scout {number}", **fields}
    return Lead.objects.create(challenge=challenge, **values)


def _new_city(challenge: Challenge) -> CallCity:
    municipality = Municipality.objects.get(progress__challenge_id=challenge.public_id)
    with tenant_context(municipality):
        make_call(municipality, challenge)
    return CallCity.objects.get(challenge_id=challenge.public_id)


def _file(release: Release, name: str, data: bytes) -> ApplicationFile:
    digest = hashlib.sha256(data).hexdigest()
    with schema_context("public"):  # companies upload on the public host
        return ApplicationFile.objects.create(
            application=release.application,
            name=name,
            file=ContentFile(data, name=name),
            size=len(data),
            content_type="application/pdf",
            sha256=digest,
            uploaded_by=release.application.people.get().user,
        )
