"""Applications, on the platform's host: theirs alone who work on them."""

from io import BytesIO
from typing import Any, Final

from programs.models import Municipality
from programs.people.tokens import digest_of
from solutions.market.enums import ApplicationState, CompanyRole
from solutions.market.models import Applicant, Application, ApplicationLink
from solutions.market.services import files, starting
from tech4muni.core import clock
from tests.access.answers import PUBLIC, Answers, NamedPage, Row, Status, everyone, signed_in
from tests.access.world import CANARIES, World
from tests.factories.market import make_application, make_company, release_to
from tests.factories.people import make_user

PDF: Final = b"%PDF-1.7\n%%EOF\n"


def theirs(status: Status) -> Answers:
    """An answer for who works on the application; others learn nothing, coordinators and rivals among them."""
    return signed_in(404, founder=status)


def call_of(world: World) -> dict[str, Any]:
    """Name the call that is applied to."""
    return {"call_id": world.rows[world.here.schema_name]["call"].public_id}


def link_of(world: World) -> dict[str, Any]:
    """Name a link by mail."""
    return {"token": f"token-{world.here.schema_name}"}


def application_of(world: World) -> dict[str, Any]:
    """Name the application."""
    application: Application = world.rows[world.here.schema_name]["application"]
    return {"application_id": application.public_id}


def section_of(world: World) -> dict[str, Any]:
    """Name a section of the application."""
    return {**application_of(world), "section": "company"}


def answer_of(world: World) -> dict[str, Any]:
    """Name the application's answer to the call."""
    return {**application_of(world), **call_of(world)}


def file_of(world: World) -> dict[str, Any]:
    """Name a file of the application."""
    return {**application_of(world), "file_id": world.rows[world.here.schema_name]["application_file"].public_id}


def colleague_of(world: World) -> dict[str, Any]:
    """Name somebody who works on the application."""
    return {**application_of(world), "person_id": world.rows[world.here.schema_name]["applicant"].pk}


def invited_to(world: World) -> dict[str, Any]:
    """Name an invitation to the application."""
    return {**application_of(world), "link_id": world.rows[world.here.schema_name]["application_invitation"].pk}


ROWS: Final[list[Row]] = [
    Row(PUBLIC, "market:apply", everyone(200), everyone(302, nobody=422, deactivated=422), call_of),
    Row(PUBLIC, "market:link_sent", everyone(200), everyone(405), call_of),
    Row(PUBLIC, "market:application_link", everyone(200), everyone(302), link_of),
    Row(PUBLIC, "market:applications", signed_in(200), signed_in(405)),
    Row(PUBLIC, "market:application", theirs(200), signed_in(405), application_of),
    Row(PUBLIC, "market:application_section", theirs(200), theirs(302), section_of),
    Row(PUBLIC, "market:application_proposal", theirs(200), theirs(302), answer_of),
    Row(PUBLIC, "market:application_calls", theirs(200), theirs(422), application_of),
    Row(PUBLIC, "market:application_call_drop", theirs(200), theirs(422), answer_of),
    Row(PUBLIC, "market:application_files", theirs(200), theirs(422), application_of),
    Row(PUBLIC, "market:application_file", theirs(200), signed_in(405), file_of),
    Row(PUBLIC, "market:application_file_remove", signed_in(405), theirs(302), file_of),
    Row(PUBLIC, "market:application_people", theirs(200), theirs(422), application_of),
    Row(PUBLIC, "market:application_person_remove", signed_in(405), theirs(302), colleague_of),
    Row(PUBLIC, "market:application_invitation_withdraw", signed_in(405), theirs(302), invited_to),
    Row(PUBLIC, "market:application_check", theirs(200), theirs(422), application_of),
    Row(PUBLIC, "market:application_sent", theirs(200), signed_in(405), application_of),
    Row(PUBLIC, "market:application_withdraw", theirs(200), theirs(302), application_of),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(PUBLIC, "market:apply", "nobody"),
    NamedPage(PUBLIC, "market:application_link", "nobody"),
    NamedPage(PUBLIC, "market:applications", "founder"),
    NamedPage(PUBLIC, "market:application", "founder"),
    NamedPage(PUBLIC, "market:application_section", "founder"),
    NamedPage(PUBLIC, "market:application_calls", "founder"),
    NamedPage(PUBLIC, "market:application_files", "founder"),
    NamedPage(PUBLIC, "market:application_people", "founder"),
    NamedPage(PUBLIC, "market:application_check", "founder"),
    NamedPage(PUBLIC, "market:application_sent", "founder"),
    NamedPage(PUBLIC, "market:application_withdraw", "founder"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make an application of the founder to the municipality that is asked, of somebody else to the other one.

    The rival applies to the same call; nothing of theirs bears the canary, which only who works on it may read.
    """
    schema, canary, now = municipality.schema_name, CANARIES[municipality.schema_name], clock.now()
    owner = world.people["founder"] if municipality == world.here else make_user()
    call = world.rows[schema]["call"]
    company = make_company(owner, name=f"Company {canary}")
    application = make_application(call, owner=owner, company=company, state=ApplicationState.SUBMITTED)
    Application.objects.filter(pk=application.pk).update(answers={"company": {"name": f"Company {canary}"}})
    release_to(application, call.cities.get())
    make_application(call, owner=world.people["rival"] if municipality == world.here else make_user())
    colleague = make_user(name=f"Colleague {canary}")
    link: dict[str, Any] = {"language": "en-gb", "expires_at": now + starting.LIFETIME}
    ApplicationLink.objects.create(
        email=f"{canary}@bins.example.org", call=call, token_digest=digest_of(f"token-{schema}"), **link
    )
    return {
        "application": application,
        "applicant": Applicant.objects.create(application=application, user=colleague, role=CompanyRole.EDITOR),
        "application_invitation": ApplicationLink.objects.create(
            email=f"{canary}@example.org", application=application, token_digest=digest_of(f"invited-{schema}"), **link
        ),
        "application_file": files.add(application, actor=owner, name=f"{canary}.pdf", upload=BytesIO(PDF)),
    }
