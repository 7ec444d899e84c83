"""The results of one closed survey, as they may be shown."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from validation.cells import Cell, Row, protect
from validation.enums import ON_THE_SCALE, SMALLEST_CELL, QuestionKind
from validation.models import Question, Response, Survey
from validation.queries.counts import Acceptance, acceptance

FEW: Final = Cell(None, SMALLEST_CELL - 1)


@dataclass(frozen=True, slots=True)
class Result:
    """What was answered to one question.

    `rows` has a label and a figure for each answer, `total` how many answered, `mean` is of a scale of which nothing
    is hidden, `texts` are people's own words, `acceptance` is what a direction got in all talks and surveys.
    """

    question: Question
    rows: Sequence[tuple[str, Cell]] = ()
    total: Cell = FEW
    mean: float | None = None
    texts: Sequence[str] = ()
    acceptance: Acceptance | None = None


def responses(survey: Survey) -> Cell:
    """Return how many people answered."""
    number = Response.objects.filter(survey=survey).count()
    return Cell(number, number) if number >= SMALLEST_CELL or not number else FEW


def results(survey: Survey) -> list[Result]:
    """Return what was answered to each question of a closed survey."""
    answers: list[dict[str, Any]] = list(Response.objects.filter(survey=survey).values_list("answers", flat=True))
    by_direction = {item.direction.pk: item for item in acceptance([survey.challenge])[survey.challenge_id]}
    return [
        Result(question, acceptance=by_direction[question.direction_id])
        if question.direction_id
        else _result(question, [each[str(question.number)] for each in answers if str(question.number) in each])
        for question in survey.questions.all()
    ]


def _result(question: Question, given: Sequence[Any]) -> Result:
    kind = QuestionKind(question.kind)
    if kind == QuestionKind.TEXT:
        return _texts(question, given)
    if kind == QuestionKind.MULTIPLE:
        return _multiple(question, given)
    labels = [str(step) for step in ON_THE_SCALE] if kind == QuestionKind.SCALE else question.answers
    values = list(ON_THE_SCALE) if kind == QuestionKind.SCALE else list(range(len(labels)))
    tally = Counter(given)
    row = protect([tally[value] for value in values])
    mean = sum(given) / len(given) if kind == QuestionKind.SCALE and _is_open(row) else None
    return Result(question, list(zip(labels, row.cells, strict=True)), row.total, mean)


def _multiple(question: Question, given: Sequence[Sequence[int]]) -> Result:
    """Each answer stands for itself: who chose it, and who did not."""
    rows = []
    for place, label in enumerate(question.answers):
        chosen = sum(place in choices for choices in given)
        rows.append((label, protect([chosen, len(given) - chosen]).cells[0]))
    total = len(given)
    return Result(question, rows, Cell(total, total) if total >= SMALLEST_CELL else FEW)


def _texts(question: Question, given: Sequence[str]) -> Result:
    """Own words, in an order that tells nothing of when they came."""
    if len(given) < SMALLEST_CELL:
        return Result(question)
    texts = sorted(given, key=lambda text: hashlib.sha256(f"{question.public_id}{text}".encode()).digest())
    return Result(question, total=Cell(len(given), len(given)), texts=texts)


def _is_open(row: Row) -> bool:
    return row.is_known and not any(cell.is_hidden for cell in row.cells)
