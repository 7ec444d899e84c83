"""What must be true before a challenge is through with its pilots."""

from collections.abc import Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from challenges.models import Challenge
from pilots.enums import PilotSide, PilotState
from pilots.models import Pilot
from pilots.queries.ledger import verify_all
from programs.criteria import Criterion, Result, register
from programs.enums import Role, Stage


def _pilots(challenges: Sequence[Challenge]) -> dict[int, list[Pilot]]:
    """Return the pilots of each challenge, with how many reviews each has; one query."""
    found: dict[int, list[Pilot]] = {challenge.pk: [] for challenge in challenges}
    for pilot in Pilot.objects.filter(challenge__in=found).annotate(written=Count("reviews")):
        found[pilot.challenge_id].append(pilot)
    return found


def _all_of(done: int, wanted: int) -> Result:
    note = _("%(done)s of %(all)s") % {"done": done, "all": wanted} if wanted else ""
    return Result(wanted > 0 and done == wanted, note)


def begun(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether a pilot has begun."""
    return {pk: Result(bool(pilots), _count(len(pilots))) for pk, pilots in _pilots(challenges).items()}


def decided(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether each pilot is decided."""
    return {
        pk: _all_of(sum(pilot.state == PilotState.DECIDED for pilot in pilots), len(pilots))
        for pk, pilots in _pilots(challenges).items()
    }


def reviewed(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether both sides have written their review of each pilot."""
    return {
        pk: _all_of(sum(getattr(pilot, "written", 0) for pilot in pilots), len(pilots) * len(PilotSide))
        for pk, pilots in _pilots(challenges).items()
    }


def whole(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether no ledger is broken; two queries."""
    pilots = _pilots(challenges)
    verdicts = verify_all([pilot for rows in pilots.values() for pilot in rows])
    return {pk: _all_of(sum(verdicts[pilot.pk].whole for pilot in rows), len(rows)) for pk, rows in pilots.items()}


def _count(number: int) -> str:
    return ngettext("%(count)s pilot", "%(count)s pilots", number) % {"count": number} if number else ""


register(
    Criterion(
        "pilots.begun", Stage.PILOT, _("A pilot has begun."), _("Begin the pilot with the selected company"),
        "pilots:list", begun, Role.LEAD,
    ),
    Criterion(
        "pilots.reviewed", Stage.PILOT, _("Both sides have looked back on each pilot."),
        _("Write your review, and ask the company for theirs"), "pilots:list", reviewed,
    ),
    Criterion(
        "pilots.decided", Stage.PILOT, _("Each pilot is decided."), _("Decide how the pilot ends"),
        "pilots:list", decided, Role.LEAD,
    ),
    Criterion(
        "pilots.ledger", Stage.PILOT, _("The evidence of each pilot is whole."), _("Check the evidence"),
        "pilots:list", whole,
    ),
)  # fmt: skip
