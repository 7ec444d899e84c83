"""What is read of municipalities and their people."""

from programs.actors import Actor
from programs.enums import MunicipalityState, Role
from programs.models import Membership, Municipality, Visit
from programs.schemas.versions import is_behind, schema_version
from tech4muni.accounts.models import User
from tech4muni.core import clock


def actor_for(user: User | None, municipality: Municipality | None, visit_id: str | None = None) -> Actor:
    """Return who `user` (None for somebody not logged in) is on a host; at most two queries."""
    if user is None or municipality is None:
        return Actor(user=user, municipality=municipality)
    membership = Membership.objects.filter(user=user, municipality=municipality, ended_at__isnull=True).first()
    visit = open_visit(user, municipality, visit_id) if visit_id and user.is_staff else None
    return Actor(user=user, municipality=municipality, role=Role(membership.role) if membership else None, visit=visit)


def open_visit(user: User, municipality: Municipality, visit_id: str) -> Visit | None:
    """Return the coordinator's visit if it was entered, not left, and its time is not over."""
    return Visit.objects.filter(
        public_id=visit_id,
        coordinator=user,
        municipality=municipality,
        entered_at__isnull=False,
        left_at__isnull=True,
        ends_at__gt=clock.now(),
    ).first()


def schemas_behind() -> list[str]:
    """Return the names of the schemas that lack what the running code needs; one query."""
    rows = (
        Municipality.objects.exclude(state=MunicipalityState.PREPARING)
        .exclude(schema_version=schema_version())
        .values_list("schema_name", "schema_version")
    )
    return [name for name, version in rows if is_behind(version)]
