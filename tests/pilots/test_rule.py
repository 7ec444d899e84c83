"""What figures say."""

from decimal import Decimal

import pytest

from challenges.enums import Aim
from pilots import rule
from pilots.enums import PilotOutcome, Standing

MORE, LESS = Aim.MORE, Aim.LESS
MET, BETWEEN, BROKEN, OPEN, UNPLANNED = Standing


@pytest.mark.parametrize(
    ("aim", "baseline", "target", "threshold", "wrong"),
    [
        (LESS, 50, 30, 60, ""),
        (LESS, 50, 30, 45, ""),  # already as bad as where one stops: the pilot has to bring it down
        (LESS, 50, 50, 60, "target"),
        (LESS, 50, 55, 60, "target"),
        (LESS, 50, 30, 30, "threshold"),
        (LESS, 50, 30, 20, "threshold"),
        (MORE, 10, 20, 8, ""),
        (MORE, 10, 20, 15, ""),
        (MORE, 20, 20, 8, "target"),
        (MORE, 30, 20, 8, "target"),
        (MORE, 10, 20, 20, "threshold"),
        (MORE, 10, 20, 25, "threshold"),
        (MORE, -5, 0, -10, ""),
    ],
)
def test_figures_fit_the_direction(aim: Aim, baseline: int, target: int, threshold: int, wrong: str) -> None:
    assert rule.incoherence(aim, Decimal(baseline), Decimal(target), Decimal(threshold)) == wrong


@pytest.mark.parametrize(
    ("aim", "value", "standing"),
    [
        (LESS, "30", MET), (LESS, "29.999", MET), (LESS, "30.001", BETWEEN), (LESS, "60", BETWEEN),
        (LESS, "60.001", BROKEN), (LESS, None, OPEN),
        (MORE, "60", MET), (MORE, "60.001", MET), (MORE, "59.999", BETWEEN), (MORE, "30", BETWEEN),
        (MORE, "29.999", BROKEN), (MORE, None, OPEN),
    ],
)  # fmt: skip
def test_standing(aim: Aim, value: str | None, standing: Standing) -> None:
    target, threshold = (Decimal(30), Decimal(60)) if aim == LESS else (Decimal(60), Decimal(30))

    assert rule.standing(aim, target, threshold, None if value is None else Decimal(value)) == standing


@pytest.mark.parametrize(("target", "threshold"), [(None, None), (Decimal(1), None), (None, Decimal(1))])
def test_without_a_target_nothing_is_judged(target: Decimal | None, threshold: Decimal | None) -> None:
    assert rule.standing(LESS, target, threshold, Decimal(5)) == UNPLANNED


@pytest.mark.parametrize(
    ("standings", "outcome"),
    [
        ([MET], PilotOutcome.SCALE),
        ([MET, MET, UNPLANNED], PilotOutcome.SCALE),
        ([MET, BETWEEN], PilotOutcome.ITERATE),
        ([BETWEEN], PilotOutcome.ITERATE),
        ([MET, OPEN], PilotOutcome.EXTEND),
        ([BETWEEN, OPEN], PilotOutcome.EXTEND),
        ([OPEN], PilotOutcome.EXTEND),
        ([UNPLANNED], PilotOutcome.EXTEND),
        ([], PilotOutcome.EXTEND),
        ([MET, BROKEN], PilotOutcome.STOP),
        ([OPEN, BROKEN], PilotOutcome.STOP),
        ([BETWEEN, BROKEN, MET], PilotOutcome.STOP),
    ],
)
def test_what_the_rule_says(standings: list[Standing], outcome: PilotOutcome) -> None:
    assert rule.rule_says(standings) == outcome
