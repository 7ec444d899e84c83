"""One way to add, change and remove what a team writes down: groups, directions, talks, assumptions and so on."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from challenges.models import Challenge
from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.views import carried_out, render_form, sent
from validation.enums import Noun
from validation.forms.records import FORMS
from validation.permissions import may_validate
from validation.services import records

MODELS: Final[dict[Noun, type[models.Model]]] = {noun: form.Meta.model for noun, form in FORMS.items()}
PARTS: Final = {
    Noun.GROUP: "groups", Noun.DIRECTION: "acceptance", Noun.ASSUMPTION: "assumptions",
    Noun.BOTTLENECK: "bottlenecks", Noun.FINDING: "findings",
}  # fmt: skip
"""Where on the overview each of them stands."""


@read_and_send
def add(request: MunicipalityRequest, challenge_id: UUID, noun: Noun) -> HttpResponse:
    """Write a new one down."""
    challenge = challenge_for(request.actor, challenge_id)
    may_validate(request.actor, challenge).enforce()
    heading = _("New: %(kind)s") % {"kind": noun.label}
    return _answer(request, challenge, noun, MODELS[noun](challenge=challenge), heading)


@read_and_send
def edit(request: MunicipalityRequest, challenge_id: UUID, noun: Noun, row_id: UUID) -> HttpResponse:
    """Change one; what somebody else changed meanwhile is not overwritten unseen."""
    challenge = challenge_for(request.actor, challenge_id)
    may_validate(request.actor, challenge).enforce()
    record = _record(challenge, noun, row_id)
    return _answer(request, challenge, noun, record, _("Edit: %(thing)s") % {"thing": record})


@read_and_send
def remove(request: MunicipalityRequest, challenge_id: UUID, noun: Noun, row_id: UUID) -> HttpResponse:
    """Ask, then remove one that nothing rests on."""
    challenge = challenge_for(request.actor, challenge_id)
    may_validate(request.actor, challenge).enforce()
    record, back = _record(challenge, noun, row_id), _back(challenge, noun)
    if request.method != "POST":
        context = {
            "heading": _("Remove: %(thing)s") % {"thing": record},
            "consequences": [_("The trail keeps that it was there.")],
            "action": _("Remove it"),
            "back": back,
        }
        return render(request, "core/confirm.html", context)
    try:
        records.remove_record(record, actor=request.actor)
        messages.success(request, _("Removed."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(back)


def _answer(request: MunicipalityRequest, challenge: Challenge, noun: Noun, record: Any, heading: str) -> HttpResponse:
    languages = request.municipality.languages
    form = FORMS[noun](sent(request), instance=record, challenge=challenge, languages=languages)
    form.cancel_url = _back(challenge, noun)

    def step() -> None:
        fresh = _record(challenge, noun, record.public_id) if record.pk else MODELS[noun](challenge=challenge)
        records.save_record(fresh, actor=request.actor, values=form.values(), seen=form.cleaned_data["version"])  # type: ignore[arg-type]

    now = None
    try:
        if carried_out(form, step):
            messages.success(request, _("Saved."))
            return redirect(_back(challenge, noun))
    except Conflict as conflict:
        form.add_refusal(conflict)
        now = _as_it_is(challenge, noun, record.public_id, languages)
        typed = request.POST.copy()
        typed["version"] = now.initial["version"] if now else ""
        form.data = typed
    context = {"challenge": challenge, "form": form, "heading": heading, "now": now}
    return render_form(request, "validation/record_form.html", context)


def _as_it_is(challenge: Challenge, noun: Noun, row_id: UUID, languages: list[str]) -> Any:
    """Return the record as somebody else left it, as a form to read beside what was typed; None if it is gone."""
    record = MODELS[noun]._default_manager.filter(challenge=challenge, public_id=row_id).first()
    return record and FORMS[noun](instance=record, challenge=challenge, languages=languages)


def _record(challenge: Challenge, noun: Noun, row_id: UUID) -> Any:
    return get_object_or_404(MODELS[noun], challenge=challenge, public_id=row_id)


def _back(challenge: Challenge, noun: Noun) -> str:
    if noun == Noun.ENGAGEMENT:
        return reverse("validation:engagements", args=[challenge.public_id])
    return f"{reverse('validation:overview', args=[challenge.public_id])}#{PARTS[noun]}"
