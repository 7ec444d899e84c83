"""Surveys: written as a draft, opened with their questions frozen, closed by a person or at their hour."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from challenges.services.trail import note
from programs.actors import Actor
from programs.models import Municipality
from programs.timing.services import cancel, schedule
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.languages import own_name
from validation.enums import Noun, SurveyState
from validation.models import Question, StakeholderGroup, Survey
from validation.permissions import may_validate

CLOSE: Final = "validation.close_survey"
FIELDS: Final = ("names", "introductions", "languages", "closes_at")
FROZEN: Final = _("This survey is open or was: its questions and texts do not change any more.")
NAMES: Final = {"kind": Noun.SURVEY.value}


@transaction.atomic
def save_survey(survey: Survey, *, actor: Actor, values: Mapping[str, Any]) -> Survey:
    """Make a survey, or change one that is a draft.

    Args:
        survey: a new one with its challenge, or one that is there.
        actor: who writes it.
        values: names and introductions per language, languages, and when it closes (None: by hand).
    """
    may_validate(actor, survey.challenge).enforce()
    verb = "validation.changed" if survey.pk else "validation.added"
    kept = _draft(survey) if survey.pk else survey
    for name in FIELDS:
        setattr(kept, name, values[name])
    if kept.pk:
        kept.updated_at = clock.now()
        kept.save(update_fields=[*FIELDS, "updated_at"])
    else:
        kept.token = secrets.token_urlsafe(24)
        kept.save(force_insert=True)
    note(verb, kept.challenge, actor=actor.user, target=kept, data=NAMES)
    return kept


@transaction.atomic
def remove_survey(survey: Survey, *, actor: Actor) -> None:
    """Remove a draft; what people answered is not removed."""
    may_validate(actor, survey.challenge).enforce()
    kept = _draft(survey)
    note("validation.removed", kept.challenge, actor=actor.user, target=kept, data=NAMES)
    try:
        kept.delete()
    except ProtectedError:
        raise Refused(_("A finding rests on this survey.")) from None


@transaction.atomic
def open_survey(survey: Survey, *, actor: Actor, municipality: Municipality) -> Survey:
    """Let residents answer from now on; its questions are frozen.

    Raises Refused without questions, with a text missing in one of its languages, or with an end in the past;
    Conflict if somebody else opened it.
    """
    may_validate(actor, survey.challenge).enforce()
    kept = _locked(survey)
    if kept.state != SurveyState.DRAFT:
        raise Conflict(_("Somebody else opened this survey in the meantime."))
    for reason in problems(kept):
        raise Refused(reason)
    _refuse_past(kept.closes_at)
    kept.open()
    kept.save(update_fields=["state", "opened_at"])
    _plan_end(kept, municipality)
    note("survey.opened", kept.challenge, actor=actor.user, target=kept)
    return kept


@transaction.atomic
def reschedule_survey(
    survey: Survey, *, actor: Actor, municipality: Municipality, closes_at: datetime | None
) -> Survey:
    """Let an open survey close at another instant, or by hand alone."""
    may_validate(actor, survey.challenge).enforce()
    kept = _locked(survey)
    if kept.state != SurveyState.OPEN:
        raise Conflict(_("This survey is not open."))
    _refuse_past(closes_at)
    cancel(_end_key(kept))
    kept.closes_at = closes_at
    kept.updated_at = clock.now()
    kept.save(update_fields=["closes_at", "updated_at"])
    _plan_end(kept, municipality)
    note("survey.rescheduled", kept.challenge, actor=actor.user, target=kept)
    return kept


@transaction.atomic
def close_survey(survey: Survey, *, actor: Actor) -> Survey:
    """Take no more answers, and show the results; closing twice is closing once."""
    may_validate(actor, survey.challenge).enforce()
    kept = _locked(survey)
    if kept.state == SurveyState.DRAFT:
        raise Refused(_("This survey was not opened yet."))
    return _close(kept, actor.user)


@transaction.atomic
def close_all(challenge: Challenge, *, actor: User | None) -> None:
    """Close all open surveys of a challenge; for services that have asked whether the actor may."""
    for survey in challenge.surveys.select_for_update(of=("self",)).filter(state=SurveyState.OPEN).order_by("pk"):
        _close(survey, actor)


@transaction.atomic
def close_when_due(payload: Mapping[str, Any]) -> None:
    """Close a survey whose end has come; called from the public schema, and may be called again.

    Nothing happens if the end has moved away meanwhile, or the survey is closed or gone.
    """
    with tenant_context(Municipality.objects.get(pk=payload["municipality"])):
        survey = Survey.objects.select_for_update(of=("self",)).filter(public_id=UUID(payload["survey"])).first()
        if survey and survey.state == SurveyState.OPEN and survey.closes_at and survey.closes_at <= clock.now():
            _close(survey, None, due=True)


def problems(survey: Survey) -> Iterator[Any]:
    """Yield what keeps a survey from being opened: a sentence each."""
    questions = list(survey.questions.select_related("direction"))
    if not questions:
        yield _("Write at least one question.")
    groups = list(StakeholderGroup.objects.filter(challenge=survey.challenge_id))
    for language in survey.languages:
        if missing := sum(not text.strip() for text in _texts(survey, questions, groups, language)):
            yield _("In %(language)s %(count)s texts are missing: of the survey, its questions, or the groups.") % {
                "language": own_name(language),
                "count": missing,
            }


def _texts(survey: Survey, questions: list[Question], groups: list[StakeholderGroup], language: str) -> Iterator[str]:
    """Yield every text that a resident sees in a language, "" for one that is missing."""
    yield survey.names.get(language, "")
    yield survey.introductions.get(language, "")
    for question in questions:
        yield question.texts.get(language, "")
        yield from (option.get(language, "") for option in question.options)
        if question.direction:
            yield question.direction.names.get(language, "")
    yield from (group.names.get(language, "") for group in groups)


def _close(survey: Survey, actor: User | None, *, due: bool = False) -> Survey:
    """Close an open survey; the row that is being carried out (`due`) is not cancelled, it is done."""
    if survey.state == SurveyState.OPEN:
        survey.close()
        survey.save(update_fields=["state", "closed_at"])
        if not due:
            cancel(_end_key(survey))
        note("survey.closed", survey.challenge, actor=actor, target=survey)
    return survey


def _plan_end(survey: Survey, municipality: Municipality) -> None:
    """Let the system close the survey at its end: a row for each end, so that one that is done does not count again."""
    if survey.closes_at is None:
        return
    payload = {"municipality": municipality.pk, "survey": str(survey.public_id)}
    schedule(CLOSE, key=_end_key(survey), due_at=survey.closes_at, payload=payload)


def _end_key(survey: Survey) -> str:
    return f"{CLOSE}:{survey.public_id}:{survey.closes_at:%Y%m%dT%H%MZ}" if survey.closes_at else ""


def _refuse_past(closes_at: datetime | None) -> None:
    if closes_at is not None and closes_at <= clock.now():
        raise Refused(_("The survey has to close in the future."), field="closes_at")


def _locked(survey: Survey) -> Survey:
    kept = Survey.objects.select_for_update(of=("self",)).select_related("challenge").filter(pk=survey.pk).first()
    if kept is None:
        raise Conflict(_("Somebody else removed this in the meantime."))
    return kept


def _draft(survey: Survey) -> Survey:
    kept = _locked(survey)
    if kept.state != SurveyState.DRAFT:
        raise Refused(FROZEN)
    return kept
