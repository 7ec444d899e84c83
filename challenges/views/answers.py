"""What forms of this app have in common: two people who change the same thing both keep what they typed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from programs.http import MunicipalityRequest
from tech4muni.core import dates
from tech4muni.core.errors import Conflict
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form

Present = Callable[[], tuple[Mapping[str, Any], Any]]


def answer(
    request: MunicipalityRequest,
    form: FormMixin,
    step: Callable[[], object],
    *,
    template: str,
    context: dict[str, Any],
    back: str,
    present: Present | None = None,
) -> HttpResponse:
    """Carry a form out and lead back; else show it again: 422 with its errors, 409 with what stands there by now.

    Args:
        request: of the page.
        form: what was sent.
        step: calls the service.
        template: of the page.
        context: of the page, but for the form.
        back: where to go when it is done, and where "Cancel" leads.
        present: for forms with `seen`: what the thing says now by field, and the `seen` that stands for it. Without
            it a conflict leads back with its message.
    """
    form.cancel_url = form.cancel_url or back
    try:
        if carried_out(form, step):
            return redirect(back)
    except Conflict as conflict:
        if present is None:
            messages.error(request, str(conflict.message))
            return redirect(back)
        return conflict_page(request, form, conflict, template=template, context=context, present=present)
    return render_form(request, template, {**context, "form": form})


def conflict_page(
    request: MunicipalityRequest,
    form: FormMixin,
    conflict: Conflict,
    *,
    template: str,
    context: dict[str, Any],
    present: Present,
) -> HttpResponse:
    """Show what somebody else wrote above what this person typed; sent again, the form replaces the former."""
    values, seen = present()
    data: Any = request.POST.copy()
    data["seen"] = seen.isoformat() if isinstance(seen, datetime) else seen
    form.data = data
    theirs = [
        (form.fields[name].label, _words(form, name, value))
        for name, value in values.items()
        if name in form.fields and form.cleaned_data.get(name) != value
    ]
    shown = {**context, "form": form, "conflict": conflict.message, "theirs": theirs}
    return render(request, template, shown, status=HTTPStatus.CONFLICT)


def _words(form: FormMixin, name: str, value: Any) -> Any:
    """What somebody else wrote, as one reads it."""
    if isinstance(value, Mapping):
        return ", ".join(str(each) for each in value.values())
    if isinstance(value, datetime):
        return dates.moment_words(value, dates.viewer_zone())
    choices = dict(getattr(form.fields[name], "choices", None) or ()) if isinstance(value, str) else {}
    return choices.get(value, value)
