"""Writing the brief: a page for each section and language, and the cards it rests on."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from challenges.enums import Section, TextState
from challenges.forms.briefs import SectionForm
from challenges.forms.cards import CitationsForm
from challenges.models import TEXT_FIELDS, Brief, BriefText, Challenge
from challenges.permissions import may_write
from challenges.queries import challenge_for
from challenges.queries.briefs import (
    brief_of,
    can_reopen,
    citations_of,
    fact_rows,
    is_editable,
    label_of,
    language_states,
    languages_of,
    rows_of,
    section_values,
)
from challenges.services import briefs
from challenges.views.answers import answer, conflict_page
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core.autosave import autosaved, autosaves, not_autosaved
from tech4muni.core.errors import Conflict
from tech4muni.core.forms import FormMixin
from tech4muni.core.languages import own_name
from tech4muni.core.views import carried_out, render_form, sent

PAGE = "challenges/brief/section.html"


@read_and_send
def section(request: MunicipalityRequest, challenge_id: UUID, language: str, section: str) -> HttpResponse:
    """Write a section in one language."""
    challenge = challenge_for(request.actor, challenge_id)
    languages = languages_of(challenge, request.municipality)
    brief = brief_of(challenge)
    known = language in languages or brief.texts.filter(language=language).exists()
    if not known or section not in Section.values:
        raise Http404
    may_write(request.actor, challenge).enforce()
    part = Section(section)
    if request.method == "GET" and not is_editable(brief):
        context = _context(request, challenge, brief, languages, language, part)
        return render(request, PAGE, {**context, **_read_only(brief, language, part)})
    values = _values(brief, language, part)
    form = SectionForm(
        sent(request), initial={**values, "seen": briefs.mark_of(values)}, section=part, language=language
    )
    here = reverse("challenges:brief_section", args=[challenge.public_id, language, section])
    form.cancel_url = reverse("challenges:brief", args=[challenge.public_id])
    mark = ""

    def step() -> None:
        nonlocal mark
        mark = briefs.save_section(
            challenge,
            actor=request.actor,
            section=part,
            language=language,
            values=form.cleaned_data,
            seen=form.cleaned_data["seen"],
            first_language=languages[0],
        )

    def present() -> tuple[dict[str, Any], str]:
        fresh = _values(brief_of(challenge), language, part)
        return fresh, briefs.mark_of(fresh)

    try:
        if carried_out(form, step):
            if autosaves(request):
                return autosaved(seen=mark)
            messages.success(request, _("Saved."))
            return redirect(here)
    except Conflict as conflict:
        if autosaves(request):
            words = _("Somebody else changed this in the meantime. Press “Save” to see both texts.")
            return not_autosaved(words, HTTPStatus.CONFLICT)
        context = _context(request, challenge, brief, languages, language, part)
        return conflict_page(request, form, conflict, template=PAGE, context=context, present=present)
    if autosaves(request):
        return not_autosaved(_not_saved(form))
    return render_form(request, PAGE, {**_context(request, challenge, brief, languages, language, part), "form": form})


def _values(brief: Brief, language: str, section: Section) -> dict[str, Any]:
    return section_values(brief, brief.texts.filter(language=language).first(), section)


def _read_only(brief: Brief, language: str, section: Section) -> dict[str, Any]:
    """Return what a section says, for reading."""
    values = _values(brief, language, section)
    return {
        "read_texts": [(label_of(name), values[name]) for name in section.texts],
        "read_facts": fact_rows(brief, section),
    }


def _not_saved(form: FormMixin) -> str:
    """Say why the script could not save, with the first mistake in words."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        return _("Not saved yet. %(field)s %(mistake)s") % {"field": label or "", "mistake": str(errors[0])}
    return _("Not saved yet.")


def _context(
    request: MunicipalityRequest,
    challenge: Challenge,
    brief: Brief,
    languages: list[str],
    language: str,
    section: Section,
) -> dict[str, Any]:
    states = language_states(brief, languages)
    texts = {state.code: state.text for state in states}
    first = texts.get(languages[0])
    cited = citations_of(brief)
    order = list(Section)
    following = order.index(section) + 1
    return {
        "challenge": challenge,
        "brief": brief,
        "section": section,
        "sections": order,
        "following": order[following] if following < len(order) else None,
        "language": language,
        "language_name": own_name(language),
        "languages": states,
        "outdated": next(state.state == TextState.OUTDATED for state in states if state.code == language),
        "first_name": own_name(languages[0]),
        "first_code": languages[0],
        "original": _original(first, section) if language != languages[0] else [],
        "cited": [(name, label_of(name), cited.get(name, [])) for name in section.texts],
        "kind": section.rows,
        "rows": rows_of(brief, section.rows) if section.rows else [],
        "editable": is_editable(brief),
        "can_reopen": can_reopen(brief),
    }


def _original(text: BriefText | None, section: Section) -> list[tuple[Any, str]]:
    """Return what the leading language says here, for those who write another one."""
    return [(label_of(name), getattr(text, name)) for name in section.texts if text and getattr(text, name)]


@read_and_send
def cards(request: MunicipalityRequest, challenge_id: UUID, field: str) -> HttpResponse:
    """Choose the cards that a text of the brief rests on."""
    challenge = challenge_for(request.actor, challenge_id)
    if field not in TEXT_FIELDS:
        raise Http404
    may_write(request.actor, challenge).enforce()
    brief = brief_of(challenge)
    chosen = [citation.card_id for citation in citations_of(brief).get(field, [])]
    form = CitationsForm(sent(request), initial={"cards": chosen})

    def step() -> None:
        briefs.cite_cards(challenge, actor=request.actor, field=field, cards=list(form.cleaned_data["cards"]))
        messages.success(request, _("Saved."))

    part = next(each for each in Section if field in each.texts)
    back = reverse("challenges:brief_section", args=[challenge.public_id, request.municipality.languages[0], part])
    heading = _("Cards that “%(field)s” rests on") % {"field": label_of(field)}
    context = {"challenge": challenge, "heading": heading, "has_cards": form.fields["cards"].queryset.exists()}  # type: ignore[attr-defined]
    return answer(request, form, step, template="challenges/brief/cards.html", context=context, back=back)
