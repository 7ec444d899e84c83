"""What everybody may read: how pilots ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from pilots.enums import PilotOutcome, Standing
from programs.cohorts.models import name_in
from programs.models import Municipality
from solutions.market.models import PilotEntry
from tech4muni.core.components import Status, Tone, Toned


def published(*, outcome: str = "", municipality: str = "") -> QuerySet[PilotEntry]:
    """Return the pilots whose result is public, the latest first.

    Args:
        outcome: only those that ended so.
        municipality: only those of the one with this schema name.
    """
    rows = PilotEntry.objects.filter(published_at__isnull=False).select_related("municipality", "company")
    if outcome:
        rows = rows.filter(result__outcome=outcome)
    if municipality:
        rows = rows.filter(municipality__schema_name=municipality)
    return rows.order_by("-published_at", "-pk")


def published_one(entry_id: UUID) -> PilotEntry:
    """Return a pilot whose result is public; raises Http404."""
    return get_object_or_404(published().select_related("call"), public_id=entry_id)


def municipalities_with_results() -> QuerySet[Municipality]:
    """Return whose pilots have public results."""
    rows = PilotEntry.objects.filter(published_at__isnull=False).values("municipality")
    return Municipality.objects.filter(pk__in=rows)


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """A KPI of a published result; numbers are text, None for what is not there."""

    name: str
    unit: str
    aim: str
    baseline: str | None
    target: str | None
    value: str | None
    observed_on: date | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class PublicResult:
    """A published result in the active language, read from its snapshot alone."""

    entry: PilotEntry
    title: str
    municipality: str
    company: str
    starts_on: date | None
    ends_on: date | None
    outcome: Toned
    rule_says: PilotOutcome | None
    figures: list[PublicFigure]
    texts: Mapping[str, str]
    year: int | None = None
    sources: tuple[str, ...] = ()
    is_certain: bool = True

    @property
    def headline(self) -> PublicFigure | None:
        """The first figure that was measured before and at the end."""
        return next((each for each in self.figures if each.baseline is not None and each.value is not None), None)

    @property
    def is_past(self) -> bool:
        """Whether it is of a past edition, known from public pages alone."""
        return bool(self.sources)


def result_of(entry: PilotEntry) -> PublicResult:
    """Read the snapshot of a published result."""
    result: dict[str, Any] = entry.result or {}
    if result.get("imported"):
        return _past(entry, result)
    return PublicResult(
        entry=entry,
        title=name_in(result["title"]),
        municipality=name_in(result["municipality"]),
        company=result["company"],
        starts_on=_day(result["period"]["from"]),
        ends_on=_day(result["period"]["to"]),
        outcome=PilotOutcome(result["outcome"]),
        rule_says=PilotOutcome(result["rule_says"]),
        figures=[_figure(plain) for plain in result["kpis"]],
        texts=result["texts"],
    )


def _past(entry: PilotEntry, result: Mapping[str, Any]) -> PublicResult:
    """Read what public pages say of a result from before this platform (`manage.py import_cohort`)."""
    return PublicResult(
        entry=entry,
        title=result["challenge"],
        municipality=entry.municipality.name,
        company=entry.company.name,
        starts_on=None,
        ends_on=None,
        outcome=Status(result["outcome"], Tone.DRAFT),
        rule_says=None,
        figures=[],
        texts={},
        year=result["year"],
        sources=tuple(result["sources"]),
        is_certain=result["certain"],
    )


def _figure(plain: Mapping[str, Any]) -> PublicFigure:
    return PublicFigure(
        name=name_in(plain["names"]),
        unit=plain["unit"],
        aim=plain["aim"],
        baseline=plain["baseline"],
        target=plain["target"],
        value=plain["value"],
        observed_on=_day(plain["observed_on"]),
        standing=Standing(plain["standing"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
