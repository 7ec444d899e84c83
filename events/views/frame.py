"""What the pages of both hosts share."""

from django.urls import reverse

from events.models import Delegation, Event
from programs.http import ActorRequest


def base_of(request: ActorRequest) -> str:
    """Return the frame of the host: of a municipality, or the platform's own."""
    return "base_tenant.html" if request.municipality else "base_public.html"


def event_path(event: Event) -> str:
    """Return where coordinators run an event."""
    return reverse("events:event", args=[event.public_id])


def delegation_path(delegation: Delegation) -> str:
    """Return where coordinators look after a delegation."""
    return reverse("events:delegation", args=[delegation.event.public_id, delegation.public_id])
