"""Surveys and their questions, written by the team."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from programs.people.queries import primary_host
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Refused
from tech4muni.core.forms import FormMixin
from tech4muni.core.hosts import address
from tech4muni.core.languages import own_name
from tech4muni.core.views import carried_out, render_form, sent
from validation.enums import SurveyState
from validation.forms.surveys import ClosingForm, QuestionForm, SurveyForm
from validation.models import Question, Survey
from validation.permissions import may_validate
from validation.queries.results import responses
from validation.services import questions, surveys


def survey_for(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> Survey:
    """Return a survey of a challenge that the actor may read; raises Http404."""
    challenge = challenge_for(request.actor, challenge_id)
    return get_object_or_404(Survey.objects.select_related("challenge"), challenge=challenge, public_id=survey_id)


def page_of(survey: Survey) -> str:
    """Return the address of a survey's page for the team."""
    return reverse("validation:survey", args=[survey.challenge.public_id, survey.public_id])


def link_of(request: MunicipalityRequest, survey: Survey, language: str = "") -> str:
    """Return the address that residents get, with its host."""
    path = reverse("validation:answer", args=[survey.token])
    return address(primary_host(request.municipality), f"{path}?lang={language}" if language else path)


@require_safe
def survey(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Show a survey: its state, its link, its questions, and what is missing before it opens."""
    found = survey_for(request, challenge_id, survey_id)
    draft = found.state == SurveyState.DRAFT
    context = {
        "challenge": found.challenge,
        "survey": found,
        "languages": [own_name(code) for code in found.languages],
        "questions": found.questions.select_related("direction"),
        "responses": responses(found),
        "problems": list(surveys.problems(found)) if draft else [],
        "link": link_of(request, found),
        "may_write": bool(may_validate(request.actor, found.challenge)),
    }
    return render(request, "validation/survey.html", context)


@read_and_send
def add_survey(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Begin a survey."""
    challenge = challenge_for(request.actor, challenge_id)
    may_validate(request.actor, challenge).enforce()
    new = Survey(challenge=challenge, languages=[], introductions={})
    back = reverse("validation:overview", args=[challenge.public_id])
    return _survey_form(request, new, back, _("New survey"))


@read_and_send
def edit_survey(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Change the texts and languages of a draft."""
    found = survey_for(request, challenge_id, survey_id)
    may_validate(request.actor, found.challenge).enforce()
    return _survey_form(request, found, page_of(found), _("Edit the survey"))


def _survey_form(request: MunicipalityRequest, found: Survey, back: str, heading: str) -> HttpResponse:
    form = SurveyForm(sent(request), survey=found, languages=request.municipality.languages)
    saved = found

    def step() -> None:
        nonlocal saved
        saved = surveys.save_survey(found, actor=request.actor, values=form.values())

    return _answer(request, found, form, step, heading, back, lambda: page_of(saved))


@read_and_send
def reschedule_survey(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Let an open survey close at another time."""
    found = survey_for(request, challenge_id, survey_id)
    may_validate(request.actor, found.challenge).enforce()
    form = ClosingForm(sent(request), survey=found)

    def step() -> None:
        surveys.reschedule_survey(
            found,
            actor=request.actor,
            municipality=request.municipality,
            closes_at=form.cleaned_data["closes_at"],
        )

    return _answer(request, found, form, step, _("When the survey closes"), page_of(found))


@read_and_send
def remove_survey(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Ask, then remove a draft."""
    found = survey_for(request, challenge_id, survey_id)
    consequences = [_("The survey and its questions are removed.")]
    back = reverse("validation:overview", args=[challenge_id])
    return _confirmed(request, found, surveys.remove_survey, _("Remove the survey"), consequences, back)


@read_and_send
def open_survey(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Ask, then open a survey."""
    found = survey_for(request, challenge_id, survey_id)
    consequences = [
        _("Everybody who has the link can answer."),
        _("The questions and texts do not change any more."),
        _("Results are shown once the survey is closed."),
    ]

    def step(each: Survey, *, actor: object) -> object:
        return surveys.open_survey(each, actor=request.actor, municipality=request.municipality)

    return _confirmed(request, found, step, _("Open the survey"), consequences, page_of(found))


@read_and_send
def close_survey(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Ask, then close a survey."""
    found = survey_for(request, challenge_id, survey_id)
    consequences = [_("Nobody can answer any more, and it does not open again."), _("Its results are shown.")]
    return _confirmed(request, found, surveys.close_survey, _("Close the survey"), consequences, page_of(found))


def _confirmed(
    request: MunicipalityRequest,
    found: Survey,
    step: Callable[..., object],
    heading: str,
    consequences: list[str],
    back: str,
) -> HttpResponse:
    may_validate(request.actor, found.challenge).enforce()
    if request.method != "POST":
        context = {"heading": heading, "consequences": consequences, "action": heading, "back": page_of(found)}
        return render(request, "core/confirm.html", context)
    here = page_of(found)
    try:
        step(found, actor=request.actor)
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect(here)
    messages.success(request, _("Done."))
    return redirect(back)


@read_and_send
def add_question(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID) -> HttpResponse:
    """Write a new question, at the end."""
    found = survey_for(request, challenge_id, survey_id)
    may_validate(request.actor, found.challenge).enforce()
    return _question_form(request, Question(survey=found), _("New question"))


@read_and_send
def edit_question(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID, question_id: UUID) -> HttpResponse:
    """Change a question of a draft."""
    found = survey_for(request, challenge_id, survey_id)
    may_validate(request.actor, found.challenge).enforce()
    return _question_form(request, _question(found, question_id), _("Edit the question"))


def _question_form(request: MunicipalityRequest, question: Question, heading: str) -> HttpResponse:
    form = QuestionForm(sent(request), question=question)

    def step() -> None:
        questions.save_question(question, actor=request.actor, values=form.values())

    return _answer(request, question.survey, form, step, heading, page_of(question.survey))


@require_POST
def remove_question(
    request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID, question_id: UUID
) -> HttpResponse:
    """Remove a question of a draft."""
    found = survey_for(request, challenge_id, survey_id)
    may_validate(request.actor, found.challenge).enforce()
    return _told(request, found, lambda: questions.remove_question(_question(found, question_id), actor=request.actor))


@require_POST
def move_question(request: MunicipalityRequest, challenge_id: UUID, survey_id: UUID, question_id: UUID) -> HttpResponse:
    """Move a question up or down (`to`: up, else down)."""
    found = survey_for(request, challenge_id, survey_id)
    may_validate(request.actor, found.challenge).enforce()
    up = request.POST.get("to") == "up"
    question = _question(found, question_id)
    return _told(request, found, lambda: questions.move_question(question, actor=request.actor, up=up))


def _question(survey: Survey, question_id: UUID) -> Question:
    question = get_object_or_404(Question, survey=survey, public_id=question_id)
    question.survey = survey
    return question


def _told(request: MunicipalityRequest, survey: Survey, step: Callable[[], object]) -> HttpResponse:
    try:
        step()
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(page_of(survey))


def _answer(
    request: MunicipalityRequest,
    found: Survey,
    form: FormMixin,
    step: Callable[[], object],
    heading: str,
    back: str,
    following: Callable[[], str] | None = None,
) -> HttpResponse:
    form.cancel_url = back
    try:
        if carried_out(form, step):
            messages.success(request, _("Saved."))
            return redirect(following() if following else back)
    except Refused as refused:
        form.add_refusal(refused)
    context = {"challenge": found.challenge, "form": form, "heading": heading}
    return render_form(request, "challenges/frame_form.html", context)
