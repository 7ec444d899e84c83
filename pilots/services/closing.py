"""Looking back, deciding, and telling everybody how it ended: failure as visibly as success."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.enums import BETWEEN, PilotOutcome, PilotSide
from pilots.models import UNDELIVERED, Pilot, PilotDecision, Review
from pilots.permissions import Seat, may_begin_review, may_decide, may_review
from pilots.queries.figures import Figure, figures_of, plain_figures, what_the_rule_says
from pilots.queries.pilots import entry_of, today_in
from pilots.services.common import locked, put_on_record, set_entry, tell_side
from pilots.services.reminders import expect, expect_no_more
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

PARTS = ("went_well", "went_badly", "differently")


@transaction.atomic
def begin_review(pilot: Pilot, *, seat: Seat) -> Pilot:
    """End the running of a pilot, and ask both sides to look back."""
    now = locked(pilot)
    may_begin_review(seat, now).enforce()
    now.begin_review()
    _write_state(now)
    for milestone in now.milestones.filter(state__in=UNDELIVERED):
        expect_no_more(milestone, delivered=False)
    put_on_record("pilot.review_begun", now, seat)
    event = f"review:{now.decisions.count()}"
    tell_side(now, PilotSide.COMPANY, what=_("The pilot is in review: say how it was."), event=event)
    return now


@transaction.atomic
def write_review(pilot: Pilot, *, seat: Seat, went_well: str, went_badly: str, differently: str) -> Review:
    """Write one's side's review, or write it anew until the decision."""
    now = locked(pilot)
    existing = Review.objects.filter(pilot=now, side=seat.side).first()
    may_review(seat, now, has_reviewed=existing is not None).enforce()
    texts = {"went_well": went_well, "went_badly": went_badly, "differently": differently}
    for name, text in texts.items():
        if not text.strip():
            raise Refused(_("Write something here."), field=name)
    review, _made = Review.objects.update_or_create(
        pilot=now, side=seat.side, defaults={**texts, "by": seat.person, "updated_at": clock.now()}
    )
    put_on_record("pilot.reviewed", now, seat, data={"side": seat.side.value})
    return review


@transaction.atomic
def decide(
    pilot: Pilot,
    *,
    seat: Seat,
    seen: PilotOutcome,
    outcome: PilotOutcome,
    rationale: str,
    deviation: str = "",
    extended_to: date | None = None,
) -> PilotDecision:
    """Decide how a pilot ends, beside what its figures say, and publish the result; an extended one runs on.

    Args:
        pilot: in review.
        seat: a lead's.
        seen: what the figures said when the person decided.
        outcome: what is decided.
        rationale: why.
        deviation: why it is something else than what the figures say, where it is.
        extended_to: the new end of an extended pilot.

    Raises Conflict if the figures say something else by now, Refused where something is missing.
    """
    now = locked(pilot)
    may_decide(seat, now).enforce()
    figures = figures_of(now)
    says = what_the_rule_says(figures)
    if says != seen:
        raise Conflict(_("The figures changed in the meantime, and say something else now."))
    review = Review.objects.filter(pilot=now, side=PilotSide.CITY).first()
    if review is None:
        raise Refused(_("Write the municipality’s review first: what you would do differently is published."))
    deviation = deviation.strip() if deviates(outcome, says) else ""
    _require_reasons(now, outcome, says, rationale, deviation, extended_to)
    decision = PilotDecision.objects.create(
        pilot=now,
        outcome=outcome,
        rule_says=says,
        rationale=rationale.strip(),
        deviation=deviation,
        extended_to=extended_to if outcome == PilotOutcome.EXTEND else None,
        figures=plain_figures(figures),
        by=seat.person,
        at=clock.now(),
    )
    _end_or_extend(now, decision, seat, review, figures)
    return decision


def deviates(outcome: PilotOutcome, says: PilotOutcome) -> bool:
    """Whether a decision is something else than what the figures say."""
    return outcome != says and not {outcome, says} <= BETWEEN


def _require_reasons(
    pilot: Pilot, outcome: PilotOutcome, says: PilotOutcome, rationale: str, deviation: str, extended_to: date | None
) -> None:
    if not rationale.strip():
        raise Refused(_("Say why."), field="rationale")
    if deviates(outcome, says) and not deviation:
        raise Refused(_("Say why you decide something else than the figures say."), field="deviation")
    if outcome != PilotOutcome.EXTEND:
        return
    earliest = max(filter(None, (today_in(entry_of(pilot).municipality), pilot.ends_on)))
    if extended_to is None or extended_to <= earliest:
        raise Refused(_("Choose an end that is later than the present one."), field="extended_to")


def _end_or_extend(pilot: Pilot, decision: PilotDecision, seat: Seat, review: Review, figures: list[Figure]) -> None:
    event = f"decided:{decision.pk}"
    if decision.outcome == PilotOutcome.EXTEND:
        pilot.resume()
        pilot.ends_on = decision.extended_to
        _write_state(pilot, "ends_on")
        entry = entry_of(pilot)
        for milestone in pilot.milestones.filter(state__in=UNDELIVERED):
            expect(milestone, pilot, entry.municipality)
        data = {"until": decision.extended_to, "rule_says": decision.rule_says}
        put_on_record("pilot.extended", pilot, seat, data=data, reason=decision.rationale)
        tell_side(pilot, PilotSide.COMPANY, what=_("The pilot is extended."), event=event)
        return
    pilot.decide()
    _write_state(pilot, result=result_of(pilot, decision, review, figures), published_at=clock.now())
    data = {"outcome": decision.outcome, "rule_says": decision.rule_says}
    put_on_record("pilot.decided", pilot, seat, data=data, reason=decision.rationale)
    tell_side(pilot, PilotSide.COMPANY, what=_("The municipality decided how the pilot ends."), event=event)


def result_of(pilot: Pilot, decision: PilotDecision, review: Review, figures: list[Figure]) -> dict[str, Any]:
    """Return what is published of a pilot at its end, as plain values."""
    entry = entry_of(pilot)
    return {
        "title": entry.label,
        "municipality": entry.municipality.names,
        "company": pilot.company_name,
        "period": {
            "from": pilot.starts_on.isoformat() if pilot.starts_on else None,
            "to": pilot.ends_on.isoformat() if pilot.ends_on else None,
        },
        "kpis": plain_figures(figures),
        "outcome": str(decision.outcome),
        "rule_says": str(decision.rule_says),
        "texts": {
            "aim": pilot.aim,
            "rationale": decision.rationale,
            "deviation": decision.deviation,
            **{name: getattr(review, name) for name in PARTS},
        },
    }


def _write_state(pilot: Pilot, *fields: str, **public: Any) -> None:
    pilot.updated_at = clock.now()
    pilot.save(update_fields=["state", *fields, "updated_at"])
    set_entry(pilot, **public)
