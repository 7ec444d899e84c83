"""How the pages of the selection answer: a form on a page of its own, or a button that only sends."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from challenges.models import Challenge
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form

FORM = "challenges/frame_form.html"


def answer_form(
    request: HttpRequest,
    challenge: Challenge,
    form: FormMixin,
    step: Callable[[], object],
    *,
    to: str,
    heading: str,
    template: str = FORM,
    **context: Any,
) -> HttpResponse:
    """Carry a form's step out and go on, or show the form; a conflict is told where the form leads.

    Args:
        request: the request.
        challenge: what the page is about.
        form: bound if it was sent.
        step: what the form does.
        to: where to go afterwards, and where "Cancel" leads.
        heading: of the page.
        template: of the page.
        context: further values for the template.
    """
    form.cancel_url = to
    try:
        if carried_out(form, step):
            return redirect(to)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect(to)
    return render_form(request, template, {"challenge": challenge, "form": form, "heading": heading, **context})


def answer_button(request: HttpRequest, step: Callable[[], object], *, to: str, done: str = "") -> HttpResponse:
    """Carry out what a button asks for and go on, with a message; a refusal is a message, too."""
    try:
        step()
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        if done:
            messages.success(request, done)
    return redirect(to)


def keep_typed(form: Any, conflict: Conflict, version: int) -> None:
    """Show a form that somebody else was faster than once more: what was typed stays, and can be sent again."""
    form.data = form.data.copy()
    form.data["version"] = str(version)
    form.add_refusal(conflict)
