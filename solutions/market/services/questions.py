"""Questions about calls: anybody asks, the municipality answers, and both stand on the portal without who asked."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from challenges.permissions import WRITERS, may_write
from challenges.services.trail import note
from programs.actors import Actor
from programs.brand import brand_of
from programs.people.messages import tell
from programs.people.queries import members
from programs.timing.services import meet_deadline, set_deadline, withdraw_deadlines
from solutions.market.enums import CallState
from solutions.market.mails import QUESTION_ANSWERED, QUESTION_ASKED
from solutions.market.models import Call, CallQuestion
from solutions.market.queries.calls import call_state, question_key
from solutions.market.services.windows import portal_address
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.languages import in_each_language
from tech4muni.notifications.services import enqueue

LONGEST: Final = 2000
"""Signs of a question."""

DAYS_TO_ANSWER: Final = 3


@transaction.atomic
def ask(call: Call, *, email: str, language: str, text: str) -> CallQuestion:
    """Ask something about a call, until its deadline; the same question sent twice is one.

    Args:
        call: what it is about.
        email: where the answer goes; it is shown to nobody.
        language: of who asks: the answer's mail is in it.
        text: the question, up to 2000 signs.

    Raises Refused if the deadline has passed, or nothing is asked.
    """
    text, email = text.strip(), email.strip().lower()
    call = Call.objects.select_for_update(of=("self",)).select_related("municipality", "program").get(pk=call.pk)
    if call_state(call, clock.now()) not in {CallState.UPCOMING, CallState.OPEN}:
        raise Refused(_("Questions are taken until the deadline, which has passed."))
    if not text or len(text) > LONGEST:
        raise Refused(_("Write a question of up to 2000 signs."), field="text")
    asked, made = CallQuestion.objects.get_or_create(call=call, email=email, text=text, defaults={"language": language})
    if made:
        record("question.asked", actor=None, target=asked, data={"call": str(call)})
        _give_time(asked)
        _tell_team(asked)
    return asked


@transaction.atomic
def answer(question_id: UUID, *, actor: Actor, challenge: Challenge, text: str) -> CallQuestion:
    """Answer a question: both are public from now on, and who asked gets a mail.

    Raises Http404 or Forbidden for those who do not write in the challenge, Conflict if somebody has answered it or
    hidden it in the meantime, Refused if nothing is written.
    """
    question = _locked(question_id, actor, challenge)
    if question.answered_at is not None:
        raise Conflict(_("Somebody else has answered this question in the meantime."))
    if not text.strip():
        raise Refused(_("Write an answer."), field="answer")
    question.answer, question.answered_by, question.answered_at = text.strip(), actor.user, clock.now()
    question.updated_at = clock.now()
    question.save(update_fields=["answer", "answered_by", "answered_at", "updated_at"])
    meet_deadline(question_key(question))
    note("question.answered", challenge, actor=actor.user, data={"question": str(question)})
    _tell_asker(question)
    return question


@transaction.atomic
def hide(question_id: UUID, *, actor: Actor, challenge: Challenge, reason: str) -> CallQuestion:
    """Take an abusive question off the portal, with a reason on record; it needs no answer any more.

    Raises Http404 or Forbidden as answering does, Conflict if it is hidden already, Refused without a reason.
    """
    question = _locked(question_id, actor, challenge)
    if not reason.strip():
        raise Refused(_("Say why, for the record."), field="reason")
    question.hidden_at = question.updated_at = clock.now()
    question.save(update_fields=["hidden_at", "updated_at"])
    withdraw_deadlines(keys=[question_key(question)])
    data = {"question": str(question)}
    note("question.hidden", challenge, actor=actor.user, reason=reason.strip(), data=data)
    return question


def _locked(question_id: UUID, actor: Actor, challenge: Challenge) -> CallQuestion:
    """Lock a question about the call that this challenge leads, for somebody who writes in it."""
    may_write(actor, challenge).enforce()
    rows = CallQuestion.objects.select_for_update(of=("self",)).select_related("call__municipality")
    question = rows.filter(public_id=question_id, call__challenge_id=challenge.public_id).first()
    if question is None:
        raise Http404
    if question.hidden_at is not None:
        raise Conflict(_("Somebody else has hidden this question in the meantime."))
    return question


def _give_time(question: CallQuestion) -> None:
    call = question.call
    set_deadline(
        question_key(question),
        label=in_each_language(lambda: _("Answer a question: %(call)s") % {"call": call.title}),
        due_at=clock.now() + timedelta(days=DAYS_TO_ANSWER),
        time_zone=call.time_zone,
        municipality=call.municipality,
        program=call.program,
        challenge_id=call.challenge_id,
        path=_path(question),
    )


def _path(question: CallQuestion) -> str:
    return f"/challenges/{question.call.challenge_id}/call/questions/{question.public_id}/"


def _tell_team(question: CallQuestion) -> None:
    call = question.call
    for membership in members(call.municipality).filter(role__in=WRITERS):
        tell(
            QUESTION_ASKED,
            membership.user,
            call.municipality,
            {"call": call, "question": question.text},
            path=_path(question),
            key=f"{QUESTION_ASKED.name}:{question.public_id}:{membership.user_id}",
        )


def _tell_asker(question: CallQuestion) -> None:
    call = question.call
    enqueue(
        QUESTION_ANSWERED.name,
        key=f"{QUESTION_ANSWERED.name}:{question.public_id}",
        email=question.email,
        language=question.language,
        context={
            "municipality": call.municipality,
            "call": call,
            "question": question.text,
            "answer": question.answer,
            "url": portal_address(call),
        },
        brand=brand_of(call.municipality).name,
    )
