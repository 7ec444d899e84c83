"""The challenges of a municipality, each with its gate and its moves."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.forms.candidates import WithdrawForm
from challenges.forms.moves import BackForm, EarlyForm, SeenForm
from challenges.models import Challenge
from challenges.permissions import may_begin, may_move_on, may_override, may_read, may_withdraw
from challenges.queries import challenge_for, moves_of, standings, visible_to
from challenges.services import endings, moves
from challenges.views.answers import answer
from programs.enums import Stage
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Conflict
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form, sent

PER_PAGE = 12


@require_safe
def challenges(request: MunicipalityRequest) -> HttpResponse:
    """Show all challenges of the municipality, each with where it is."""
    may_read(request.actor).enforce()
    rows = visible_to(request.actor).order_by("ended_at", "-created_at")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "standings": standings(list(page.object_list)),
        "may_begin": bool(may_begin(request.actor)),
    }
    return render(request, "challenges/list.html", context)


@require_safe
def challenge(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show where a challenge is, what its gate wants, and how it came here."""
    found = challenge_for(request.actor, challenge_id)
    [standing] = standings([found])
    context = {
        "challenge": found,
        "standing": standing,
        "moves": moves_of(found),
        "may_move": may_move_on(request.actor, found),
        "may_override": bool(may_override(request.actor, found)),
        "may_withdraw": bool(may_withdraw(request.actor, found)),
        "is_last": Stage(found.stage).following is None,
        "move_form": SeenForm(initial={"seen": found.stage}),
    }
    return render(request, "challenges/challenge.html", context)


@read_and_send
def move_on(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Take a challenge to its next stage, or to its end; the gate must be met."""
    found = challenge_for(request.actor, challenge_id)
    may_move_on(request.actor, found).enforce()
    form = SeenForm(sent(request), initial={"seen": found.stage})

    def step() -> None:
        if Stage(found.stage).following is None:
            moves.finish(found, actor=request.actor)
            messages.success(request, _("The challenge is finished."))
        else:
            moved = moves.move_on(found, actor=request.actor, seen=Stage(form.cleaned_data["seen"]))
            messages.success(request, _stage_words(moved))

    return _answer(request, found, form, step, _("On to the next stage"))


@read_and_send
def move_early(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Let a coordinator take a challenge on before its gate is met."""
    found = challenge_for(request.actor, challenge_id)
    may_override(request.actor, found).enforce()
    form = EarlyForm(sent(request), initial={"seen": found.stage})

    def step() -> None:
        asked = form.cleaned_data
        moved = moves.move_early(found, actor=request.actor, seen=Stage(asked["seen"]), reason=asked["reason"])
        messages.success(request, _stage_words(moved))

    return _answer(request, found, form, step, _("On to the next stage, early"))


@read_and_send
def move_back(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Let a coordinator take a challenge back."""
    found = challenge_for(request.actor, challenge_id)
    may_override(request.actor, found).enforce()
    form = BackForm(sent(request), initial={"seen": found.stage}, stage=Stage(found.stage))

    def step() -> None:
        asked = form.cleaned_data
        moved = moves.move_back(
            found, actor=request.actor, seen=Stage(asked["seen"]), to=Stage(asked["to"]), reason=asked["reason"]
        )
        messages.success(request, _stage_words(moved))

    return _answer(request, found, form, step, _("Back to an earlier stage"))


@read_and_send
def withdraw(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Give a challenge up."""
    found = challenge_for(request.actor, challenge_id)
    may_withdraw(request.actor, found).enforce()
    form = WithdrawForm(sent(request))

    def step() -> None:
        endings.withdraw(found, actor=request.actor, reason=form.cleaned_data["reason"])
        messages.success(request, _("The challenge is withdrawn."))

    here = reverse("challenges:challenge", args=[found.public_id])
    lead = _("Its way ends here for good. What was written stays and can be read.")
    context = {"challenge": found, "heading": _("Withdraw the challenge"), "lead": lead}
    return answer(request, form, step, template="challenges/frame_form.html", context=context, back=here)


def _answer(
    request: MunicipalityRequest, found: Challenge, form: FormMixin, step: Callable[[], object], heading: str
) -> HttpResponse:
    here = reverse("challenges:challenge", args=[found.public_id])
    form.cancel_url = here
    try:
        if carried_out(form, step):
            return redirect(here)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect(here)
    [standing] = standings([found])
    return render_form(
        request,
        "challenges/move.html",
        {"challenge": found, "form": form, "heading": heading, "missing": standing.missing},
    )


def _stage_words(challenge: Challenge) -> str:
    return _("The challenge is in the stage “%(stage)s” now.") % {"stage": Stage(challenge.stage).label}
