"""What must be true before a challenge leaves validation, computed from what was written down."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from challenges.enums import BriefState
from challenges.models import Brief, Challenge
from programs.criteria import Criterion, Result, register
from programs.enums import Role, Stage
from validation.enums import AssumptionVerdict, ChallengeVerdict
from validation.models import Assumption, StakeholderGroup, Verdict
from validation.queries.changes import changes
from validation.queries.counts import acceptance, coverage

Challenges = Sequence[Challenge]
GOOD_BRIEFS = (BriefState.APPROVED, BriefState.PUBLISHED, BriefState.CLOSED)


def _each(challenges: Challenges, say: Callable[[int], Result]) -> dict[int, Result]:
    return {challenge.pk: say(challenge.pk) for challenge in challenges}


def has_groups(challenges: Challenges) -> Mapping[int, Result]:
    """Somebody is named who shall be heard; a group cannot be without a target."""
    having = set(StakeholderGroup.objects.filter(challenge__in=challenges).values_list("challenge", flat=True))
    return _each(challenges, lambda key: Result(key in having))


def reached_all(challenges: Challenges) -> Mapping[int, Result]:
    """Of each group as many were heard as wanted."""
    found = coverage(challenges)

    def say(key: int) -> Result:
        groups = found[key]
        done = sum(item.reached.is_met for item in groups)
        note = _("%(done)s of %(all)s groups") % {"done": done, "all": len(groups)} if groups else ""
        return Result(bool(groups) and done == len(groups), note)

    return _each(challenges, say)


def tested_all(challenges: Challenges) -> Mapping[int, Result]:
    """There are assumptions, and each has a verdict."""
    verdicts: dict[int, list[str]] = {challenge.pk: [] for challenge in challenges}
    for key, verdict in Assumption.objects.filter(challenge__in=challenges).values_list("challenge", "verdict"):
        verdicts[key].append(verdict)

    def say(key: int) -> Result:
        left = verdicts[key].count(AssumptionVerdict.UNTESTED)
        return Result(bool(verdicts[key]) and not left, _left(left) if left else "")

    return _each(challenges, say)


def _left(number: int) -> Any:
    return ngettext_lazy("%(count)s is not tested yet", "%(count)s are not tested yet", number) % {"count": number}


def knows_acceptance(challenges: Challenges) -> Mapping[int, Result]:
    """Of at least one direction it is known what people think."""
    found = acceptance(challenges)

    def say(key: int) -> Result:
        unwanted = [str(item.direction) for item in found[key] if item.rejected_by]
        note: str | Promise = _("Not wanted: %(names)s") % {"names": ", ".join(unwanted)} if unwanted else ""
        return Result(any(item.is_known for item in found[key]), note)

    return _each(challenges, say)


def explained_all(challenges: Challenges) -> Mapping[int, Result]:
    """Each change of the brief rests on a finding."""
    found = changes(challenges)

    def say(key: int) -> Result:
        missing = [change.label for change in found[key] if not change.is_explained]
        return Result(not missing, ", ".join(missing))

    return _each(challenges, say)


def has_verdict(challenges: Challenges) -> Mapping[int, Result]:
    """The verdict is given; a challenge that is reframed has another brief than before."""
    verdicts = dict(Verdict.objects.filter(challenge__in=challenges).values_list("challenge", "verdict"))
    changed = changes([each for each in challenges if verdicts.get(each.pk) == ChallengeVerdict.REFRAMED])

    def say(key: int) -> Result:
        verdict = verdicts.get(key)
        if verdict == ChallengeVerdict.REFRAMED and not changed[key]:
            return Result(met=False, note=_("It is called reframed, but its brief did not change."))
        met = verdict in (ChallengeVerdict.VALIDATED, ChallengeVerdict.REFRAMED)
        return Result(met, ChallengeVerdict(verdict).label if verdict else "")

    return _each(challenges, say)


def is_approved(challenges: Challenges) -> Mapping[int, Result]:
    """The brief is approved, again if it was changed."""
    states = dict(Brief.objects.filter(challenge__in=challenges).values_list("challenge", "state"))
    return _each(challenges, lambda key: Result(states.get(key) in GOOD_BRIEFS, BriefState(states[key]).label))


register(
    Criterion(
        "validation.groups", Stage.VALIDATION, _("The groups that shall be heard are named, each with a target."),
        _("Name the groups to hear"), "validation:group_add", has_groups,
    ),
    Criterion(
        "validation.reached", Stage.VALIDATION, _("Of each group as many people were heard as wanted."),
        _("Hear the groups"), "validation:overview", reached_all,
    ),
    Criterion(
        "validation.assumptions", Stage.VALIDATION, _("There are assumptions, and all are tested."),
        _("Test the assumptions"), "validation:overview", tested_all,
    ),
    Criterion(
        "validation.acceptance", Stage.VALIDATION,
        _("Of at least one direction it is known from five people of a group or more whether they want it."),
        _("Ask what people think of a direction"), "validation:overview", knows_acceptance,
    ),
    Criterion(
        "validation.changes", Stage.VALIDATION, _("Each change of the brief rests on a finding."),
        _("Name the findings behind the changes"), "validation:changes", explained_all,
    ),
    Criterion(
        "validation.verdict", Stage.VALIDATION, _("The verdict is given: validated, or reframed with a changed brief."),
        _("Give the verdict"), "validation:verdict", has_verdict, Role.LEAD,
    ),
    Criterion(
        "validation.brief", Stage.VALIDATION, _("The brief is approved as it is now."),
        _("Have the brief approved again"), "challenges:brief", is_approved,
    ),
)  # fmt: skip
