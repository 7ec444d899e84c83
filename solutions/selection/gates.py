"""What must be true before a challenge leaves market mapping, and before it leaves the selection."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Challenge
from programs.criteria import Criterion, Result, register
from programs.enums import Role, Stage
from solutions.market.enums import ReleaseState
from solutions.market.models import CallCity, Release
from solutions.selection.enums import DecisionOutcome, DecisionState, ScorecardState
from solutions.selection.models import Decision, PanelMember, ReceivedApplication, Scorecard, SelectionRound
from solutions.selection.queries.market_map import LEADS_WANTED, ORIGINS_WANTED, origins_by_challenge
from solutions.selection.queries.received import shuts_at
from tech4muni.core import clock, dates

INVITED = (ReleaseState.INVITED, ReleaseState.SELECTED, ReleaseState.RESERVE)
SMALLEST_PANEL = 2


def market_searched(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether there are solutions enough on the map, from more than one origin."""
    origins = origins_by_challenge(challenges)
    found = {challenge.pk: origins.get(challenge.pk, (0, 0)) for challenge in challenges}
    return {
        pk: Result(
            leads >= LEADS_WANTED and places >= ORIGINS_WANTED,
            _("%(leads)s of %(wanted)s solutions, from %(places)s of %(origins)s origins")
            % {"leads": leads, "wanted": LEADS_WANTED, "places": places, "origins": ORIGINS_WANTED},
        )
        for pk, (leads, places) in found.items()
    }


def all_screened(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether the call has closed and no application waits to be screened."""
    counts = _releases_of(challenges)
    cities = CallCity.objects.select_related("call").filter(challenge_id__in=[row.public_id for row in challenges])
    calls = {city.challenge_id: city.call for city in cities}
    results = {}
    for challenge in challenges:
        call, states = calls.get(challenge.public_id), counts[challenge.pk]
        total, waiting = sum(states.values()), states.get(ReleaseState.SUBMITTED, 0)
        note = _("%(done)s of %(all)s") % {"done": total - waiting, "all": total}
        if call is None:
            note = _("There is no call yet.")
        elif shuts_at(call) > clock.now():
            note = _("%(number)s received; the call is open until %(day)s") % {
                "number": total, "day": dates.day_words(shuts_at(call)),
            }  # fmt: skip
        is_closed = call is not None and shuts_at(call) <= clock.now()
        results[challenge.pk] = Result(is_closed and not waiting, note)
    return results


def some_invited(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether somebody is invited to the event."""
    counts = _releases_of(challenges)
    invited = {pk: sum(states.get(state, 0) for state in INVITED) for pk, states in counts.items()}
    return {pk: Result(number > 0, _("%(number)s invited") % {"number": number}) for pk, number in invited.items()}


def _releases_of(challenges: Sequence[Challenge]) -> dict[int, dict[str, int]]:
    """Return how many applications are in each state, without those that were taken back; one query."""
    keys = {challenge.public_id: challenge.pk for challenge in challenges}
    counts: dict[int, dict[str, int]] = {pk: {} for pk in keys.values()}
    rows = (
        Release.objects.filter(city__challenge_id__in=keys)
        .exclude(state=ReleaseState.WITHDRAWN)
        .order_by()
        .values_list("city__challenge_id", "state")
        .annotate(number=Count("pk"))
    )
    for challenge_id, state, number in rows:
        counts[keys[challenge_id]][state] = number
    return counts


def criteria_frozen(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether the criteria are frozen."""
    frozen = SelectionRound.objects.filter(challenge__in=challenges, frozen_at__isnull=False)
    found = set(frozen.values_list("challenge", flat=True))
    return {challenge.pk: Result(challenge.pk in found) for challenge in challenges}


def panel_ready(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether two or more score, and all of them have declared their conflicts for all who have applied; 3 queries."""
    companies = _companies(challenges)
    panels: dict[int, list[PanelMember]] = defaultdict(list)
    for member in PanelMember.objects.filter(challenge__in=challenges):
        panels[member.challenge_id].append(member)
    return {challenge.pk: _panel(panels[challenge.pk], companies[challenge.pk]) for challenge in challenges}


def _panel(panel: Sequence[PanelMember], companies: set[UUID]) -> Result:
    ready = sum(member.declared_at is not None and companies <= set(member.declared_for) for member in panel)
    words = _("%(ready)s of %(number)s have declared their conflicts") % {"ready": ready, "number": len(panel)}
    return Result(len(panel) >= SMALLEST_PANEL and ready == len(panel), words)


def _companies(challenges: Sequence[Challenge]) -> dict[int, set[UUID]]:
    """Return the companies of each challenge whose applications are not withdrawn."""
    ids = [challenge.public_id for challenge in challenges]
    withdrawn = Release.objects.filter(city__challenge_id__in=ids, state=ReleaseState.WITHDRAWN)
    gone = set(withdrawn.values_list("public_id", flat=True))
    found: dict[int, set[UUID]] = defaultdict(set)
    rows = ReceivedApplication.objects.filter(challenge__in=challenges)
    for challenge, release, company in rows.values_list("challenge", "release_id", "company_id"):
        if release not in gone:
            found[challenge].add(company)
    return found


def scoring_closed(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether all scorecards are in, or a lead closed the scoring without some; 2 queries."""
    closed = SelectionRound.objects.filter(challenge__in=challenges, closed_at__isnull=False)
    found = set(closed.values_list("challenge", flat=True))
    numbers: dict[int, int] = defaultdict(int)
    cards = Scorecard.objects.filter(received__challenge__in=challenges, state=ScorecardState.SUBMITTED)
    for challenge in cards.values_list("received__challenge", flat=True):
        numbers[challenge] += 1
    return {
        challenge.pk: Result(
            challenge.pk in found, _("Scorecards handed in: %(number)s") % {"number": numbers[challenge.pk]}
        )
        for challenge in challenges
    }


def decided(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether a second person has approved a decision that a pilot can follow."""
    rows = Decision.objects.filter(challenge__in=challenges)
    found = {decision.challenge_id: decision for decision in rows}
    return {challenge.pk: _decided(found.get(challenge.pk)) for challenge in challenges}


def _decided(decision: Decision | None) -> Result:
    if decision is None:
        return Result(met=False)
    if decision.state == DecisionState.APPROVED and decision.outcome == DecisionOutcome.NO_AWARD:
        return Result(
            met=False, note=gettext_lazy("No award: no pilot follows. End the challenge on the page of the decision.")
        )
    return Result(decision.state == DecisionState.APPROVED, DecisionState(decision.state).label)


def answered(challenges: Sequence[Challenge]) -> Mapping[int, Result]:
    """Whether all applicants have their answer."""
    rows = Decision.objects.filter(challenge__in=challenges, answered_at__isnull=False)
    found = set(rows.values_list("challenge", flat=True))
    return {challenge.pk: Result(challenge.pk in found) for challenge in challenges}


register(
    Criterion(
        name="selection.market_searched",
        stage=Stage.MAPPING,
        says=gettext_lazy("The market is searched: at least five solutions, from at least two origins."),
        todo=gettext_lazy("Add solutions to the market map"),
        url_name="selection:map",
        check=market_searched,
    ),
    Criterion(
        name="selection.all_screened",
        stage=Stage.MAPPING,
        says=gettext_lazy("The call has closed and every application is screened."),
        todo=gettext_lazy("Screen the applications"),
        url_name="selection:applications",
        check=all_screened,
    ),
    Criterion(
        name="selection.some_invited",
        stage=Stage.MAPPING,
        says=gettext_lazy("At least one company is invited to the event."),
        todo=gettext_lazy("Invite companies to the event"),
        url_name="selection:applications_invite",
        check=some_invited,
        owner=Role.LEAD,
    ),
)
register(
    Criterion(
        "selection.criteria_frozen",
        Stage.SELECTION,
        gettext_lazy("The criteria and their weights are frozen."),
        gettext_lazy("Freeze the criteria"),
        "selection:evaluation_criteria",
        criteria_frozen,
        Role.LEAD,
    ),
    Criterion(
        "selection.panel_ready",
        Stage.SELECTION,
        gettext_lazy("At least two people score, and all of them have declared their conflicts of interest."),
        gettext_lazy("Name the panel and declare conflicts"),
        "selection:evaluation_panel",
        panel_ready,
        Role.LEAD,
    ),
    Criterion(
        "selection.scoring_closed",
        Stage.SELECTION,
        gettext_lazy("All scorecards are handed in, and scoring is closed."),
        gettext_lazy("Score the applications"),
        "selection:evaluation_scores",
        scoring_closed,
        Role.EVALUATOR,
    ),
    Criterion(
        "selection.decided",
        Stage.SELECTION,
        gettext_lazy("A decision is approved by a second person."),
        gettext_lazy("Decide"),
        "selection:evaluation_decision",
        decided,
        Role.APPROVER,
    ),
    Criterion(
        "selection.answered",
        Stage.SELECTION,
        gettext_lazy("All applicants have an answer."),
        gettext_lazy("Answer all applicants"),
        "selection:evaluation_decision",
        answered,
    ),
)
