"""The third stage: calls, questions, applications, the market map, screening and invitations."""

import re
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime
from django_tenants.utils import tenant_context

from programs.cohorts.models import Progress
from programs.enums import Role, Stage
from solutions.market.enums import ReleaseState
from solutions.market.models import Call, Release
from solutions.selection.enums import Fit
from solutions.selection.models import ReceivedApplication
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.journeys.program.browsing import PORTAL, Browsing
from tests.journeys.program.companies import INVITED, Applicant, applicants, received_by
from tests.journeys.program.defining import PLANS, SHARED, Plan
from tests.journeys.program.moving import move_on
from tests.journeys.program.world import World

OPEN_FOR: Final = timedelta(days=30)
AT_ONCE: Final = 15  # who apply on the same day
TEAM: Final = {"people": "Two engineers and one person for the site.", "experience": "Three towns of this size."}
PROPOSAL: Final = {
    "fit": "It answers the question as it is asked.",
    "approach": "Two weeks of preparation, eight weeks of running, two to look back.",
    "price": "20,000 EUR for the pilot.",
    "risks": "Devices that are damaged: we bring spares.",
}
EDITOR, FILER, DRAFTER, COLLEAGUE = 1, 2, "draft@example.org", "colleague@example.org"
QUESTION: Final = "May devices be fixed to the posts?"
ANSWER: Final = "With straps; nothing is drilled."
PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def publish(world: World) -> None:
    """Publish the calls; the second city joins the call of the joint challenge. Somebody asks and is answered."""
    browsing = world.browsing
    for plan in PLANS:
        browsing.as_(world.people[plan.city, Role.LEAD], plan.city, _page(world, plan, "call/"))
        if plan == SHARED[1]:
            browsing.follow("Join the call")
            browsing.send("Join the call")
        else:
            closes = localtime(clock.now() + OPEN_FOR, ZoneInfo(world.cities[plan.city].time_zone))
            browsing.follow("Publish the call")
            browsing.send("Publish the call", {"closes_at": f"{closes:%Y-%m-%dT%H:%M}"})
    page = browsing.as_(None, PORTAL, "/calls/")
    assert page.locator("li.card").count() == Call.objects.count() == len(PLANS) - 1
    browsing.send("Show", {"municipality": "gostivar"})
    assert page.locator("li.card").count() == 1
    _ask_and_answer(world)


def apply(world: World) -> list[Applicant]:
    """Let all companies apply, fifteen a day; one begins and does not submit. Then the calls close."""
    found = applicants()
    for applicant in found:
        if applicant.number and not applicant.number % AT_ONCE:
            world.pass_days(1)
        _apply(world, applicant)
    _begin(world, DRAFTER, found[0].calls[0])
    _edit(world, found[EDITOR])
    world.pass_until(max(call.closes_at for call in Call.objects.all()) + timedelta(hours=1))
    assert all(any("SHA-256" in letter for letter in world.letters_to(each.email)) for each in found), "the receipts"
    expected = sum(len(received_by(plan)) for plan in PLANS)
    assert Release.objects.count() == expected
    return found


def screen(world: World) -> None:
    """Freeze the criteria, open the applications, fill the market map, screen, invite, and move on to the event."""
    for plan in PLANS:
        received = received_by(plan)
        _freeze_criteria(world, plan)
        _screen(world, plan, received)
        _search_market(world, plan)
        _invite(world, plan, received)
        move_on(world, plan.key, Stage.EVENT)
    invited = Release.objects.filter(state=ReleaseState.INVITED).values_list("application__company", flat=True)
    assert len(set(invited)) == sum(applicant.is_invited for applicant in applicants()) == 16
    assert set(Progress.objects.values_list("stage", flat=True)) == {Stage.EVENT}


def _ask_and_answer(world: World) -> None:
    """Ask on the page of the joint call; its lead answers, and the answer stands there for all."""
    browsing, plan = world.browsing, SHARED[0]
    address = _call_page(plan)
    page = browsing.as_(None, PORTAL, address)
    assert page.get_by_text("UTC").count(), "the deadline stands there in two zones"
    browsing.go(f"{address}ask/")
    browsing.send("Ask", {"email": "curious@example.org", "text": QUESTION})
    browsing.as_(world.people[plan.city, Role.LEAD], plan.city, _page(world, plan, "call/"))
    browsing.follow(f"Answer {QUESTION}")
    browsing.send("Publish the answer", {"answer": ANSWER})
    page = browsing.as_(None, PORTAL, address)
    assert page.get_by_text(ANSWER).count()
    assert not page.get_by_text("curious@").count()


def _begin(world: World, email: str, plan: Plan) -> str:
    """Ask for the link to an application and follow it; return the path of the application."""
    browsing = world.browsing
    browsing.as_(None, PORTAL, f"{_call_page(plan)}apply/")
    browsing.send("Send me the link", {"email": email})
    return _open_link(world, email)


def _open_link(world: World, email: str) -> str:
    """Follow the link of somebody's last mail, as nobody known; return the path of the application."""
    link = re.search(r"/applications/link/[\w-]+/", world.letters_to(email)[0])
    assert link is not None
    world.browsing.as_(None, PORTAL, link[0])
    return world.browsing.send("Go to the application").url


def _apply(world: World, applicant: Applicant) -> None:
    """Begin an application from the link of a mail, write it, check the answers and submit it."""
    browsing, first = world.browsing, applicant.calls[0]
    here = _begin(world, applicant.email, first)
    for section, values in _sections(applicant).items():
        browsing.go(f"{here}section/{section}/")
        browsing.send("Save", values)
    if len(applicant.calls) > 1 or applicant.left_out:
        _choose_calls(browsing, here, applicant)
    for plan in applicant.calls:
        browsing.go(f"{here}calls/{_call(plan).public_id}/")
        browsing.send("Save", PROPOSAL)
    if applicant.number == FILER:
        _add_file_and_colleague(world, here, applicant)
    _submit(browsing, here)


def _sections(applicant: Applicant) -> dict[str, dict[str, Any]]:
    record = applicant.record
    about = str(record.get("description") or record["name"])
    return {
        "company": {
            "name": applicant.name, "kind": "startup", "country": applicant.country,
            "website": f"https://company{applicant.number}.example.org", "description": about[:500],
        },
        "solution": {
            "name": f"What {applicant.name} offers"[:200], "purpose": about[:500], "mechanism": "As described.",
            "sectors": str(record.get("sector") or "cities")[:100], "readiness": 5 + applicant.number % 5,
            "references": "A past program.",
        },
        "team": TEAM,
    }  # fmt: skip


def _choose_calls(browsing: Browsing, here: str, applicant: Applicant) -> None:
    """Choose further calls, and which cities of the joint one."""
    page = browsing.go(f"{here}calls/")
    for plan in applicant.calls:
        for city in _call(plan).cities.select_related("municipality"):
            page.locator(f'[name=call_{city.call_id}][value="{city.pk}"]').set_checked(
                city.municipality.schema_name != applicant.left_out
            )
    browsing.send("Save the choice")


def _add_file_and_colleague(world: World, here: str, applicant: Applicant) -> None:
    """Add a file, and invite a colleague who looks at the application; only its owner may submit it."""
    browsing = world.browsing
    browsing.go(f"{here}files/")
    browsing.send("Add the file", {"file": {"name": "References.pdf", "mimeType": "application/pdf", "buffer": PDF}})
    browsing.go(f"{here}people/")
    browsing.send("Send the invitation", {"email": COLLEAGUE, "role": "editor"})
    at = _open_link(world, COLLEAGUE)
    assert at == here
    browsing.go(f"{here}check/")
    assert not browsing.page.get_by_role("button", name="Submit the application").count()
    browsing.as_(User.objects.get(email=applicant.email), PORTAL, here)


def _submit(browsing: Browsing, here: str) -> None:
    browsing.go(f"{here}check/")
    page = browsing.send("Submit the application", {"consent": True})
    assert page.url == f"{here}sent/"


def _edit(world: World, applicant: Applicant) -> None:
    """Change what was submitted, and submit it again before the deadline."""
    browsing = world.browsing
    browsing.as_(User.objects.get(email=applicant.email), PORTAL, "/applications/")
    browsing.page.locator("main a[href^='/applications/']").last.click()
    browsing.page.wait_for_load_state()
    here = browsing.page.url
    browsing.go(f"{here}section/team/")
    browsing.send("Save", {"experience": "Four towns of this size."})
    _submit(browsing, here)


def _freeze_criteria(world: World, plan: Plan) -> None:
    browsing, here = world.browsing, _page(world, plan, "selection/criteria/")
    browsing.as_(world.people[plan.city, Role.LEAD], plan.city, here)
    browsing.send("Take the criteria over from the call")
    browsing.follow("Freeze the criteria")
    browsing.send("Freeze the criteria")


def _screen(world: World, plan: Plan, received: list[Applicant]) -> None:
    """Screen what came in: one is not eligible, one is asked for more, the first ones come on the shortlist."""
    browsing, here = world.browsing, _page(world, plan, "applications/")
    page = browsing.go(here)
    assert page.get_by_role("heading", name=f"{len(received)} applications", exact=True).count()
    with tenant_context(world.cities[plan.city]):
        rows = ReceivedApplication.objects.filter(challenge__public_id=world.challenges[plan.key])
        assert rows.values("release_id").distinct().count() == len(received), "some have a second round"
    *others, asked, refused = received
    told = ((refused, "Not eligible", "It is a study, not a solution."), (asked, "Ask for more", "Which towns?"))
    for applicant, link, words in told:
        browsing.go(here)
        browsing.follow(applicant.name)
        browsing.follow(link)
        browsing.send(link, {"text": words})
    assert any("Which towns?" in letter for letter in world.letters_to(asked.email))
    for button, chosen in (("Eligible", others), ("Put on the shortlist", _wanted(plan, received))):
        page = browsing.go(here)
        for applicant in chosen:
            page.get_by_role("checkbox", name=applicant.name, exact=True).check()
        browsing.send(button)


def _search_market(world: World, plan: Plan) -> None:
    """Put scouted solutions beside the applications, and compare them by a requirement."""
    browsing, here = world.browsing, _page(world, plan, "market-map/")
    browsing.go(f"{here}requirements/")
    browsing.send("Add", {"text": "Works without a smartphone", "must": True})
    for name in ("Seen at a fair", "What another city uses"):
        browsing.go(f"{here}add/")
        browsing.send("Add", {"name": name, "company_name": name, "country": "NL", "readiness": 6, "source": "A fair"})
    page = browsing.go(f"{here}fit/")
    browsing.follow("Seen at a fair")
    [requirement] = page.locator("main form select").all()
    browsing.send("Save", {str(requirement.get_attribute("name")): Fit.PARTLY.value})
    assert browsing.go(f"{here}fit/").get_by_text(str(Fit.PARTLY.label), exact=True).count()


def _invite(world: World, plan: Plan, received: list[Applicant]) -> None:
    page = world.browsing.go(_page(world, plan, "applications/invite/"))
    boxes = page.locator("[name=chosen]")
    assert boxes.count() == len(_wanted(plan, received)) == INVITED
    for box in boxes.all():
        box.check()
    world.browsing.send("Invite")
    world.browsing.go(_page(world, plan, "applications/"))
    world.browsing.send("Show", {"state": ReleaseState.INVITED.value})
    assert page.locator("tbody tr").count() == INVITED


def _wanted(plan: Plan, received: list[Applicant]) -> list[Applicant]:
    """Return whom a city wants to meet: the first ones whose first call is its own."""
    call = SHARED[0] if plan in SHARED else plan
    return [applicant for applicant in received if applicant.is_invited and applicant.calls[0] == call]


def _call(plan: Plan) -> Call:
    """Return the call of a challenge."""
    found = [call for call in Call.objects.prefetch_related("cities__municipality") if _is_of(call, plan)]
    return found[0]


def _is_of(call: Call, plan: Plan) -> bool:
    titles = {text["title"] for text in call.content["texts"].values()}
    return bool(titles & {text["title"] for text in plan.text.texts.values() if "title" in text})


def _call_page(plan: Plan) -> str:
    return f"/calls/{_call(plan).public_id}/"


def _page(world: World, plan: Plan, path: str = "") -> str:
    return f"/challenges/{world.challenges[plan.key]}/{path}"
