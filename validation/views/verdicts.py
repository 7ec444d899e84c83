"""What validation changed in the brief, and the verdict on the challenge."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Conflict
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form, sent
from validation.enums import ChallengeVerdict
from validation.forms.verdicts import FindingsForm, RationaleForm, VerdictForm
from validation.models import Verdict
from validation.permissions import may_judge, may_validate
from validation.queries.changes import changes, no_changes_words, snapshot_of
from validation.services import verdicts


@require_safe
def brief_changes(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show the brief before and now, word by word, each change with the findings behind it."""
    challenge = challenge_for(request.actor, challenge_id)
    snapshot = snapshot_of(challenge)
    context = {
        "challenge": challenge,
        "snapshot": snapshot,
        "changes": changes([challenge])[challenge.pk],
        "nothing": no_changes_words(snapshot),
        "may_write": bool(may_validate(request.actor, challenge)),
    }
    return render(request, "validation/changes.html", context)


@read_and_send
def explain_change(request: MunicipalityRequest, challenge_id: UUID, field: str) -> HttpResponse:
    """Choose the findings behind one change."""
    challenge = challenge_for(request.actor, challenge_id)
    may_validate(request.actor, challenge).enforce()
    change = next((each for each in changes([challenge])[challenge.pk] if each.field == field), None)
    if change is None:
        raise Http404
    form = FindingsForm(sent(request), challenge=challenge, chosen=change.findings)

    def step() -> None:
        verdicts.explain_change(
            challenge, actor=request.actor, field=field, findings=list(form.cleaned_data["findings"])
        )

    back = reverse("validation:changes", args=[challenge.public_id])
    context = {"change": change, "has_findings": challenge.findings.exists()}
    return _answer(request, challenge, form, step, change.label, back, "validation/explain.html", context)


@read_and_send
def verdict(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Give the verdict with which the challenge goes on."""
    challenge = challenge_for(request.actor, challenge_id)
    may_judge(request.actor, challenge).enforce()
    given = Verdict.objects.filter(challenge=challenge).first()
    initial = {"verdict": given.verdict, "rationale": given.rationale} if given else {}
    form = VerdictForm(sent(request), initial=initial)

    def step() -> None:
        chosen = ChallengeVerdict(form.cleaned_data["verdict"])
        verdicts.give_verdict(challenge, actor=request.actor, verdict=chosen, rationale=form.cleaned_data["rationale"])

    back = reverse("validation:overview", args=[challenge.public_id])
    return _answer(request, challenge, form, step, _("The verdict"), back, "validation/verdict.html", {})


@read_and_send
def reject(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Ask, then reject the challenge: people do not have this problem, or do not want it solved so."""
    challenge = challenge_for(request.actor, challenge_id)
    may_judge(request.actor, challenge).enforce()
    form = RationaleForm(sent(request))
    back = reverse("validation:overview", args=[challenge.public_id])

    def step() -> None:
        verdicts.give_verdict(
            challenge,
            actor=request.actor,
            verdict=ChallengeVerdict.REJECTED,
            rationale=form.cleaned_data["rationale"],
        )

    context = {
        "heading": _("Reject the challenge: %(title)s") % {"title": challenge},
        "consequences": [
            _("The way of this challenge ends here. “Not wanted” is a result, and saves a pilot that nobody needs."),
            _("Everything stays to be read: talks, surveys, findings and the verdict."),
            _("Open surveys close."),
        ],
        "action": _("Reject the challenge"),
        "back": back,
    }
    return _answer(request, challenge, form, step, "", back, "core/confirm.html", context)


def _answer(
    request: MunicipalityRequest,
    challenge: Challenge,
    form: FormMixin,
    step: Callable[[], object],
    heading: str,
    back: str,
    template: str,
    context: Mapping[str, object],
) -> HttpResponse:
    form.cancel_url = back
    try:
        if carried_out(form, step):
            messages.success(request, _("Saved."))
            return redirect(back)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect(back)
    return render_form(request, template, {"challenge": challenge, "form": form, "heading": heading, **context})
