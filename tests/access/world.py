"""The cast and the rows that the table's URLs are asked about, with a canary text for each municipality."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.test import Client
from django_tenants.utils import tenant_context

from programs.enums import Role
from programs.middleware import VISIT_KEY
from programs.models import Invitation, Municipality, Visit
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.notifications.models import Message
from tests.factories.people import make_coordinator, make_member, make_user

CAST: Final = (
    "nobody", "stranger", "elsewhere", "viewer", "evaluator", "approver", "member", "lead", "coordinator", "visitor",
    "founder", "rival", "deactivated",
)  # fmt: skip
CANARIES: Final = {"strumica": "kanarinka-strumica-7f3a", "haifa": "kanarit-haifa-91bc"}


@dataclass
class World:
    """Two municipalities with one of everything in each; `here` is the one that is asked, `there` the other."""

    here: Municipality
    there: Municipality
    people: dict[str, User] = field(default_factory=dict)
    visit: Visit | None = None
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)  # one of every thing that the admin shows

    def log_in(self, client: Client, cast: str, *, on_municipality: bool) -> None:
        """Log one of the cast in; the visitor is a coordinator in the middle of a visit."""
        if cast == "nobody":
            return
        client.force_login(self.people["coordinator" if cast == "visitor" else cast])
        if cast == "visitor" and on_municipality and self.visit is not None:
            session = client.session
            session[VISIT_KEY] = str(self.visit.public_id)
            session.save()
        if cast == "deactivated":
            User.objects.filter(pk=self.people[cast].pk).update(is_active=False)


Maker = Callable[[Municipality, World], dict[str, Any]]


def make_world(here: Municipality, there: Municipality, makers: Sequence[Maker] = ()) -> World:
    """Make the cast, and one of every thing in both municipalities, named with that municipality's canary.

    Args:
        here: the municipality that is asked.
        there: the other one.
        makers: of the apps' things (`tests.access.apps.MAKERS`).
    """
    world = World(here=here, there=there)
    world.people = {role.value: make_member(here, role, name=f"{CANARIES[here.schema_name]} {role}") for role in Role}
    world.people["elsewhere"] = make_member(there, Role.LEAD, name=f"{CANARIES[there.schema_name]} lead")
    world.people["stranger"] = make_user()
    world.people["deactivated"] = make_member(here, Role.LEAD)
    world.people["coordinator"] = make_coordinator()
    world.people["founder"] = make_user(name="Founder")
    world.people["rival"] = make_user(name="Rival")
    world.visit = make_visit(here, world.people["coordinator"])
    for municipality in (here, there):
        world.rows[municipality.schema_name] = make_rows(municipality, world)
    for make in makers:
        for municipality in (here, there):
            world.rows[municipality.schema_name] |= make(municipality, world)
    world.things = world.rows[here.schema_name] | {
        "municipality": here,
        "domain": here.domains.get(),
        "visit": world.visit,
        "user": world.people["member"],
        "entry": record("municipality.opened", actor=None, target=here),
    }
    return world


def make_visit(municipality: Municipality, coordinator: User) -> Visit:
    """Make a coordinator's visit that has begun."""
    now = clock.now()
    return Visit.objects.create(
        coordinator=coordinator,
        municipality=municipality,
        reason=f"Help {CANARIES[municipality.schema_name]}",
        token_digest=f"{municipality.pk:064}",
        created_at=now,
        redeem_by=now + timedelta(minutes=1),
        entered_at=now,
        ends_at=now + timedelta(hours=1),
    )


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make one of every thing that belongs to a municipality, with its canary in every text."""
    canary = CANARIES[municipality.schema_name]
    lead = world.people["lead" if municipality == world.here else "elsewhere"]
    invitation = Invitation.objects.create(
        municipality=municipality,
        email=f"{canary}@example.org",
        role=Role.MEMBER,
        invited_by=lead,
        token_digest=f"{municipality.pk:064}",
        expires_at=clock.now() + timedelta(days=7),
    )
    message = Message.objects.create(
        key=f"access:{municipality.schema_name}",
        kind="programs.invitation",
        schema_name=municipality.schema_name,
        email=f"{canary}@example.org",
        language="en-gb",
        subject=f"Subject {canary}",
        text=f"Text {canary}",
        due_at=clock.now(),
        leave_by=clock.now(),
    )
    with tenant_context(municipality):
        entry = record(f"{municipality.schema_name}.tested", actor=lead, target=municipality, reason=canary)
    return {"invitation": invitation, "message": message, "entry": entry, "membership": lead.memberships.get()}
