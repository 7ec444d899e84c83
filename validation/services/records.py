"""What a team writes down: groups, directions, talks, assumptions, bottlenecks, findings. Saved and removed one way."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from challenges.services.trail import note
from programs.actors import Actor
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from validation.enums import AssumptionVerdict, Noun
from validation.models import (
    Assumption,
    Bottleneck,
    Direction,
    Engagement,
    Finding,
    Opinion,
    StakeholderGroup,
)
from validation.permissions import may_validate

Record = StakeholderGroup | Direction | Engagement | Assumption | Bottleneck | Finding
FIELDS: Final[Mapping[type[models.Model], tuple[Noun, tuple[str, ...]]]] = {
    StakeholderGroup: (Noun.GROUP, ("names", "interest", "influence", "target")),
    Direction: (Noun.DIRECTION, ("names",)),
    Engagement: (Noun.ENGAGEMENT, ("group", "kind", "held_on", "people", "notes", "consent")),
    Assumption: (Noun.ASSUMPTION, ("text", "tested_how", "evidence", "verdict")),
    Bottleneck: (Noun.BOTTLENECK, ("step", "who", "waiting_days")),
    Finding: (Noun.FINDING, ("text", "assumption", "engagement", "survey")),
}
"""The models that are written here, what each is called, and which fields a person fills in."""

Counts = tuple[int, int, int]
NOBODY: Final[Counts] = (0, 0, 0)


@transaction.atomic
def save_record(record: Record, *, actor: Actor, values: Mapping[str, Any], seen: str = "") -> Record:
    """Make a record, or change it.

    Args:
        record: a new one with its challenge, or one that is there.
        actor: a lead, a member, or a coordinator on a visit.
        values: by field; of a talk also `opinions`: direction -> how many want it, are indifferent, reject it.
        seen: `version_of` what the person saw, for one that is there.

    Raises Http404 or Forbidden for others, Conflict if somebody else changed or removed it meanwhile, and Refused
    with its field where a rule says no.
    """
    may_validate(actor, record.challenge).enforce()
    noun, fields = FIELDS[type(record)]
    kept = _locked(record, seen) if record.pk else record
    for name in fields:
        setattr(kept, name, values[name])
    _refuse_what_is_wrong(kept)
    if kept.pk:
        kept.updated_at = clock.now()
        kept.save(update_fields=[*fields, "updated_at"])
    else:
        if isinstance(kept, Engagement):
            kept.by = actor.user
        kept.save(force_insert=True)
    if isinstance(kept, Engagement):
        _write_opinions(kept, values.get("opinions", {}))
    verb = "validation.changed" if record.pk and kept is not record else "validation.added"
    note(verb, kept.challenge, actor=actor.user, target=kept, data={"kind": noun.value})
    return kept


@transaction.atomic
def remove_record(record: Record, *, actor: Actor) -> None:
    """Remove a record; raises Refused if something rests on it, and does nothing if it is gone already."""
    may_validate(actor, record.challenge).enforce()
    noun, _fields = FIELDS[type(record)]
    kept = type(record).objects.select_for_update(of=("self",)).filter(pk=record.pk).first()
    if kept is None:
        return
    note("validation.removed", record.challenge, actor=actor.user, target=kept, data={"kind": noun.value})
    try:
        kept.delete()
    except ProtectedError:
        raise Refused(_("Other things rest on this: a talk, an answer, a question, a finding or a change.")) from None


def version_of(record: models.Model) -> str:
    """Return what tells apart two states of a record; "" for a new one."""
    return record.updated_at.isoformat() if record.pk else ""  # type: ignore[attr-defined]


def _locked(record: Record, seen: str) -> Record:
    kept: Record | None = type(record).objects.select_for_update(of=("self",)).filter(pk=record.pk).first()
    if kept is None:
        raise Conflict(_("Somebody else removed this in the meantime."))
    if seen and version_of(kept) != seen:
        raise Conflict(_("Somebody else changed this in the meantime. Compare, then save again to keep your text."))
    return kept


def _refuse_what_is_wrong(record: Record) -> None:
    if isinstance(record, Engagement):
        _refuse_talk(record)
    elif isinstance(record, Assumption):
        _refuse_verdict(record)
    elif isinstance(record, Finding):
        _refuse_finding(record)


def _refuse_talk(talk: Engagement) -> None:
    if talk.notes.strip() and not talk.consent:
        raise Refused(_("Notes are kept only if the people agreed: tick it, or remove the notes."), field="consent")
    if talk.held_on > clock.now().date():
        raise Refused(_("This day is in the future."), field="held_on")
    _refuse_foreign(talk.challenge, group=talk.group)


def _refuse_verdict(assumption: Assumption) -> None:
    if assumption.verdict == AssumptionVerdict.UNTESTED:
        return
    if not assumption.tested_how.strip():
        raise Refused(_("A verdict needs how it was tested."), field="tested_how")
    if not assumption.evidence.strip():
        raise Refused(_("A verdict needs evidence."), field="evidence")


def _refuse_finding(finding: Finding) -> None:
    if not (finding.assumption or finding.engagement or finding.survey):
        raise Refused(_("Say what it rests on: an assumption, a talk or a survey."), field="assumption")
    _refuse_foreign(
        finding.challenge, assumption=finding.assumption, engagement=finding.engagement, survey=finding.survey
    )


def _refuse_foreign(challenge: Challenge, **named: Any) -> None:
    for field, thing in named.items():
        if thing is not None and thing.challenge_id != challenge.pk:
            raise Refused(_("This belongs to another challenge."), field=field)


def _write_opinions(talk: Engagement, opinions: Mapping[Direction, Counts]) -> None:
    for direction, counts in opinions.items():
        _refuse_foreign(talk.challenge, direction=direction)
        if sum(counts) > talk.people:
            raise Refused(
                _("On “%(direction)s” there are more opinions than people were heard.") % {"direction": direction},
                field=f"want_{direction.pk}",
            )
    talk.opinions.all().delete()
    Opinion.objects.bulk_create(
        Opinion(engagement=talk, direction=direction, want=want, indifferent=indifferent, reject=reject)
        for direction, (want, indifferent, reject) in opinions.items()
        if want or indifferent or reject
    )
