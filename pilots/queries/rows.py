"""Fields with their labels and values in words, as `key_values` shows them."""

from collections.abc import Sequence
from datetime import date

from django.db import models
from django.utils.functional import Promise

from pilots.models import Kpi, Milestone, Pilot
from tech4muni.core import dates
from tech4muni.core.money import money_words

Row = tuple[str | Promise, object]


def plan_rows(pilot: Pilot) -> list[Row]:
    """Return the plan's own fields."""
    rows = _rows(pilot, ("aim", "site", "purchase_route", "decision_rule"))
    budget = "" if pilot.budget is None else money_words(pilot.budget, pilot.currency)
    rows.insert(2, (_label(pilot, "budget"), budget))
    days = [(_label(pilot, name), _day(getattr(pilot, name))) for name in ("starts_on", "ends_on")]
    return [*rows[:3], *days, *rows[3:]]


def kpi_rows(kpi: Kpi) -> list[Row]:
    """Return what a KPI has to reach."""
    return _rows(kpi, ("baseline", "target", "threshold"))


def milestone_rows(milestone: Milestone) -> list[Row]:
    """Return what a milestone is."""
    return [
        (_label(milestone, "title"), milestone.title),
        (_label(milestone, "due_on"), _day(milestone.due_on)),
        (_label(milestone, "side"), milestone.get_side_display()),
    ]


def _rows(row: models.Model, names: Sequence[str]) -> list[Row]:
    return [(_label(row, name), getattr(row, name)) for name in names]


def _label(row: models.Model, name: str) -> str:
    label = str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def _day(day: date | None) -> str:
    return dates.day_words(day) if day else ""
