"""Figures, success metrics and evaluation criteria of a brief."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.enums import RowKind
from challenges.models import Challenge, EvaluationCriterion, Figure, SuccessMetric
from challenges.permissions import may_write
from challenges.services.briefs import Overwritten, locked_brief, mark_of, require_editable, touch
from challenges.services.trail import note
from programs.actors import Actor
from tech4muni.core.errors import Conflict

MODELS: Final[dict[str, type[Figure] | type[SuccessMetric] | type[EvaluationCriterion]]] = {
    RowKind.FIGURES: Figure,
    RowKind.METRICS: SuccessMetric,
    RowKind.CRITERIA: EvaluationCriterion,
}
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    RowKind.FIGURES: ("names", "value", "unit", "source"),
    RowKind.METRICS: ("names", "unit", "aim", "baseline_how", "baseline_who"),
    RowKind.CRITERIA: ("names", "weight"),
}


def row_values(row: Any, kind: RowKind) -> dict[str, Any]:
    """Return what a row says now, by field."""
    return {name: getattr(row, name) for name in FIELDS[kind]}


@transaction.atomic
def add_row(challenge: Challenge, *, actor: Actor, kind: RowKind, values: Mapping[str, Any]) -> Any:
    """Add a figure, a metric or a criterion to the brief."""
    brief = locked_brief(challenge)
    may_write(actor, brief.challenge).enforce()
    require_editable(brief)
    row: Any = MODELS[kind].objects.create(brief=brief, **{name: values[name] for name in FIELDS[kind]})
    touch(brief)
    note("brief.row_saved", challenge, actor=actor.user, data={"kind": kind.value})
    return row


@transaction.atomic
def edit_row(
    challenge: Challenge, row: Any, *, actor: Actor, kind: RowKind, values: Mapping[str, Any], seen: str
) -> Any:
    """Change a row; raises Overwritten if it is not what `seen` marks any more, Conflict if it is gone."""
    brief = locked_brief(challenge)
    may_write(actor, brief.challenge).enforce()
    require_editable(brief)
    locked = _locked(brief, kind, row)
    present = row_values(locked, kind)
    wanted = {name: values[name] for name in FIELDS[kind]}
    if wanted != present and mark_of(present) != seen:
        raise Overwritten(present)
    for name, value in wanted.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(wanted))
    touch(brief)
    note("brief.row_saved", challenge, actor=actor.user, data={"kind": kind.value})
    return locked


@transaction.atomic
def remove_row(challenge: Challenge, row: Any, *, actor: Actor, kind: RowKind) -> None:
    """Take a row away."""
    brief = locked_brief(challenge)
    may_write(actor, brief.challenge).enforce()
    require_editable(brief)
    _locked(brief, kind, row).delete()
    touch(brief)
    note("brief.row_removed", challenge, actor=actor.user, data={"kind": kind.value})


def _locked(brief: Any, kind: RowKind, row: Any) -> Any:
    found = getattr(brief, kind.value).select_for_update(of=("self",)).filter(pk=row.pk).first()
    if found is None:
        raise Conflict(_("Somebody else took this away in the meantime."))
    return found
