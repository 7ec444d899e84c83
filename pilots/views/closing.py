"""Looking back on a pilot, and deciding."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pilots.enums import PilotOutcome, PilotSide
from pilots.forms import DecisionForm, ReviewForm
from pilots.models import Review
from pilots.permissions import may_begin_review, may_decide, may_review
from pilots.queries.figures import figures_of, what_the_rule_says
from pilots.queries.ledger import unsigned_count
from pilots.queries.pilots import entry_of, result_path
from pilots.services import closing as services
from pilots.views.desk import Desk, show
from pilots.views.forms import answer_button, answer_form
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Conflict
from tech4muni.core.hosts import address
from tech4muni.core.views import carried_out, sent


@require_safe
def reviews(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what both sides say, and what was decided."""
    written = {review.side: review for review in Review.objects.filter(pilot=desk.pilot).select_related("by")}
    entry = entry_of(desk.pilot)
    context = {
        "sides": [(side, written.get(side)) for side in PilotSide],
        "may_review": may_review(desk.seat, desk.pilot, has_reviewed=desk.seat.side in written),
        "decisions": desk.pilot.decisions.select_related("by"),
        "entry": entry,
        "public_url": address(settings.PLATFORM_HOST, result_path(entry)),
    }
    return show(request, desk, "pilots/reviews.html", context)


@require_POST
def begin_review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """End the running of a pilot."""
    may_begin_review(desk.seat, desk.pilot).enforce()

    def step() -> None:
        services.begin_review(desk.pilot, seat=desk.seat)

    return answer_button(request, desk, step, back="reviews", done=_("The review has begun. Both sides look back."))


@read_and_send
def review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write one's side's review."""
    own = Review.objects.filter(pilot=desk.pilot, side=desk.seat.side).first()
    may_review(desk.seat, desk.pilot, has_reviewed=own is not None).enforce()
    form = ReviewForm(sent(request), instance=own or Review(pilot=desk.pilot, side=desk.seat.side))

    def step() -> None:
        services.write_review(desk.pilot, seat=desk.seat, **form.cleaned_data)

    lead = _("What the municipality would do differently is published with the result.") if desk.is_city else ""
    return answer_form(request, desk, form, step, heading=_("Looking back"), back="reviews", lead=lead)


@read_and_send
def decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Decide how the pilot ends, beside what the figures say."""
    may_decide(desk.seat, desk.pilot).enforce()
    figures = figures_of(desk.pilot)
    says = what_the_rule_says(figures)
    form = DecisionForm(sent(request), initial={"seen": says})
    form.cancel_url = desk.url("reviews")

    def step() -> None:
        asked = form.cleaned_data
        values = {**asked, "seen": PilotOutcome(asked["seen"]), "outcome": PilotOutcome(asked["outcome"])}
        decision = services.decide(desk.pilot, seat=desk.seat, **values)
        messages.success(request, _("Decided: %(outcome)s") % {"outcome": decision.get_outcome_display()})

    status = 200
    try:
        if carried_out(form, step):
            return redirect(desk.url("reviews"))
    except Conflict as conflict:
        form.add_error(None, str(conflict.message))
        data: Any = form.data.copy()  # type: ignore[attr-defined]
        data["seen"] = what_the_rule_says(figures_of(desk.pilot)).value
        form.data, status = data, 409
    context = {"form": form, "figures": figures, "rule_says": says, "unsigned": unsigned_count(desk.pilot)}
    return show(request, desk, "pilots/decide.html", context, status=422 if status == 200 and form.errors else status)
