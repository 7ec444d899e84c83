"""Writing the brief, section by section, so that nobody overwrites what another one has just written."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.enums import Section, TextState
from challenges.models import Brief, BriefText, Card, Challenge, Citation
from challenges.permissions import may_write
from challenges.queries.briefs import is_editable, section_values
from challenges.services.progress import follow_title
from challenges.services.snapshots import digest_of
from challenges.services.trail import note
from programs.actors import Actor
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.languages import own_name

PAUSE: Final = timedelta(minutes=30)
"""Who goes on writing in one text within this time is noted once: pages save themselves every few seconds."""


class Overwritten(Conflict):
    """Somebody else wrote in the same place in the meantime; `present` is what stands there now, by field."""

    def __init__(self, present: Mapping[str, Any]) -> None:
        super().__init__(_("Somebody else changed this in the meantime."))
        self.present = present


def mark_of(values: Mapping[str, Any]) -> str:
    """Return a short mark of values, which forms carry to tell whether what they show still stands there."""
    return digest_of({name: "" if value is None else str(value) for name, value in values.items()})[:16]


@transaction.atomic
def save_section(
    challenge: Challenge,
    *,
    actor: Actor,
    section: Section,
    language: str,
    values: Mapping[str, Any],
    seen: str,
    first_language: str,
) -> str:
    """Write a section of the brief in one language.

    Two people who write in different sections or languages do not disturb each other; who sends what already stands
    there is not refused either.

    Args:
        challenge: whose brief.
        actor: who writes.
        section: which part.
        language: of the texts.
        values: all fields of the section.
        seen: `mark_of` what the section said when the person began to write.
        first_language: which language leads: approved texts in others are outdated once its text changes.

    Returns the mark of what stands there now. Raises Overwritten if it said something else by now, Refused while
    the brief is not written.
    """
    brief = locked_brief(challenge)
    may_write(actor, brief.challenge).enforce()
    require_editable(brief)
    text = brief.texts.filter(language=language).first() or BriefText(brief=brief, language=language, version=0)
    present = section_values(brief, text, section)
    wanted = {name: values[name] for name in present}
    changed = [name for name in present if wanted[name] != present[name]]
    if changed and mark_of(present) != seen:
        raise Overwritten(present)
    if changed or text.state == TextState.OUTDATED:
        _note_writing(brief, text, section, actor)
        _write_text(text, {name: wanted[name] for name in section.texts}, actor)
        for name in section.facts:
            setattr(brief, name, wanted[name])
        touch(brief, *section.facts)
        _tell_others(brief, text, section, changed, first_language)
    return mark_of(section_values(brief, text, section))


@transaction.atomic
def cite_cards(challenge: Challenge, *, actor: Actor, field: str, cards: list[Card]) -> None:
    """Say which cards a text of the brief rests on; those that are not among them are taken off."""
    brief = locked_brief(challenge)
    may_write(actor, brief.challenge).enforce()
    require_editable(brief)
    brief.citations.filter(field=field).exclude(card__in=cards).delete()
    there = set(brief.citations.filter(field=field).values_list("card", flat=True))
    Citation.objects.bulk_create(
        Citation(brief=brief, field=field, card=card) for card in cards if card.pk not in there
    )
    touch(brief)
    note("brief.cards_cited", challenge, actor=actor.user)


def locked_brief(challenge: Challenge) -> Brief:
    """Lock the brief of a challenge in the caller's transaction; the challenge in it is read anew."""
    return Brief.objects.select_related("challenge").select_for_update(of=("self",)).get(challenge=challenge.pk)


def require_editable(brief: Brief) -> None:
    """Raise Refused while the team does not write the brief."""
    if not is_editable(brief):
        raise Refused(
            _("The brief is not being written now: it is “%(state)s”. Open it again first.")
            % {"state": brief.get_state_display()}
        )


def touch(brief: Brief, *fields: str) -> None:
    """Save these fields of a locked brief, and count its version up."""
    brief.version += 1
    brief.updated_at = clock.now()
    brief.save(update_fields=[*fields, "version", "updated_at"])


def _write_text(text: BriefText, values: Mapping[str, Any], actor: Actor) -> None:
    differs = any(getattr(text, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(text, name, value)
    if differs or text.state == TextState.OUTDATED:
        text.state = TextState.DRAFT
    text.version += 1
    text.updated_by, text.updated_at = actor.user, clock.now()
    text.save()


def _tell_others(brief: Brief, text: BriefText, section: Section, changed: list[str], first_language: str) -> None:
    """Let what rests on a text follow it: translations are outdated, the public title is the new one."""
    if text.language == first_language and set(changed) & set(section.texts):
        others = brief.texts.exclude(pk=text.pk)
        others.filter(state=TextState.APPROVED).update(state=TextState.OUTDATED)
    if "title" in changed:
        follow_title(brief.challenge)


def _note_writing(brief: Brief, text: BriefText, section: Section, actor: Actor) -> None:
    """Put on record who writes, once for all that one person writes without a longer pause."""
    goes_on = text.updated_at is not None and clock.now() - text.updated_at < PAUSE
    if goes_on and actor.user is not None and text.updated_by_id == actor.user.pk:
        return
    data = {"section": section.value, "language": own_name(text.language)}
    note("brief.written", brief.challenge, actor=actor.user, data=data)
