"""The portal: calls, questions, publishing."""

from typing import Any, Final

from django.db import transaction
from django_tenants.utils import tenant_context

from programs.enums import Stage
from programs.models import Municipality
from tech4muni.core import clock
from tests.access.answers import MUNICIPALITY, PUBLIC, NamedPage, Row, everyone, inside, managers, writers
from tests.access.world import CANARIES, World
from tests.factories.challenges import fill_brief, make_challenge
from tests.factories.market import make_call, make_question


def call_of(world: World) -> dict[str, Any]:
    """Name the municipality's call on the portal."""
    return {"call_id": world.rows[world.here.schema_name]["call"].public_id}


def published_of(world: World) -> dict[str, Any]:
    """Name the challenge that is published."""
    return {"challenge_id": world.rows[world.here.schema_name]["call_challenge"].public_id}


def unpublished_of(world: World) -> dict[str, Any]:
    """Name the challenge that could be published."""
    return {"challenge_id": world.rows[world.here.schema_name]["unpublished"].public_id}


def question_of(world: World) -> dict[str, Any]:
    """Name an open question about the published challenge."""
    return published_of(world) | {"question_id": world.rows[world.here.schema_name]["question"].public_id}


ROWS: Final[list[Row]] = [
    Row(PUBLIC, "market:calls", everyone(200), everyone(405)),
    Row(PUBLIC, "market:calls_feed", everyone(200), everyone(405)),
    Row(PUBLIC, "market:call", everyone(200), everyone(405), call_of),
    Row(PUBLIC, "market:ask", everyone(200), everyone(422), call_of),
    Row(MUNICIPALITY, "market:call_overview", inside(200), inside(405), published_of),
    Row(MUNICIPALITY, "market:call_publish", managers(200), managers(422), unpublished_of),
    Row(MUNICIPALITY, "market:call_join", managers(200), managers(422), unpublished_of),
    Row(MUNICIPALITY, "market:call_deadline", managers(200), managers(422), published_of),
    Row(MUNICIPALITY, "market:call_withdraw", managers(200), managers(422), published_of),
    Row(MUNICIPALITY, "market:call_answer", writers(200), writers(422), question_of),
    Row(MUNICIPALITY, "market:call_hide", writers(200), writers(422), question_of),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(PUBLIC, "market:calls", "nobody"),
    NamedPage(PUBLIC, "market:call", "nobody"),
    NamedPage(PUBLIC, "market:ask", "nobody"),
    NamedPage(MUNICIPALITY, "market:call_overview", "lead"),
    NamedPage(MUNICIPALITY, "market:call_publish", "lead"),
    NamedPage(MUNICIPALITY, "market:call_answer", "member"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make a call, and a challenge that could be published.

    What stands on the portal is everybody's, and so without the canary; who asked, what is not answered yet and what
    is hidden carry it.
    """
    canary = CANARIES[municipality.schema_name]
    with tenant_context(municipality), transaction.atomic():
        published = make_challenge(municipality, title="Light in the old town", stage=Stage.MAPPING)
        unpublished = make_challenge(municipality, title=f"Noise {canary}", stage=Stage.MAPPING)
        fill_brief(unpublished)
    call = make_call(municipality, published)
    make_question(call, answer="Yes.", email=f"{canary}@example.org")
    make_question(call, text=f"Rude {canary}", hidden_at=clock.now())
    return {
        "call": call,
        "call_challenge": published,
        "unpublished": unpublished,
        "question": make_question(call, text=f"Open {canary}?"),
    }
