"""How the selection stands, and the criteria until they are frozen."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.models import Challenge
from challenges.queries import challenge_for
from programs.criteria import criteria_of as gate_of
from programs.enums import Stage
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from solutions.selection.forms.evaluation import CriterionForm, FreezeForm
from solutions.selection.models import Criterion, SelectionRound
from solutions.selection.permissions import may_edit_criteria, may_lead_selection, may_read_selection
from solutions.selection.queries.panel import call_of, criteria_of, round_of
from solutions.selection.services import criteria as services
from solutions.selection.views.steps import answer_button, answer_form
from tech4muni.core.components import Status, Task, Tone
from tech4muni.core.views import sent


def at(challenge: Challenge, name: str, **kwargs: Any) -> str:
    """Return the address of a page of the selection."""
    return reverse(f"selection:{name}", kwargs={"challenge_id": challenge.public_id, **kwargs})


@require_safe
def overview(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show what the selection wants, each with how far it is, whatever stage the challenge is in."""
    found = challenge_for(request.actor, challenge_id)
    may_read_selection(request.actor).enforce()
    return render(request, "selection/evaluation/overview.html", {"challenge": found, "tasks": _tasks(found)})


def _tasks(challenge: Challenge) -> list[Task]:
    """Return the parts of the gate as tasks; they can be done before the challenge is in this stage."""
    tasks = []
    for criterion in gate_of(Stage.SELECTION):
        if not criterion.name.startswith("selection."):
            continue
        result = criterion.check([challenge])[challenge.pk]
        status = Status(_("Met"), Tone.DONE) if result.met else Status(_("Not met"), Tone.TODO)
        tasks.append(Task(criterion.todo, reverse(criterion.url_name, args=[challenge.public_id]), status, result.note))
    return tasks


@require_safe
def criteria(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show the criteria, and whether they are frozen."""
    found = challenge_for(request.actor, challenge_id)
    may_read_selection(request.actor).enforce()
    selection, rows = round_of(found), list(criteria_of(found))
    context = {
        "challenge": found,
        "selection": selection,
        "criteria": rows,
        "total": sum(row.weight for row in rows),
        "has_call": call_of(found) is not None,
        "intact": selection is None or selection.frozen_at is None or services.is_intact(selection),
        "may_edit": bool(may_edit_criteria(request.actor, found)) and (not selection or not selection.frozen_at),
        "may_lead": bool(may_lead_selection(request.actor, found)),
    }
    return render(request, "selection/evaluation/criteria.html", context)


@require_POST
def prepare(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Take the criteria over from the call."""
    found = challenge_for(request.actor, challenge_id)
    done = _("The criteria are taken over. Change them if you have to, then freeze them.")
    return answer_button(
        request,
        lambda: services.prepare(found, actor=request.actor),
        to=at(found, "evaluation_criteria"),
        done=done,
    )


@read_and_send
def add(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Add a criterion."""
    found = challenge_for(request.actor, challenge_id)
    may_edit_criteria(request.actor, found).enforce()
    form = CriterionForm(sent(request), languages=request.municipality.languages, initial={"version": _version(found)})

    def step() -> None:
        services.add(found, actor=request.actor, names=form.names(), weight=form.cleaned_data["weight"])
        messages.success(request, _("The criterion is added."))

    return answer_form(request, found, form, step, to=at(found, "evaluation_criteria"), heading=_("Add a criterion"))


@read_and_send
def change(request: MunicipalityRequest, challenge_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Change a criterion's names and weight."""
    found = challenge_for(request.actor, challenge_id)
    may_edit_criteria(request.actor, found).enforce()
    criterion = get_object_or_404(criteria_of(found), public_id=criterion_id)
    languages = list(dict.fromkeys([*request.municipality.languages, *criterion.names]))
    initial = {**CriterionForm.initial_of(criterion), "version": _version(found)}
    form = CriterionForm(sent(request), languages=languages, initial=initial)

    def step() -> None:
        services.change(
            criterion,
            actor=request.actor,
            names=form.names(),
            weight=form.cleaned_data["weight"],
            version=form.seen,
        )
        messages.success(request, _("The criterion is changed."))

    return answer_form(request, found, form, step, to=at(found, "evaluation_criteria"), heading=criterion.name)


@require_POST
def remove(request: MunicipalityRequest, challenge_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Take a criterion away."""
    found = challenge_for(request.actor, challenge_id)
    may_edit_criteria(request.actor, found).enforce()
    criterion: Criterion = get_object_or_404(criteria_of(found), public_id=criterion_id)
    return answer_button(
        request,
        lambda: services.remove(criterion, actor=request.actor),
        to=at(found, "evaluation_criteria"),
        done=_("The criterion is removed."),
    )


@read_and_send
def freeze(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Freeze the criteria, after they are shown once more."""
    found = challenge_for(request.actor, challenge_id)
    may_lead_selection(request.actor, found).enforce()
    form = FreezeForm(sent(request), initial={"version": _version(found)})

    def step() -> None:
        services.freeze(found, actor=request.actor, version=form.seen)
        messages.success(request, _("The criteria are frozen. Applications may be opened now."))

    return answer_form(
        request,
        found,
        form,
        step,
        to=at(found, "evaluation_criteria"),
        heading=_("Freeze the criteria"),
        template="selection/evaluation/freeze.html",
        criteria=criteria_of(found),
    )


def _version(challenge: Challenge) -> int:
    selection: SelectionRound | None = round_of(challenge)
    return selection.version if selection else 0
