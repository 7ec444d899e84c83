"""The last stage of the demonstration: a plan, readings from both sides, a review and a decision."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.enums import Aim
from challenges.services import moves
from pilots.enums import MilestoneStep, PilotOutcome, PilotSide
from pilots.models import Pilot
from pilots.permissions import Seat
from pilots.queries.figures import figures_of, what_the_rule_says
from pilots.services import beginning, closing, ledger, milestones, plan
from programs.actors import Actor
from solutions.market.enums import CompanyRole
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.home.demonstration.applying import received, release_of
from tech4muni.home.demonstration.scripts import firms
from tech4muni.home.demonstration.ways import Way

WEEKS: Final = 12
PLANNED: Final = (
    ("Posts and keys are ready", PilotSide.CITY, 7),
    ("Devices are in place", PilotSide.COMPANY, 14),
    ("First report of the figures", PilotSide.COMPANY, 42),
    ("Handing over to the crew", PilotSide.CITY, 80),
)
REVIEW: Final = {
    "went_well": "The crew looked at the figures every morning after the second week.",
    "went_badly": "It took three weeks to get the keys.",
    "differently": "Ask the crew before the devices are ordered.",
}


def begin(way: Way) -> None:
    """Begin the pilot with the selected company, write its plan, agree to it on both sides, and start."""
    lead = way.lead
    pilot = beginning.begin_pilot(way.challenge, release=release_of(received(way)[0]), actor=lead)
    way.things["pilot"] = pilot.pk
    day = clock.now().date()
    changes = {
        "aim": "To know after twelve weeks whether it works here, and what it costs.",
        "site": next(text["pilot_site"] for text in way.script.texts.values() if "pilot_site" in text),
        "budget": Decimal(21000), "currency": "EUR", "starts_on": day, "ends_on": day + timedelta(weeks=WEEKS),
        "purchase_route": "Direct award below the threshold if the target is met, else a tender.",
        "decision_rule": "Target met: scale. Between threshold and target: try again, changed. Else: stop.",
    }  # fmt: skip
    plan.change_plan(pilot, seat=city(way), version=pilot_of(way).version, changes=changes)
    start, target, threshold = figures(way)
    for kpi in pilot.kpis.all():
        values = {"baseline": start, "target": target, "threshold": threshold}
        plan.set_kpi(pilot_of(way), seat=city(way), version=pilot_of(way).version, kpi=kpi, values=values)
    for title, side, days in PLANNED:
        milestone = {"title": title, "due_on": day + timedelta(days=days), "side": side}
        plan.set_milestone(
            pilot_of(way), seat=city(way), version=pilot_of(way).version, milestone=None, values=milestone
        )
    version = pilot_of(way).version
    plan.agree(pilot_of(way), seat=city(way), version=version)
    plan.agree(pilot_of(way), seat=company(way), version=version)
    plan.start(pilot_of(way), seat=city(way), version=version)


def figures(way: Way) -> tuple[Decimal, Decimal, Decimal]:
    """Return baseline, target and threshold of the pilot's KPI, from the figure of the brief."""
    start = Decimal(way.script.parts["figure"]["value"])
    better = Decimal("0.5") if way.script.parts["metric"]["aim"] == Aim.LESS else Decimal(2)
    target = (start * better).quantize(Decimal(1))
    return start, target, (start + target) / 2


def pilot_of(way: Way) -> Pilot:
    """Return the pilot as it is now."""
    return Pilot.objects.select_related("challenge").get(pk=way.things["pilot"])


def city(way: Way) -> Seat:
    """Return the lead's seat."""
    return Seat(PilotSide.CITY, way.lead)


def company(way: Way) -> Seat:
    """Return the founder's seat."""
    founder = User.objects.get(email=firms()[way.firms[0]].email)
    return Seat(PilotSide.COMPANY, Actor(user=founder), CompanyRole.OWNER)


def deliver(number: int) -> Callable[[Way], None]:
    """Return a step in which the milestone of that number is delivered and accepted."""

    def take(way: Way) -> None:
        milestone = pilot_of(way).milestones.order_by("due_on")[number]
        seats = {PilotSide.CITY: city(way), PilotSide.COMPANY: company(way)}
        side = PilotSide(milestone.side)
        for step, seat in (
            (MilestoneStep.BEGIN, seats[side]), (MilestoneStep.DELIVER, seats[side]),
            (MilestoneStep.ACCEPT, seats[side.other]),
        ):  # fmt: skip
            milestones.take_step(milestone, seat=seat, step=step)

    return take


def read(part: float) -> Callable[[Way], None]:
    """Return a step in which the KPI is read: `part` of the way from the baseline to the target; both sides sign."""

    def take(way: Way) -> None:
        start, target, _threshold = figures(way)
        value = start + (target - start) * Decimal(str(part))
        seat, other = (company(way), city(way)) if part < 1 else (city(way), company(way))
        pilot = pilot_of(way)
        entry = ledger.add_reading(
            pilot, seat=seat, kpi=pilot.kpis.earliest("pk"), value=value, observed_on=clock.now().date(),
            method="Counted together",
        )  # fmt: skip
        ledger.countersign(entry, seat=other)

    return take


def file_table(way: Way) -> None:
    """Let the company file a table."""
    upload = SimpleUploadedFile("weeks.csv", b"week,value\r\n1,33\r\n2,31\r\n", content_type="text/csv")
    text = "Figures of the first two weeks"
    ledger.add_file(pilot_of(way), seat=company(way), file=upload, text=text, observed_on=clock.now().date())


def decide(way: Way) -> None:
    """Look back on both sides and decide as the figures say; the challenge is through."""
    pilot = closing.begin_review(pilot_of(way), seat=city(way))
    for seat in (city(way), company(way)):
        closing.write_review(pilot, seat=seat, **REVIEW)
    says = what_the_rule_says(figures_of(pilot))
    closing.decide(
        pilot_of(way), seat=city(way), seen=says, outcome=PilotOutcome.SCALE,
        rationale="The target is met in eleven of twelve weeks, and the crew wants to keep it.",
    )  # fmt: skip
    moves.finish(way.challenge, actor=way.lead)
