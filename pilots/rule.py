"""What figures say: pure functions over numbers, so that anybody can follow the rule."""

from collections.abc import Sequence
from decimal import Decimal

from challenges.enums import Aim
from pilots.enums import PilotOutcome, Standing


def incoherence(aim: Aim, baseline: Decimal, target: Decimal, threshold: Decimal) -> str:
    """Return which figure contradicts the direction: "target", "threshold", or "" if none does.

    The target has to be better than the baseline, and the threshold worse than the target.
    """
    if not is_better(aim, target, baseline):
        return "target"
    return "" if is_better(aim, target, threshold) else "threshold"


def is_better(aim: Aim, value: Decimal, other: Decimal) -> bool:
    """Whether a value is better than another one."""
    return value > other if aim == Aim.MORE else value < other


def standing(aim: Aim, target: Decimal | None, threshold: Decimal | None, value: Decimal | None) -> Standing:
    """Return where a KPI stands; a KPI without a target or threshold cannot be judged."""
    if target is None or threshold is None:
        return Standing.UNPLANNED
    if value is None:
        return Standing.OPEN
    if is_better(aim, threshold, value):
        return Standing.BROKEN
    return Standing.BETWEEN if is_better(aim, target, value) else Standing.MET


def rule_says(standings: Sequence[Standing]) -> PilotOutcome:
    """Return what follows from the figures alone.

    Any KPI worse than its threshold: stop. All targets reached: scale. Something not measured: extend. Else: iterate.
    KPIs without a target do not count.
    """
    counted = [each for each in standings if each != Standing.UNPLANNED]
    if Standing.BROKEN in counted:
        return PilotOutcome.STOP
    if not counted or Standing.OPEN in counted:
        return PilotOutcome.EXTEND
    return PilotOutcome.SCALE if set(counted) == {Standing.MET} else PilotOutcome.ITERATE
