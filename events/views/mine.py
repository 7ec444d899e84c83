"""The events of those who take part: of a company's people, and of a municipality's challenge."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from challenges.queries import challenge_for
from events.permissions import may_read_choices
from events.queries.challenges import participations
from events.queries.seats import own_delegations, seat_at
from programs.http import ActorRequest, MunicipalityRequest

PER_PAGE = 20


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """Show the events that one's companies take part in."""
    page = Paginator(own_delegations(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "events/mine.html", {"page": page})


@require_safe
def of_challenge(request: MunicipalityRequest, challenge_id: UUID) -> HttpResponse:
    """Show the event of a challenge: how far its choices are, its meetings and what they came to."""
    challenge = challenge_for(request.actor, challenge_id)
    found = participations(challenge.public_id)
    seat, _own = seat_at(request.actor, *(part.delegation for part in found))
    context = {"challenge": challenge, "participations": found, "may_see_choices": bool(may_read_choices(seat))}
    return render(request, "events/challenge.html", context)
