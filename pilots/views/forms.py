"""How forms about a pilot are answered: done, wrong (422), or written by two at once (409, what was typed is kept)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from pilots.models import Pilot
from pilots.views.desk import Desk, show
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out

Text = str | Promise


def answer_form(
    request: HttpRequest,
    desk: Desk,
    form: FormMixin,
    step: Callable[[], object],
    *,
    heading: Text,
    back: str = "pilot",
    done: Text = "",
    lead: Text = "",
    theirs: Callable[[], Iterable[tuple[Text, object]]] = lambda: (),
) -> HttpResponse:
    """Answer a page that is one form.

    Args:
        request: the request.
        desk: where it was sent.
        form: bound if it was sent.
        step: what to do if the form holds.
        heading: of the page.
        back: name of the page that comes after it.
        done: what to say then.
        lead: a sentence under the heading.
        theirs: what is stored now, to show beside what was typed when somebody else was faster.
    """
    form.cancel_url = desk.url(back)
    context: dict[str, Any] = {"form": form, "heading": heading, "lead": lead}
    try:
        if carried_out(form, step):
            messages.success(request, str(done) or _("Saved."))
            return redirect(desk.url(back))
    except Conflict as conflict:
        form.add_error(None, str(conflict.message))
        _let_it_be_sent_again(form, desk.pilot)
        return show(request, desk, "pilots/form.html", {**context, "theirs": list(theirs())}, status=409)
    return show(request, desk, "pilots/form.html", context, status=422 if form.errors else 200)


def answer_button(
    request: HttpRequest, desk: Desk, step: Callable[[], object], *, back: str = "pilot", done: Text = ""
) -> HttpResponse:
    """Answer a button: do the step, and say on the next page what came of it."""
    try:
        step()
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, str(done) or _("Done."))
    return redirect(desk.url(back))


def _let_it_be_sent_again(form: FormMixin, pilot: Pilot) -> None:
    """Put the present version into the form: sent once more, what was typed replaces what is stored."""
    if "version" in form.fields:
        pilot.refresh_from_db(fields=["version"])
        data: Any = form.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(pilot.version)
        form.data = data
