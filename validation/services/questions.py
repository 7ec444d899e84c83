"""The questions of a survey that is a draft, and their order."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.services.trail import note
from programs.actors import Actor
from tech4muni.core.errors import Conflict, Refused
from validation.enums import Noun, QuestionKind, SurveyState
from validation.models import Question, Survey
from validation.permissions import may_validate
from validation.services.surveys import FROZEN

FIELDS: Final = ("kind", "texts", "options", "direction", "required")
MOST: Final = 20
"""Questions in one survey: it shall be short."""


@transaction.atomic
def save_question(question: Question, *, actor: Actor, values: Mapping[str, Any]) -> Question:
    """Make a question at the end of a survey, or change one; raises Refused once the survey was opened."""
    survey = _locked_draft(question.survey, actor)
    for name in FIELDS:
        setattr(question, name, values[name])
    _refuse_what_is_wrong(question, survey)
    verb = "validation.changed" if question.pk else "validation.added"
    if question.pk:
        question.save(update_fields=FIELDS)
    else:
        others = survey.questions.count()
        if others >= MOST:
            raise Refused(_("A survey has at most %(count)s questions.") % {"count": MOST})
        question.number = others + 1
        question.save(force_insert=True)
    _note(verb, question, survey, actor)
    return question


@transaction.atomic
def remove_question(question: Question, *, actor: Actor) -> None:
    """Remove a question; those after it move up."""
    survey = _locked_draft(question.survey, actor)
    _note("validation.removed", question, survey, actor)
    question.delete()
    _number(list(survey.questions.all()))


@transaction.atomic
def move_question(question: Question, *, actor: Actor, up: bool) -> None:
    """Change places with the question before it (`up`) or after it; at the end of the list nothing happens."""
    survey = _locked_draft(question.survey, actor)
    order = list(survey.questions.all())
    at = next((place for place, each in enumerate(order) if each.pk == question.pk), None)
    if at is None:
        raise Conflict(_("Somebody else removed this in the meantime."))
    to = at - 1 if up else at + 1
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]
        _number(order)


def _number(questions: Sequence[Question]) -> None:
    for number, question in enumerate(questions, 1):
        if question.number != number:
            question.number = number
            question.save(update_fields=["number"])


def _refuse_what_is_wrong(question: Question, survey: Survey) -> None:
    kind = QuestionKind(question.kind)
    if kind.has_options and len(question.options) < 2:
        raise Refused(_("Write at least two answers, each in a line of its own."), field="options")
    if kind == QuestionKind.DIRECTION:
        if question.direction is None or question.direction.challenge_id != survey.challenge_id:
            raise Refused(_("Choose the direction that people are asked about."), field="direction")
        if question.required:
            raise Refused(_("What people think of a direction can always be left out."), field="required")
        if survey.questions.filter(direction=question.direction).exclude(pk=question.pk).exists():
            raise Refused(_("This survey asks about this direction already."), field="direction")


def _locked_draft(survey: Survey, actor: Actor) -> Survey:
    may_validate(actor, survey.challenge).enforce()
    kept = Survey.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=survey.pk)
    if kept.state != SurveyState.DRAFT:
        raise Refused(FROZEN)
    return kept


def _note(verb: str, question: Question, survey: Survey, actor: Actor) -> None:
    data = {"kind": Noun.QUESTION.value}
    note(verb, survey.challenge, actor=actor.user, target=question, data=data)
