"""Two pilots from their plan to their public result, one to be scaled and one stopped; and the figures at the end."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django_tenants.utils import tenant_context
from playwright.sync_api import Page

from challenges.enums import Aim
from challenges.models import Challenge
from events.enums import MeetingState
from events.models import Meeting
from pilots.enums import PilotOutcome, PilotSide, PilotState
from pilots.models import Evidence, Kpi, Milestone, Pilot
from programs.enums import Role, Stage
from solutions.market.enums import ReleaseState
from solutions.market.models import Application, Call, Company, PilotEntry, Release
from solutions.market.queries.companies import people_of
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.journeys.program.browsing import PORTAL
from tests.journeys.program.meeting import answer
from tests.journeys.program.moving import city_of, stage_of
from tests.journeys.program.world import World

WEEKS: Final = 12
ENDS: Final = (PilotOutcome.SCALE, PilotOutcome.STOP)
FIGURES: Final = {Aim.MORE: ("100", "150", "120"), Aim.LESS: ("100", "50", "80")}
"""Baseline, target and threshold of a KPI."""
HALFWAY: Final = {Aim.MORE: "130", Aim.LESS: "70"}
LAST: Final = {
    (Aim.MORE, PilotOutcome.SCALE): "160", (Aim.LESS, PilotOutcome.SCALE): "40",
    (Aim.MORE, PilotOutcome.STOP): "105", (Aim.LESS, PilotOutcome.STOP): "95",
}  # fmt: skip
MILESTONES: Final = (("Posts and keys are ready", PilotSide.CITY, 7), ("Devices are in place", PilotSide.COMPANY, 14))
TABLE_OF_WEEKS: Final = b"week,value\r\n1,93\r\n2,88\r\n"
REVIEW: Final = {
    "went_well": "The crew looked at the figures every morning.",
    "went_badly": "It took three weeks to get the keys.",
    "differently": "Ask the crew before the devices are ordered.",
}
WHY: Final = {
    PilotOutcome.SCALE: "The target is met, and the crew wants to keep it.",
    PilotOutcome.STOP: "The figures stayed worse than the threshold.",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A pilot as both sides sit at it.

    Args:
        world: the world.
        key: of its challenge in the world.
        pilot: its row in the municipality's schema.
        entry: its public row.
        outcome: how it will end.
    """

    world: World
    key: str
    pilot: Pilot
    entry: PilotEntry
    outcome: PilotOutcome

    @property
    def city(self) -> str:
        """The municipality."""
        return city_of(self.key)

    @property
    def person(self) -> User:
        """Who acts for the company."""
        return people_of(self.entry.company)[0]

    def path(self, side: PilotSide, tail: str = "") -> str:
        """Return the path of a page of the pilot, on the host of a side."""
        if side == PilotSide.COMPANY:
            return f"/pilots/{self.entry.public_id}/{tail}"
        return f"/challenges/{self.world.challenges[self.key]}/pilots/{self.pilot.public_id}/{tail}"

    def as_(self, side: PilotSide, tail: str = "") -> Page:
        """Open a page of the pilot as one of the two sides."""
        who = self.person if side == PilotSide.COMPANY else self.world.people[self.city, Role.LEAD]
        host = PORTAL if side == PilotSide.COMPANY else self.city
        return self.world.browsing.as_(who, host, self.path(side, tail))

    def kpis(self) -> list[Kpi]:
        """Return what success is measured by."""
        with tenant_context(self.world.cities[self.city]):
            return list(self.pilot.kpis.order_by("pk"))

    def entries(self) -> list[Evidence]:
        """Return the ledger."""
        with tenant_context(self.world.cities[self.city]):
            return list(Evidence.objects.filter(pilot=self.pilot).order_by("number"))


def pilot(world: World) -> None:
    """Take two pilots through, see what the others may not, and reckon the figures of the whole program."""
    tables = [begin(world, key, end) for key, end in zip(to_pilot(world), ENDS, strict=False)]
    for table in tables:
        write_plan(table)
        agree(table)
    see_only_own(*tables)
    world.pass_days(8)
    for table in tables:
        deliver(table, MILESTONES[0])
    world.pass_days(8)
    for table in tables:
        deliver(table, MILESTONES[1])
        file_table(table)
        read(table, PilotSide.COMPANY, HALFWAY)
    world.pass_days(WEEKS * 7 - 16)
    for table in tables:
        read(table, PilotSide.CITY, {aim: LAST[aim, table.outcome] for aim in Aim})
        see_ledger(table)
    for table in tables:
        look_back(table)
        decide(table)
        finish(table)
    read_results(world, tables)
    see_figures(world)


def to_pilot(world: World) -> list[str]:
    """Return the challenges in the last stage for which a single company was selected."""
    chosen = Counter(
        str(found)
        for found in Release.objects.filter(state=ReleaseState.SELECTED).values_list("city__challenge_id", flat=True)
    )
    return [
        key
        for key, challenge in world.challenges.items()
        if stage_of(world, key) == Stage.PILOT and chosen[challenge] == 1
    ]


def begin(world: World, key: str, outcome: PilotOutcome) -> Table:
    """Begin the pilot with the selected company."""
    city, challenge = city_of(key), world.challenges[key]
    release = Release.objects.select_related("application__company").get(
        city__challenge_id=challenge, state=ReleaseState.SELECTED
    )
    world.browsing.as_(world.people[city, Role.LEAD], city, f"/challenges/{challenge}/pilots/")
    world.browsing.send(f"Begin the pilot {release.application.company}")
    entry = PilotEntry.objects.get(company=release.application.company, municipality=world.cities[city])
    with tenant_context(world.cities[city]):
        return Table(world, key, Pilot.objects.get(public_id=entry.pilot_id), entry, outcome)


def write_plan(table: Table) -> None:
    """Write the plan: its fields by the city, its KPIs by the city, its milestones by the company."""
    browsing, day = table.world.browsing, clock.now().date()
    table.as_(PilotSide.CITY, "plan/")
    plan = {
        "aim": "To know after twelve weeks whether it works here.", "site": "The old town", "budget": 21000,
        "starts_on": day, "ends_on": day + timedelta(weeks=WEEKS),
        "purchase_route": "Direct award below the threshold.", "decision_rule": "All targets met: scale it.",
    }  # fmt: skip
    page = browsing.send("Save", plan)
    assert page.get_by_text("Add a milestone.", exact=True).is_visible()
    for kpi in table.kpis():
        browsing.go(table.path(PilotSide.CITY, f"kpis/{kpi.public_id}/"))
        browsing.send("Save", dict(zip(("baseline", "target", "threshold"), FIGURES[Aim(kpi.aim)], strict=True)))
    table.as_(PilotSide.COMPANY)
    for title, side, days in MILESTONES:
        browsing.go(table.path(PilotSide.COMPANY, "milestones/add/"))
        browsing.send("Save", {"title": title, "side": side.value, "due_on": day + timedelta(days=days)})


def agree(table: Table) -> None:
    """Let both sides agree to the plan, and the city start the pilot."""
    browsing = table.world.browsing
    page = browsing.send("Agree to this plan")
    assert page.get_by_role("button", name="Start the pilot").count() == 0
    table.as_(PilotSide.CITY)
    browsing.send("Agree to this plan")
    page = browsing.send("Start the pilot")
    assert page.get_by_text(str(PilotState.RUNNING.label), exact=True).is_visible()


def see_only_own(one: Table, other: Table) -> None:
    """See that a company has its pilot on the portal, and neither another's nor the pages of its municipality."""
    page = one.world.browsing.as_(one.person, PORTAL, "/pilots/")
    assert page.locator("tbody tr").count() == 1
    assert answer(one.world, one.path(PilotSide.COMPANY)) == 200
    assert answer(one.world, other.path(PilotSide.COMPANY)) == 404
    one.world.browsing.as_(one.person, one.city, "/accessibility/")
    challenge = f"/challenges/{one.world.challenges[one.key]}/"
    for path in (one.path(PilotSide.CITY), challenge, f"{challenge}selection/", f"{challenge}applications/"):
        assert answer(one.world, path) == 404


def deliver(table: Table, milestone: tuple[str, PilotSide, int]) -> None:
    """Let a side deliver a milestone, and the other one accept it."""
    title, side, _days = milestone
    table.as_(side)
    table.world.browsing.send(f"Begin {title}")
    table.world.browsing.send(f"Deliver {title}")
    table.as_(side.other)
    table.world.browsing.send(f"Accept {title}")
    with tenant_context(table.world.cities[table.city]):
        assert Milestone.objects.get(pilot=table.pilot, title=title).state == "accepted"


def file_table(table: Table) -> None:
    """Let the company file a table, which the city reads and countersigns."""
    browsing = table.world.browsing
    table.as_(PilotSide.COMPANY, "evidence/add/file/")
    upload = {"name": "weeks.csv", "mimeType": "text/csv", "buffer": TABLE_OF_WEEKS}
    browsing.send("Add to the ledger", {"file": upload, "text": "The first two weeks"})
    page = table.as_(PilotSide.CITY, "evidence/")
    link = page.get_by_role("link", name="weeks.csv", exact=True).get_attribute("href")
    assert page.evaluate("async path => (await fetch(path)).text()", link) == TABLE_OF_WEEKS.decode()
    countersign(table)


def read(table: Table, side: PilotSide, values: dict[Aim, str]) -> None:
    """Let a side enter a reading of each KPI, and the other one countersign all."""
    for kpi in table.kpis():
        table.as_(side, "evidence/add/reading/")
        reading = {"kpi": kpi.pk, "value": values[Aim(kpi.aim)], "method": "Counted together"}
        table.world.browsing.send("Add to the ledger", reading)
    table.as_(side.other, "evidence/")
    countersign(table)


def countersign(table: Table) -> None:
    """Countersign, as the side at the browser, whatever is not countersigned."""
    buttons = table.world.browsing.page.get_by_role("button", name=re.compile("^Countersign "))
    while buttons.count():
        table.world.browsing.send(buttons.first.inner_text().strip().replace("\n", " "))


def see_ledger(table: Table) -> None:
    """See that the chain is whole, that all is countersigned, and where the KPIs stand."""
    number = len(table.entries())
    page = table.as_(PilotSide.CITY, "evidence/")
    assert page.get_by_text(f"The chain is whole: {number} entr").is_visible()
    assert page.get_by_text("Not yet", exact=True).count() == 0
    page = table.world.browsing.go(table.path(PilotSide.CITY, "kpis/"))
    assert page.get_by_text(f"By these figures the rule says: {table.outcome.label}.").is_visible()


def look_back(table: Table) -> None:
    """Let the city end the running, and both sides write what went well and what did not."""
    table.as_(PilotSide.CITY)
    table.world.browsing.send("End the pilot and look back")
    for side in PilotSide:
        table.as_(side, "review/write/")
        table.world.browsing.send("Save", REVIEW)


def decide(table: Table) -> None:
    """Let the lead decide as the figures say."""
    table.as_(PilotSide.CITY, "review/decide/")
    page = table.world.browsing.send(
        "Decide and publish", {"outcome": table.outcome.value, "rationale": WHY[table.outcome]}
    )
    assert page.get_by_text("The public page of the result").is_visible()


def finish(table: Table) -> None:
    """Finish the challenge: all of its pilots are decided."""
    table.world.browsing.go(f"/challenges/{table.world.challenges[table.key]}/")
    table.world.browsing.send("Finish the challenge")
    assert ended(table.world, table.key)


def read_results(world: World, tables: list[Table]) -> None:
    """Read, as anybody, how both pilots ended: failure as visibly as success."""
    page = world.browsing.as_(None, PORTAL, "/results/")
    assert page.locator("tbody tr").count() == len(tables)
    for table in tables:
        page = world.browsing.go(f"/results/{table.entry.public_id}/")
        shown = page.inner_text("main")
        assert str(table.outcome.label) in shown
        told = (table.entry.company.name, WHY[table.outcome], *REVIEW.values())
        assert [text for text in told if text not in shown] == []
        rows = page.locator("tbody tr")
        assert rows.count() == len(table.kpis())
        for row, kpi in zip(rows.all(), table.kpis(), strict=True):
            assert LAST[Aim(kpi.aim), table.outcome] in row.inner_text()


def see_figures(world: World) -> None:
    """See that what the coordinator's pages count is what stands in the database, of all municipalities."""
    browsing = world.browsing
    page = browsing.as_(world.coordinator, PORTAL, "/admin/programs/progress/")
    assert figures_on(page).items() >= count_stages(world).items()
    for path, number in {
        "programs/progress/?way=ended": count_ended(world),
        "market/company/": Company.objects.count(),
        "market/application/": Application.objects.count(),
        "market/call/": Call.objects.count(),
    }.items():
        page = browsing.go(f"/admin/{path}")
        assert page.inner_text(".list-foot p").split()[0] == str(number), path
    page = browsing.go("/admin/")
    shown = figures_on(page)
    assert shown["active municipalities"] == len(world.cities)
    assert shown["people with an account"] == User.objects.filter(is_active=True).count()
    page = browsing.go("/events/")
    meetings = Meeting.objects.exclude(state=MeetingState.CANCELLED).count()
    assert page.locator("tbody tr td.nums").last.inner_text() == str(meetings)


def figures_on(page: Page) -> dict[str, int]:
    """Return the figures above a list, by their words."""
    figures = page.locator(".figure-row li")
    words, numbers = figures.locator("span").all_inner_texts(), figures.locator("strong").all_inner_texts()
    return dict(zip(words, map(int, numbers), strict=True))


def count_stages(world: World) -> dict[str, int]:
    """Count the challenges under way by stage, in the schemas of the municipalities themselves."""
    stages = Counter(stage_of(world, key) for key in world.challenges if not ended(world, key))
    return {str(stage.label): stages[stage.value] for stage in Stage}


def count_ended(world: World) -> int:
    """Count the challenges whose way has ended: those with a decided pilot, and those without an award."""
    return sum(ended(world, key) for key in world.challenges)


def ended(world: World, key: str) -> bool:
    """Whether the way of a challenge has ended."""
    with tenant_context(world.cities[city_of(key)]):
        return Challenge.objects.get(public_id=world.challenges[key]).ended_at is not None
