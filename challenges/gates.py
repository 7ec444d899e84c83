"""What must be true before a challenge leaves its first stage."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.enums import BriefState
from challenges.models import Brief, Challenge
from challenges.queries.origins import origins_of
from challenges.queries.readiness import readiness_by_challenge
from programs.criteria import Criterion, Result, register
from programs.enums import Role, Stage

APPROVED: Final = (BriefState.APPROVED, BriefState.PUBLISHED, BriefState.CLOSED)
ENOUGH: Final = 2  # candidates, to speak of a choice


def workshop_held(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether the workshop was held that the challenge comes from; any, where it was begun without a candidate."""
    origins = origins_of(challenges)
    return {challenge.pk: Result(origins[challenge.pk].workshop_held) for challenge in challenges}


def candidates_compared(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether the challenge was chosen among candidates; one that was begun directly was somebody's decision."""
    origins = origins_of(challenges)
    results = {}
    for challenge in challenges:
        origin = origins[challenge.pk]
        if origin.candidate is None:
            results[challenge.pk] = Result(met=True, note=_("Begun directly, without candidates"))
            continue
        met = origin.candidates >= ENOUGH and origin.raters > 0
        note = ngettext("%(count)d candidate", "%(count)d candidates", origin.candidates)
        results[challenge.pk] = Result(met, note % {"count": origin.candidates})
    return results


def brief_ready(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether the brief has everything."""
    found = readiness_by_challenge(challenges)
    results = {}
    for challenge in challenges:
        items = found[challenge.pk]
        filled = sum(item.filled for item in items)
        note = _("%(filled)d of %(all)d") % {"filled": filled, "all": len(items)}
        results[challenge.pk] = Result(filled == len(items), note)
    return results


def brief_approved(challenges: Sequence[Challenge]) -> dict[int, Result]:
    """Whether somebody else has approved the brief."""
    states = dict(Brief.objects.filter(challenge__in=challenges).values_list("challenge", "state"))
    return {
        challenge.pk: Result(states[challenge.pk] in APPROVED, BriefState(states[challenge.pk]).label)
        for challenge in challenges
    }


register(
    Criterion(
        "challenges.workshop_held",
        Stage.CHALLENGE,
        gettext_lazy("A workshop was held, with participants and cards."),
        gettext_lazy("Hold a workshop and write its cards down"),
        "challenges:origin",
        workshop_held,
    ),
    Criterion(
        "challenges.candidates_compared",
        Stage.CHALLENGE,
        gettext_lazy("Candidates were compared, and one of them was chosen."),
        gettext_lazy("Compare the candidate with others"),
        "challenges:origin",
        candidates_compared,
    ),
    Criterion(
        "challenges.brief_ready",
        Stage.CHALLENGE,
        gettext_lazy("The brief has everything that it needs."),
        gettext_lazy("Write the brief"),
        "challenges:brief",
        brief_ready,
    ),
    Criterion(
        "challenges.brief_approved",
        Stage.CHALLENGE,
        gettext_lazy("Somebody else than its writer has approved the brief."),
        gettext_lazy("Approve the brief"),
        "challenges:brief",
        brief_approved,
        Role.APPROVER,
    ),
)
