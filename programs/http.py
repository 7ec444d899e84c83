"""The request as the middleware leaves it, for annotations of views."""

from django.http import HttpRequest

from programs.actors import Actor
from programs.models import Municipality


class ActorRequest(HttpRequest):
    """A request on any host: `municipality` is None on the public one."""

    municipality: Municipality | None
    actor: Actor


class MunicipalityRequest(ActorRequest):
    """A request on a municipality's host."""

    municipality: Municipality
