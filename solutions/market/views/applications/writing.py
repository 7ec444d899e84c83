"""Pages on which an application is written: a section each, and one that says for which calls and municipalities."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from programs.people.views.account import AccountRequest, read_and_send
from solutions.market.forms.applications import AnswersForm, ChooseForm, DropForm
from solutions.market.models import Application
from solutions.market.permissions import COMPANY_WRITERS, may_write
from solutions.market.queries.applications import Desk, calls_on_offer, desk_for, shared_answers
from solutions.market.queries.calls import accepts
from solutions.market.queries.content import seen_of
from solutions.market.sections import PROPOSAL, Answers, Field, Section, kept, shared_section, shown
from solutions.market.services import writing
from tech4muni.core.autosave import autosaved, autosaves, not_autosaved
from tech4muni.core.components import Text
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.views import carried_out, render_form, sent

PAGE: Final = "market/applications/section.html"
Save = Callable[[Answers, str | None], object]


@login_required
@read_and_send
def application_section(request: AccountRequest, application_id: UUID, section: str) -> HttpResponse:
    """Show and write a section that all calls share."""
    desk = desk_for(request.user, application_id)
    found = shared_section(section)
    if found is None:
        raise Http404

    def save(answers: Answers, seen: str | None) -> object:
        return writing.save_section(desk.application, found, actor=request.user, answers=answers, seen=seen)

    return _write(request, desk, found, found.label, lambda now: shared_answers(now.application, found.name), save)


@login_required
@read_and_send
def application_proposal(request: AccountRequest, application_id: UUID, call_id: UUID) -> HttpResponse:
    """Show and write the answer to one call."""
    desk = desk_for(request.user, application_id)
    choice = next((choice for choice in desk.chosen if choice.call.public_id == call_id), None)
    if choice is None:
        raise Http404

    def save(answers: Answers, seen: str | None) -> object:
        return writing.save_proposal(desk.application, choice.call, actor=request.user, answers=answers, seen=seen)

    def answers_of(now: Desk) -> Answers:
        return next((row.answers for row in now.chosen if row.pk == choice.pk), {})

    title = _("Answer to: %(call)s") % {"call": choice.call}
    return _write(request, desk, PROPOSAL, title, answers_of, save, choice.call)


def _write(
    request: AccountRequest,
    desk: Desk,
    section: Section,
    title: Text,
    answers_of: Callable[[Desk], Answers],
    save: Save,
    call: Any = None,
) -> HttpResponse:
    decision, answers = may_write(desk.standing), answers_of(desk)
    context = {"application": desk.application, "section": section, "title": title, "desk": desk, "call": call}
    if not decision and (request.method != "POST" or desk.role not in COMPANY_WRITERS):
        rows = [(field.label, shown(field, answers.get(field.name))) for field in section.fields]
        if request.method == "POST":
            decision.enforce()
        return render(request, "market/applications/section_read.html", {**context, "rows": rows, "why": decision})
    form = AnswersForm(sent(request), section=section, answers=answers)
    if form.is_valid():
        try:
            if not decision:
                raise Refused(decision.reason)
            save(form.typed(), form.seen)
        except Conflict as conflict:
            if autosaves(request):
                words = _("Somebody else changed this in the meantime. Press “Save” to see both texts.")
                return not_autosaved(words, HTTPStatus.CONFLICT)
            return _show_both(request, desk, form, answers_of, context, conflict)
        except Refused as refused:  # nothing that was typed is lost at closing time
            form.add_refusal(refused)
        else:
            return _saved(request, desk, form)
    if autosaves(request):
        return not_autosaved(_mistake(form))
    return render_form(request, PAGE, {**context, "form": form})


def _saved(request: AccountRequest, desk: Desk, form: AnswersForm) -> HttpResponse:
    """Answer the script shortly, and the person with the page again or the way back."""
    if autosaves(request):
        return autosaved(version=seen_of(kept(form.section, form.typed())))
    messages.success(request, _("Saved."))
    return redirect(desk_url(desk.application) if "leave" in request.POST else request.path)


def _mistake(form: AnswersForm) -> str:
    """Say why the script could not save, with the first mistake in words."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return _("Not saved yet. %(field)s %(mistake)s") % {"field": label or "", "mistake": str(errors[0])}


def _show_both(
    request: AccountRequest,
    desk: Desk,
    form: AnswersForm,
    answers_of: Callable[[Desk], Answers],
    context: dict[str, Any],
    conflict: Conflict,
) -> HttpResponse:
    """Show what somebody else has saved beside what was typed; sending it once more takes what was typed."""
    theirs = answers_of(desk_for(request.user, desk.application.public_id))
    typed = form.typed()
    form.overwrites(theirs)
    form.add_refusal(conflict)
    both = [
        (field.label, shown(field, theirs.get(field.name)))
        for field in form.section.fields
        if _differs(field, theirs, typed)
    ]
    return render(request, PAGE, {**context, "form": form, "theirs": both}, status=HTTPStatus.CONFLICT)


def _differs(field: Field, theirs: Answers, mine: Answers) -> bool:
    return (theirs.get(field.name) or "") != (mine.get(field.name) or "")


@login_required
@read_and_send
def application_calls(request: AccountRequest, application_id: UUID) -> HttpResponse:
    """Choose further open calls of the program, and for each which municipalities get the application."""
    desk = desk_for(request.user, application_id)
    may_write(desk.standing).enforce()
    form = ChooseForm(sent(request), offer=calls_on_offer(desk), chosen=desk.chosen)
    form.cancel_url = desk_url(desk.application)
    if carried_out(form, lambda: writing.choose_calls(desk.application, form.choice(), actor=request.user)):
        messages.success(request, _("Saved."))
        return redirect("market:application", desk.application.public_id)
    late = [choice for choice in desk.chosen if not accepts(choice.call, desk.now)]
    return render_form(
        request, "market/applications/calls.html", {"application": desk.application, "form": form, "late": late}
    )


@login_required
@read_and_send
def application_call_drop(request: AccountRequest, application_id: UUID, call_id: UUID) -> HttpResponse:
    """Leave out a call whose deadline was missed."""
    desk = desk_for(request.user, application_id)
    may_write(desk.standing).enforce()
    choice = next((choice for choice in desk.chosen if choice.call.public_id == call_id), None)
    if choice is None:
        raise Http404
    form = DropForm(sent(request))
    if carried_out(form, lambda: writing.drop_call(desk.application, choice.call, actor=request.user)):
        messages.success(request, _("The call is left out. What you wrote for it is kept."))
        return redirect("market:application", desk.application.public_id)
    return render_form(
        request, "market/applications/call_drop.html", {"application": desk.application, "form": form, "choice": choice}
    )


def desk_url(application: Application) -> str:
    """Return the home of an application."""
    return reverse("market:application", args=[application.public_id])
