"""What came out of a survey, for the team: its results, as a page and as a file, and the sheet with its link."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from programs.http import MunicipalityRequest
from programs.models import Municipality
from tech4muni.core.errors import Forbidden
from tech4muni.core.languages import own_name
from tech4muni.core.spreadsheets import csv_response
from validation.cells import Cell
from validation.enums import SurveyState
from validation.models import Survey
from validation.queries.results import Result, responses, results
from validation.services.exports import note_export
from validation.views.surveys import link_of, survey_for


@require_safe
def survey_results(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Show what was answered, once the survey is closed."""
    found = survey_for(request, challenge_id, survey_id)
    closed = found.state == SurveyState.CLOSED
    context = {
        "challenge": found.challenge,
        "survey": found,
        "responses": responses(found),
        "closed": closed,
        "results": results(found) if closed else [],
    }
    return render(request, "validation/results.html", context)


@require_safe
def survey_csv(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Hand out the figures of the page as a file."""
    found = survey_for(request, challenge_id, survey_id)
    if found.state != SurveyState.CLOSED:
        raise Forbidden(_("Results are shown once the survey is closed."))
    note_export(found, actor=request.actor)
    return csv_response(f"survey-{found.public_id}", sheet(results(found)))


def sheet(found: list[Result]) -> Iterator[list[Any]]:
    """Yield the rows of the file: the same figures as on the page, hidden where they are hidden there."""
    yield [_("Number"), _("Question"), _("Group"), _("Answer"), _("People")]
    for result in found:
        number, text = result.question.number, result.question.text
        if result.acceptance:
            for opinions in result.acceptance.rows:
                labels = (_("Want it"), _("Indifferent"), _("Reject it"), _("All"))
                for label, cell in zip(labels, (*opinions.row.cells, opinions.row.total), strict=True):
                    yield [number, text, opinions.name, label, _words(cell)]
            continue
        for label, cell in result.rows:
            yield [number, text, "", label, _words(cell)]
        yield [number, text, "", _("All"), _words(result.total)]
        for words in result.texts:
            yield [number, text, "", words, ""]


def _words(cell: Cell) -> Any:
    return cell.words if cell.value is None else cell.value


@require_safe
def survey_sheet(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Show a sheet to print, with the address of the survey in each of its languages."""
    found = survey_for(request, challenge_id, survey_id)
    context = {"survey": found, "parts": [_part(request, found, code) for code in found.languages]}
    return render(request, "validation/sheet.html", context)


def _part(request: MunicipalityRequest, survey: Survey, code: str) -> dict[str, Any]:
    with translation.override(code):
        municipality: Municipality = request.municipality
        return {
            "code": code,
            "rtl": translation.get_language_bidi(),
            "language": own_name(code),
            "title": survey.name,
            "introduction": survey.introductions.get(code, ""),
            "call": _("%(place)s asks you. Answer here, without an account:") % {"place": municipality.name},
            "link": link_of(request, survey, code),
        }
