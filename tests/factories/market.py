"""Companies, calls and applications, as rows: the services that make them have tests of their own."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django_tenants.utils import tenant_context

from challenges.enums import BriefState
from challenges.models import Challenge
from challenges.services.snapshots import content_of, digest_of
from programs.models import Municipality
from solutions.market.enums import ApplicationState, CompanyRole, ReleaseState
from solutions.market.models import (
    Applicant,
    Application,
    ApplicationCall,
    Call,
    CallCity,
    CallQuestion,
    Company,
    CompanyMember,
    Release,
)
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.factories.challenges import fill_brief
from tests.factories.people import make_user

_numbers = itertools.count(1)


def make_company(owner: User | None = None, **fields: Any) -> Company:
    """Make a company with an owner."""
    company = Company.objects.create(**{"name": f"Company {next(_numbers)}", "country": "MK", **fields})
    CompanyMember.objects.create(company=company, user=owner or make_user(), role=CompanyRole.OWNER)
    return company


def make_call(
    municipality: Municipality,
    challenge: Challenge,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Call:
    """Publish a challenge for four weeks; its brief is filled in and approved if it is not yet."""
    now = clock.now()
    with tenant_context(municipality):
        if challenge.brief.state != BriefState.APPROVED:
            fill_brief(challenge)
        content = content_of(challenge, approved_only=True)
        brief = challenge.brief
        brief.refresh_from_db(fields=["version"])
        brief.publish()
        brief.save(update_fields=["state"])
    call = Call.objects.create(
        program=challenge.program,
        municipality=municipality,
        challenge_id=challenge.public_id,
        content=content,
        digest=digest_of(content),
        opens_at=opens_at or now - timedelta(days=1),
        closes_at=closes_at or now + timedelta(weeks=4),
        time_zone=municipality.time_zone,
        decision_on=content["decision_on"],
        published_at=now,
    )
    CallCity.objects.create(call=call, municipality=municipality, challenge_id=challenge.public_id, joined_at=now)
    return call


def make_question(call: Call, **fields: Any) -> CallQuestion:
    """Let somebody have asked about a call; `answer` answers it."""
    number = next(_numbers)
    values = {"email": f"asker{number}@example.org", "language": "en-gb", "text": f"Question {number}?", **fields}
    if values.get("answer"):
        values = {"answered_at": clock.now(), "answered_by": make_user(), **values}
    return CallQuestion.objects.create(call=call, **values)


def make_application(
    *calls: Call, owner: User | None = None, company: Company | None = None, state: str = ApplicationState.DRAFT
) -> Application:
    """Make an application of a company to calls, without releases; `release_to` makes those."""
    person = owner or make_user()
    number = next(_numbers)
    application = Application.objects.create(
        reference=f"T4M-{number:05}",
        company=company or make_company(person),
        language="en-gb",
        state=state,
        submitted_at=None if state == ApplicationState.DRAFT else clock.now(),
    )
    Applicant.objects.create(application=application, user=person, role=CompanyRole.OWNER)
    for call in calls:
        ApplicationCall.objects.create(application=application, call=call)
    return application


def release_to(application: Application, city: CallCity, state: str = ReleaseState.SUBMITTED) -> Release:
    """Put an application into the hands of a city, as the public row alone."""
    return Release.objects.create(
        application=application, city=city, state=state, submitted_at=clock.now(), digest="0" * 64
    )
