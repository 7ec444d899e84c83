"""Two doors to the same pages of a pilot: one on the municipality's host, one on the platform's for the company.

A view behind a door is given a `Desk`: who sits on which side, and the one pilot that they may see. On the platform's
host the municipality's schema is active for the view alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from challenges.queries import challenge_for
from pilots.enums import PilotSide, PilotState
from pilots.models import Pilot
from pilots.permissions import (
    Seat,
    may_agree,
    may_begin_review,
    may_decide,
    may_file,
    may_plan,
    may_see,
    may_start,
)
from pilots.queries.pilots import company_entry, pilot_at_city, pilot_of_entry
from programs.http import MunicipalityRequest
from programs.models import Municipality


@dataclass(frozen=True, slots=True)
class Desk:
    """A place at a pilot's table.

    Args:
        seat: who sits there.
        pilot: the pilot.
        municipality: whose pilot it is.
        keys: what the addresses of its pages name.
    """

    seat: Seat
    pilot: Pilot
    municipality: Municipality
    keys: dict[str, UUID]

    @property
    def challenge(self) -> Challenge:
        """The challenge that the pilot belongs to."""
        return self.pilot.challenge

    @property
    def is_city(self) -> bool:
        """Whether this is the municipality's side."""
        return self.seat.side == PilotSide.CITY

    @property
    def frame(self) -> str:
        """The template that its pages extend."""
        return "pilots/frame_city.html" if self.is_city else "pilots/frame_company.html"

    def url(self, name: str, **more: Any) -> str:
        """Return the address of a page of this pilot on the host where one is."""
        return reverse(f"pilots:{name}", kwargs={**self.keys, **more})


View = Callable[..., HttpResponseBase]


def at_city(view: View) -> View:
    """Let a view be reached on the municipality's host."""

    @wraps(view)
    def door(request: MunicipalityRequest, challenge_id: UUID, pilot_id: UUID, **more: Any) -> HttpResponseBase:
        challenge = challenge_for(request.actor, challenge_id)
        pilot = pilot_at_city(challenge, pilot_id)
        keys = {"challenge_id": challenge_id, "pilot_id": pilot_id}
        desk = Desk(Seat(PilotSide.CITY, request.actor), pilot, request.municipality, keys)
        may_see(desk.seat).enforce()
        return view(request, desk, **more)

    return door


def at_company(view: View) -> View:
    """Let a view be reached on the platform's host, by people of the pilot's company."""

    @wraps(view)
    @login_required
    def door(request: HttpRequest, entry_id: UUID, **more: Any) -> HttpResponseBase:
        entry, seat = company_entry(request.user, entry_id)  # type: ignore[arg-type]
        with tenant_context(entry.municipality):
            desk = Desk(seat, pilot_of_entry(entry), entry.municipality, {"entry_id": entry_id})
            may_see(seat).enforce()
            return view(request, desk, **more)

    return door


def show(request: HttpRequest, desk: Desk, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page of a pilot, with what the person may do there."""
    seat, pilot = desk.seat, desk.pilot
    frame = {
        "desk": desk,
        "frame": desk.frame,
        "pilot": pilot,
        "state": PilotState(pilot.state),
        "challenge": desk.challenge,
        "here": request.resolver_match.url_name if request.resolver_match else "",
        "may": {
            "plan": may_plan(seat, pilot),
            "agree": may_agree(seat, pilot),
            "start": may_start(seat, pilot),
            "file": may_file(seat, pilot),
            "begin_review": may_begin_review(seat, pilot),
            "decide": may_decide(seat, pilot),
        },
    }
    return render(request, template, {**frame, **context}, status=status)
