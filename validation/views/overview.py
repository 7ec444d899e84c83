"""Validation at a glance, and the log of talks."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from challenges.queries import challenge_for
from programs.http import MunicipalityRequest
from validation.models import Verdict
from validation.permissions import may_judge, may_validate
from validation.queries.counts import acceptance, coverage

PER_PAGE = 20


@require_safe
def overview(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show who was heard, what they want, what was tested and found, and the verdict."""
    challenge = challenge_for(request.actor, challenge_id)
    bottlenecks = list(challenge.bottlenecks.all())
    context = {
        "challenge": challenge,
        "coverage": coverage([challenge])[challenge.pk],
        "acceptance": acceptance([challenge])[challenge.pk],
        "assumptions": challenge.assumptions.all(),
        "bottlenecks": bottlenecks,
        "slowest": max((each.waiting_days for each in bottlenecks), default=0),
        "findings": challenge.findings.select_related("assumption", "engagement__group", "survey"),
        "surveys": challenge.surveys.all(),
        "talks": challenge.engagements.count(),
        "verdict": Verdict.objects.filter(challenge=challenge).select_related("by").first(),
        "may_write": bool(may_validate(request.actor, challenge)),
        "may_judge": bool(may_judge(request.actor, challenge)),
    }
    return render(request, "validation/overview.html", context)


@require_safe
def engagements(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show the log of talks, the last ones first; what each talk thought of a direction is shown nowhere by itself."""
    challenge = challenge_for(request.actor, challenge_id)
    rows = challenge.engagements.select_related("group", "by")
    context = {
        "challenge": challenge,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_write": bool(may_validate(request.actor, challenge)),
    }
    return render(request, "validation/engagements.html", context)
