"""The cast of the tests of received applications, as actors."""

from programs.actors import Actor
from programs.enums import Role
from programs.models import Municipality
from tests.factories.people import make_coordinator, make_member, make_user

INSIDE = ("lead", "member", "evaluator", "approver", "viewer", "visitor")
CAST = (*INSIDE, "stranger")


def make_actor(name: str, municipality: Municipality) -> Actor:
    """Make one of the cast: a member in a role, a coordinator on a visit, or a stranger."""
    if name == "visitor":
        return Actor(user=make_coordinator(), municipality=municipality, visit=object())  # type: ignore[arg-type]
    if name == "stranger":
        return Actor(user=make_user(), municipality=municipality)
    return Actor(user=make_member(municipality, Role(name)), municipality=municipality, role=Role(name))
