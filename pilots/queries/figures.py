"""Where the KPIs of a pilot stand, from the ledger alone: the latest reading that nobody has corrected."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from challenges.enums import Aim
from pilots import rule
from pilots.enums import PilotOutcome, Standing
from pilots.models import Evidence, Kpi, Pilot
from tech4muni.core.components import Bar


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI with its latest reading.

    Args:
        kpi: which one.
        reading: the entry that counts, None if it was not measured yet.
        readings: how many readings count.
    """

    kpi: Kpi
    reading: Evidence | None
    readings: int

    @property
    def value(self) -> Decimal | None:
        """What was measured last."""
        return self.reading.value if self.reading else None

    @property
    def standing(self) -> Standing:
        """Where it stands against threshold and target."""
        return rule.standing(Aim(self.kpi.aim), self.kpi.target, self.kpi.threshold, self.value)

    @property
    def bar(self) -> Bar | None:
        """The value against its target as a picture, None where there is nothing to draw."""
        numbers = [self.kpi.baseline, self.kpi.target, self.kpi.threshold, self.value]
        known = [float(number) for number in numbers if number is not None]
        if self.value is None or self.kpi.target is None or min(known) < 0:
            return None
        return Bar.of(float(self.value), max(known) * 1.1, float(self.kpi.target))


def figures_of(pilot: Pilot) -> list[Figure]:
    """Return how each KPI of a pilot stands; two queries for however many readings."""
    counting = Q(readings__value__isnull=False, readings__correction__isnull=True)
    kpis = pilot.kpis.annotate(counted=Count("readings", filter=counting)).order_by("pk")
    rows = (
        Evidence.objects.filter(pilot=pilot, kpi__isnull=False, value__isnull=False, correction__isnull=True)
        .order_by("kpi_id", "-observed_on", "-number")
        .distinct("kpi_id")
    )
    latest = {row.kpi_id: row for row in rows}
    return [Figure(kpi, latest.get(kpi.pk), kpi.counted) for kpi in kpis]


def what_the_rule_says(figures: Sequence[Figure]) -> PilotOutcome:
    """Return what follows from the figures alone; see `pilots.rule`."""
    return rule.rule_says([figure.standing for figure in figures])


def plain_figures(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Return figures as JSON has them: numbers as text, as exact as they were written."""
    return [
        {
            "id": str(figure.kpi.public_id),
            "names": figure.kpi.names,
            "unit": figure.kpi.unit,
            "aim": figure.kpi.aim,
            "baseline": _text(figure.kpi.baseline),
            "target": _text(figure.kpi.target),
            "threshold": _text(figure.kpi.threshold),
            "value": _text(figure.value),
            "observed_on": figure.reading.observed_on.isoformat() if figure.reading else None,
            "readings": figure.readings,
            "standing": figure.standing.value,
        }
        for figure in figures
    ]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")
