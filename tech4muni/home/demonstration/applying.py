"""The third stage of the demonstration: the call, applications, screening, the market map, invitations."""

from collections.abc import Mapping
from typing import Any, Final

from programs.enums import Country
from programs.people.services import accounts
from solutions.market.enums import CompanyKind
from solutions.market.models import Application, Call, Release
from solutions.market.sections import COMPANY, SOLUTION, TEAM
from solutions.market.services import publishing, questions, starting, submitting, writing
from solutions.selection.enums import LeadKind
from solutions.selection.models import ReceivedApplication
from solutions.selection.services import criteria, invitations, market_map, opening, screening
from solutions.selection.services.screening import ScreeningStep
from tech4muni.accounts.models import User
from tech4muni.home.demonstration.cast import PASSWORD
from tech4muni.home.demonstration.scripts import Firm, firms
from tech4muni.home.demonstration.ways import Way, at_nine

OPEN_DAYS: Final = 42
PROPOSALS: Final = (
    {
        "fit": "It answers the question as it is asked: what it changes can be counted from the first week on.",
        "approach": "Two weeks of preparation, eight weeks of running, two to look back. We need access to the site.",
        "price": "18,000 to 22,000 EUR for the pilot; about 9,000 EUR a year afterwards.",
        "risks": "Devices that are damaged: we bring spares. Data: nothing about persons is stored.",
    },
    {
        "fit": "It answers the larger part of the question, and what is left can follow later.",
        "approach": "Four steps of three weeks each, with a meeting after each of them.",
        "price": "14,000 EUR for the pilot.",
        "risks": "It depends on the data of the municipality, which we have not seen yet.",
    },
)
SCOUTED: Final = (
    ("A solution seen at a fair", "Fairwell", "NL", "trade fair of the spring"),
    ("What another city uses", "Altmark Systems", "DE", "report of a city of the same size"),
    ("A research project", "Institute of the Vardar", "MK", "paper of last year"),
)


def publish(way: Way) -> None:
    """Publish the challenge, for six weeks."""
    publishing.publish_call(way.challenge, actor=way.lead, closes_at=at_nine(OPEN_DAYS))


def join_call(way: Way) -> None:
    """Join the call of the joint challenge."""
    publishing.join_call(way.challenge, actor=way.lead)


def ask_and_answer(way: Way) -> None:
    """Let a company ask, and answer it."""
    question = questions.ask(
        call_of(way), email=f"{way.firms[0]}@example.org", language="en-gb",
        text="May devices be fixed to the posts, or do they have to stand on the ground?",
    )  # fmt: skip
    words = "They may be fixed with straps. Nothing is drilled."
    questions.answer(question.public_id, actor=way.lead, challenge=way.challenge, text=words)


def ask(way: Way) -> None:
    """Let a company ask what nobody has answered yet."""
    words = "Are figures of the last winter published anywhere?"
    questions.ask(call_of(way), email=f"{way.firms[-1]}@example.org", language="en-gb", text=words)


def call_of(way: Way) -> Call:
    """Return the call of a challenge."""
    return Call.objects.get(cities__challenge_id=way.challenge.public_id)


def begin_application(call: Call, firm: Firm, *, level: int = 0) -> Application:
    """Let a company begin an application and write all of it."""
    founder = _founder(call, firm)
    application = starting.begin(call, actor=founder, language=founder.language)
    company = {
        "name": firm.name, "kind": CompanyKind.STARTUP.value, "country": firm.country,
        "website": f"https://{firm.key}.example.org", "description": str(firm.solution["purpose"]),
    }  # fmt: skip
    team = {"people": "Two engineers, half of their time, and one person for the site.", "experience": "See above."}
    answers: tuple[tuple[Any, Mapping[str, Any]], ...] = ((COMPANY, company), (SOLUTION, firm.solution), (TEAM, team))
    for section, values in answers:
        writing.save_section(application, section, actor=founder, answers=values)
    writing.save_proposal(application, call, actor=founder, answers=PROPOSALS[min(level, 1)])
    return application


def apply_all(way: Way) -> None:
    """Let all companies of a way apply, to all municipalities of its call."""
    call = call_of(way)
    for level, key in enumerate(way.firms):
        firm = firms()[key]
        application = begin_application(call, firm, level=level)
        founder = User.objects.get(email=firm.email)
        writing.choose_calls(application, {call.pk: set(call.cities.values_list("pk", flat=True))}, actor=founder)
        submitting.submit(application, actor=founder)


def draft_one(key: str) -> Any:
    """Return a step in which a company begins to write and does not hand in yet."""
    return lambda way: begin_application(call_of(way), firms()[key])


def _founder(call: Call, firm: Firm) -> User:
    """Return the founder; a new one comes by the link of a mail, as everybody does."""
    known = User.objects.filter(email=firm.email).first()
    if known is not None:
        return known
    link = starting.ask_for_link(call, email=firm.email, language="en-gb")
    if link is None:
        raise LookupError(f"{firm.email} got no link.")
    user = starting.spend(link, time_zone=call.time_zone).user
    language = "de" if firm.country == Country.GERMANY else "en-gb"
    accounts.change_profile(user, name=firm.founder, language=language, time_zone=call.time_zone)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def screen(way: Way) -> None:
    """Freeze the criteria, open the applications, put all but the last one on the shortlist; fill the market map."""
    lead, challenge = way.lead, way.challenge
    selection = criteria.prepare(challenge, actor=lead)
    criteria.freeze(challenge, actor=lead, version=selection.version)
    opening.note_opened(challenge, lead)
    chosen = received(way)
    screening.screen_all(challenge, chosen, ScreeningStep.ELIGIBLE, actor=lead)
    screening.screen_all(challenge, chosen[:-1], ScreeningStep.SHORTLIST, actor=lead)
    for text, must in (("Works without a smartphone", True), ("Has a reference in a town of our size", False)):
        market_map.add_requirement(challenge, actor=lead, text=text, must=must)
    for name, company, country, source in SCOUTED:
        changes = {
            "kind": LeadKind.SCOUTED, "name": name, "company_name": company, "website": "https://example.org",
            "country": country, "sector": "", "from_elsewhere": country != way.municipality.country, "readiness": 6,
            "source": source, "notes": "",
        }  # fmt: skip
        market_map.add_lead(challenge, actor=lead, changes=changes)


def invite(way: Way) -> None:
    """Invite those on the shortlist."""
    invitations.invite(way.challenge, [row.release_id for row in received(way)[:-1]], actor=way.lead)


def received(way: Way) -> list[ReceivedApplication]:
    """Return the applications in the order of the way's companies."""
    names = [firms()[key].name for key in way.firms]
    rows = ReceivedApplication.objects.filter(challenge=way.challenge)
    return sorted(rows, key=lambda row: names.index(row.company_name))


def release_of(row: ReceivedApplication) -> Release:
    """Return the public row of an application."""
    return Release.objects.select_related("application__company").get(public_id=row.release_id)
