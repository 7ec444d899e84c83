"""The lists in a brief: figures, success metrics, evaluation criteria."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenges.enums import RowKind
from challenges.forms.briefs import ROW_FORMS
from challenges.models import Challenge
from challenges.permissions import may_write
from challenges.queries import challenge_for
from challenges.queries.briefs import brief_of, languages_of, row_for
from challenges.services import briefs, rows
from challenges.views.answers import answer
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Refused
from tech4muni.core.views import sent

FORM = "challenges/brief/row.html"


@read_and_send
def add(request: MunicipalityRequest, challenge_id: UUID, kind: str) -> HttpResponse:
    """Add a figure, a success metric or a criterion."""
    challenge, part = _list_of(request, challenge_id, kind)
    languages = languages_of(challenge, request.municipality)
    form = ROW_FORMS[part](sent(request), languages=languages)

    def step() -> None:
        rows.add_row(challenge, actor=request.actor, kind=part, values=form.cleaned_data)
        messages.success(request, _("Saved."))

    context = {"challenge": challenge, "heading": part.label}
    back = _section_of(request, challenge, part)
    return answer(request, form, step, template=FORM, context=context, back=back)


@read_and_send
def edit(request: MunicipalityRequest, challenge_id: UUID, kind: str, row_id: UUID) -> HttpResponse:
    """Change a figure, a success metric or a criterion."""
    challenge, part = _list_of(request, challenge_id, kind)
    brief = brief_of(challenge)
    row = row_for(brief, part, row_id)
    seen = briefs.mark_of(rows.row_values(row, part))
    form = ROW_FORMS[part](
        sent(request),
        instance=row,
        initial={"names": row.names, "seen": seen},
        languages=languages_of(challenge, request.municipality),
    )

    def step() -> None:
        asked = form.cleaned_data
        rows.edit_row(challenge, row, actor=request.actor, kind=part, values=asked, seen=asked["seen"])
        messages.success(request, _("Saved."))

    def present() -> tuple[dict[str, Any], str]:
        fresh = rows.row_values(row_for(brief, part, row_id), part)
        return fresh, briefs.mark_of(fresh)

    context = {"challenge": challenge, "heading": part.label, "row": row, "kind": part}
    back = _section_of(request, challenge, part)
    return answer(request, form, step, template=FORM, context=context, back=back, present=present)


@require_POST
def remove(request: MunicipalityRequest, challenge_id: UUID, kind: str, row_id: UUID) -> HttpResponse:
    """Take a figure, a success metric or a criterion away."""
    challenge, part = _list_of(request, challenge_id, kind)
    row = row_for(brief_of(challenge), part, row_id)
    try:
        rows.remove_row(challenge, row, actor=request.actor, kind=part)
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(_section_of(request, challenge, part))


def _list_of(request: MunicipalityRequest, challenge_id: UUID, kind: str) -> tuple[Challenge, RowKind]:
    challenge = challenge_for(request.actor, challenge_id)
    if kind not in RowKind.values:
        raise Http404
    may_write(request.actor, challenge).enforce()
    return challenge, RowKind(kind)


def _section_of(request: MunicipalityRequest, challenge: Challenge, kind: RowKind) -> str:
    language = request.municipality.languages[0]
    return reverse("challenges:brief_section", args=[challenge.public_id, language, kind.section])
