"""What residents see: the survey behind a link, without an account, a cookie or a script."""

from contextlib import suppress
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from programs.brand import brand_of
from programs.http import MunicipalityRequest
from programs.middleware import open_to_all
from programs.people.views.account import read_and_send
from tech4muni.core import limits
from tech4muni.core.languages import own_name
from tech4muni.core.theme import chosen_theme
from tech4muni.core.views import sent
from validation.enums import SurveyState
from validation.forms.answers import TRAP, AnswerForm, new_page
from validation.models import Survey
from validation.services.responses import Closed, answer
from validation.views.surveys import survey_for

MOST, SECONDS = 30, 600
"""Answers from one address in so many seconds: a library or a family has one address for all."""
GONE: Final = 410
TOO_MANY: Final = 429


@open_to_all
@csrf_exempt  # there is no log-in that a foreign page could use, and the check would need a cookie
@read_and_send
def answer_survey(request: MunicipalityRequest, token: str) -> HttpResponse:
    """Let somebody answer a survey in one of its languages."""
    survey = _public(token)
    with translation.override(_language(request, survey)):
        if not survey.takes_answers or not survey.challenge.is_under_way:
            return _page(request, survey, "gone", {}, status=GONE)
        form = AnswerForm(sent(request), survey=survey, questions=list(survey.questions.select_related("direction")))
        if request.method != "POST":
            return _form_page(request, survey, form)
        return _answered(request, survey, form)


def _answered(request: MunicipalityRequest, survey: Survey, form: AnswerForm) -> HttpResponse:
    language = translation.get_language()
    thanks = redirect(f"{reverse('validation:thanks', args=[survey.token])}?lang={language}")
    if form.is_trapped:
        return thanks
    if not form.is_valid():
        return _form_page(request, survey, form, status=422)
    if not limits.is_within(request, f"validation.answer:{survey.public_id}", most=MOST, seconds=SECONDS):
        form.add_error(None, _("Many answers came from your network. Please wait ten minutes, then send yours."))
        return _form_page(request, survey, form, status=TOO_MANY)
    try:
        answer(
            survey,
            language=language,
            nonce=form.nonce,
            answers=form.answers(),
            group=form.cleaned_data.get("group"),
        )
    except Closed:
        return _page(request, survey, "gone", {}, status=GONE)
    return thanks


@open_to_all
@require_safe
def thanks(request: MunicipalityRequest, token: str) -> HttpResponse:
    """Thank somebody who answered."""
    survey = _public(token)
    with translation.override(_language(request, survey)):
        return _page(request, survey, "thanks", {})


@require_safe
def preview(request: MunicipalityRequest, challenge_id: Any, survey_id: Any) -> HttpResponse:
    """Show the team what residents will see; nothing can be sent from it."""
    survey = survey_for(request, challenge_id, survey_id)
    with translation.override(_language(request, survey)):
        form = AnswerForm(survey=survey, questions=list(survey.questions.select_related("direction")))
        return _page(request, survey, "page", {"form": form, "preview": True})


def _public(token: str) -> Survey:
    """Return a survey that is or was open; raises Http404, for drafts too."""
    survey = Survey.objects.select_related("challenge").filter(token=token).exclude(state=SurveyState.DRAFT).first()
    if survey is None:
        raise Http404
    return survey


def _language(request: HttpRequest, survey: Survey) -> str:
    """The language that was asked for, else the first of the browser's that the survey has, else the survey's first."""
    wanted = [request.GET.get("lang", "")]
    for wish, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        with suppress(LookupError):
            wanted.append(get_supported_language_variant(wish))
    return next((code for code in wanted if code in survey.languages), survey.languages[0])


def _form_page(request: MunicipalityRequest, survey: Survey, form: AnswerForm, status: int = 200) -> HttpResponse:
    """Show the form; a page whose word is no good any more gets a new one, and keeps what was typed."""
    if form.is_bound and not form.nonce:
        typed = request.POST.copy()
        typed["page"] = new_page(survey)
        form.data = typed
    elif not form.is_bound:
        form.initial["page"] = new_page(survey)
    return _page(request, survey, "page", {"form": form, "trap": TRAP}, status=status)


def _page(
    request: MunicipalityRequest, survey: Survey, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render without context processors, which would read the session and set a cookie."""
    active = translation.get_language()
    values = {
        "survey": survey,
        "introduction": survey.introductions.get(active, ""),
        "languages": [{"code": each, "name": own_name(each), "current": each == active} for each in survey.languages],
        "municipality": request.municipality,
        "brand": brand_of(request.municipality),
        "theme": chosen_theme(request),
        **context,
    }
    return HttpResponse(render_to_string(f"validation/answer/{name}.html", values), status=status)
