"""Milestones: one side delivers, the other accepts; those who deliver are reminded."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django_tenants.utils import schema_context

from pilots.enums import MilestoneState, MilestoneStep, PilotState
from pilots.models import Milestone
from pilots.services import closing
from pilots.services.milestones import send_back, take_step
from programs.models import Municipality
from programs.timing.models import Deadline, Due
from programs.timing.running import carry_out_due
from solutions.market.enums import CompanyRole
from solutions.market.models import CompanyMember
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.notifications.models import Message
from tests.factories.people import make_user
from tests.factories.pilots import Table, make_pilot

START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
SKOPJE = ZoneInfo("Europe/Skopje")


@pytest.fixture
def table(in_strumica: Municipality) -> Table:
    with clock.at(START):
        return make_pilot(in_strumica, state=PilotState.RUNNING)


def sweep(moment: datetime) -> None:
    """Carry out what is due, as a worker does: in the public schema."""
    with clock.at(moment), schema_context("public"):
        carry_out_due()


def told(table: Table) -> int:
    return Message.objects.filter(kind="pilots.milestone").count()


def test_both_sides_deliver_and_accept(table: Table) -> None:
    with clock.at(START):
        for milestone, giver, taker in zip(
            table.milestones, (table.city, table.other), (table.other, table.city), strict=True
        ):
            take_step(milestone, seat=giver, step=MilestoneStep.BEGIN)
            take_step(milestone, seat=giver, step=MilestoneStep.DELIVER)
            take_step(milestone, seat=taker, step=MilestoneStep.ACCEPT)

    assert {milestone.state for milestone in table.milestones} == {MilestoneState.ACCEPTED}
    verbs = ["milestone.begun", "milestone.delivered", "milestone.accepted"]
    assert list(Entry.objects.filter(verb__in=verbs).order_by("number").values_list("verb", flat=True)) == verbs * 2


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ([], MilestoneStep.ACCEPT),
        ([MilestoneStep.BEGIN], MilestoneStep.BEGIN),
        ([MilestoneStep.DELIVER], MilestoneStep.DELIVER),
        ([MilestoneStep.DELIVER], MilestoneStep.CANCEL),
        ([MilestoneStep.DELIVER, MilestoneStep.ACCEPT], MilestoneStep.ACCEPT),
        ([MilestoneStep.CANCEL], MilestoneStep.DELIVER),
    ],
)
def test_steps_out_of_order(table: Table, before: list[MilestoneStep], step: MilestoneStep) -> None:
    milestone = table.milestones[1]

    def take(each: MilestoneStep) -> None:
        seat = table.other if each in {MilestoneStep.BEGIN, MilestoneStep.DELIVER} else table.city
        take_step(milestone, seat=seat, step=each)

    for each in before:
        take(each)
    with pytest.raises(Conflict):
        take(step)


def test_late_is_computed(table: Table) -> None:
    milestone = table.milestones[1]
    due = milestone.due_on

    assert [milestone.is_late(day) for day in (due, due + timedelta(days=1))] == [False, True]
    take_step(milestone, seat=table.other, step=MilestoneStep.DELIVER)
    assert not Milestone.objects.get(pk=milestone.pk).is_late(due + timedelta(days=1))


def test_the_municipality_has_a_deadline(table: Table) -> None:
    own, theirs = table.milestones
    deadline = Deadline.objects.get(key=own.deadline_key)

    assert (deadline.municipality, deadline.owner, deadline.challenge_id) == (
        table.municipality, table.challenge.owner, table.challenge.public_id,
    )  # fmt: skip
    assert deadline.due_at.astimezone(SKOPJE).isoformat() == f"{own.due_on}T23:59:00+02:00"
    assert deadline.path == table.at_city("pilot")
    assert "site ready" in deadline.label["de"]
    assert not Deadline.objects.filter(key=theirs.deadline_key).exists()

    take_step(own, seat=table.city, step=MilestoneStep.DELIVER)
    deadline.refresh_from_db()
    assert deadline.met_at is not None


def test_the_company_is_reminded_by_mail(table: Table) -> None:
    editor, viewer, gone = make_user(), make_user(), make_user()
    for user, role, ended in (
        (editor, CompanyRole.EDITOR, None), (viewer, CompanyRole.VIEWER, None), (gone, CompanyRole.EDITOR, START),
    ):  # fmt: skip
        CompanyMember.objects.create(company=table.company, user=user, role=role, ended_at=ended)
    milestone = table.milestones[1]
    end = datetime.combine(milestone.due_on, datetime.min.time(), tzinfo=SKOPJE) + timedelta(hours=23, minutes=59)

    sweep(end - timedelta(days=7, minutes=1))
    assert told(table) == 0
    sweep(end - timedelta(days=7))
    sweep(end - timedelta(days=6))
    rows = Message.objects.filter(kind="pilots.milestone")
    assert {row.email for row in rows} == {table.founder.email, editor.email}
    assert f"https://localhost{table.at_company('pilot')}" in rows[0].text
    sweep(end + timedelta(days=1))
    assert told(table) == 6
    late = Message.objects.filter(kind="pilots.milestone").order_by("pk").last()
    assert late is not None
    assert late.subject.startswith("Late:")


@pytest.mark.parametrize("what", ["deliver", "cancel", "review"])
def test_nobody_is_reminded_of_what_is_done(table: Table, what: str) -> None:
    milestone = table.milestones[1]
    steps: dict[str, Any] = {
        "deliver": lambda: take_step(milestone, seat=table.other, step=MilestoneStep.DELIVER),
        "cancel": lambda: take_step(milestone, seat=table.city, step=MilestoneStep.CANCEL),
        "review": lambda: closing.begin_review(table.pilot, seat=table.city),
    }
    with clock.at(START):
        steps[what]()

    sweep(START + timedelta(weeks=6))

    assert told(table) == 0


def test_a_reminder_that_was_not_cancelled_does_no_harm(table: Table) -> None:
    milestone = table.milestones[1]
    Due.objects.filter(kind="pilots.remind_company").update(cancelled_at=None)
    Milestone.objects.filter(pk=milestone.pk).update(state=MilestoneState.ACCEPTED)

    sweep(START + timedelta(weeks=6))

    assert told(table) == 0


@pytest.mark.parametrize("index", [0, 1])
def test_sent_back_until_another_day(table: Table, index: int) -> None:
    milestone = table.milestones[index]
    giver, taker = (table.city, table.other) if index == 0 else (table.other, table.city)
    with clock.at(START):
        take_step(milestone, seat=giver, step=MilestoneStep.DELIVER)
        with pytest.raises(Refused) as refused:
            send_back(milestone, seat=taker, note="x", due_on=START.date() - timedelta(days=1))
        assert refused.value.field == "due_on"
        with pytest.raises(Refused) as refused:
            send_back(milestone, seat=taker, note=" ", due_on=START.date())
        assert refused.value.field == "note"
        again = send_back(milestone, seat=taker, note="Ten are missing", due_on=milestone.due_on)

    assert (again.state, again.round, again.note, again.delivered_at) == (
        MilestoneState.IN_PROGRESS, 2, "Ten are missing", None,
    )  # fmt: skip
    if index == 0:
        assert Deadline.objects.get(key=again.deadline_key).is_open
    else:
        open_rows = Due.objects.filter(kind="pilots.remind_company", cancelled_at__isnull=True)
        assert [row.payload["round"] for row in open_rows] == [2, 2, 2]
    with clock.at(START), pytest.raises(Conflict):
        send_back(milestone, seat=taker, note="Again", due_on=milestone.due_on)
