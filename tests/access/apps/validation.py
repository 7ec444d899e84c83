"""Validation."""

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django_tenants.utils import tenant_context

from challenges.enums import SnapshotReason
from challenges.services.snapshots import keep
from programs.actors import Actor
from programs.enums import Role, Stage
from programs.models import Municipality
from tests.access.answers import MUNICIPALITY, NamedPage, Row, everyone, inside, writers
from tests.access.world import CANARIES, World
from tests.factories.challenges import make_challenge
from tests.factories.validation import (
    make_assumption,
    make_bottleneck,
    make_closed_survey,
    make_direction,
    make_finding,
    make_group,
    make_question,
    make_survey,
    make_talk,
    open_survey,
)
from validation.enums import QuestionKind
from validation.views.records import MODELS

Kwargs = Callable[[World], dict[str, Any]]


def rows(world: World) -> dict[str, Any]:
    """What was made in the municipality that is asked."""
    return world.rows[world.here.schema_name]


def naming(**keys: str) -> Kwargs:
    """Name the challenge in validation, and further rows by their keys in the world."""

    def kwargs(world: World) -> dict[str, Any]:
        made = rows(world)
        return {"challenge_id": made["validated"].public_id} | {
            name: made[f"validation_{key}"].public_id for name, key in keys.items()
        }

    return kwargs


HERE: Final = naming()
DRAFT: Final = naming(survey_id="draft")
OPEN: Final = naming(survey_id="open")
CLOSED: Final = naming(survey_id="closed")
QUESTION: Final = naming(survey_id="draft", question_id="question")


def page(name: str, kwargs: Kwargs) -> Row:
    """A page that everybody inside reads."""
    return Row(MUNICIPALITY, f"validation:{name}", inside(200), inside(405), kwargs)


def written(name: str, post: int, kwargs: Kwargs, get: int = 200) -> Row:
    """A page on which writers change something."""
    return Row(MUNICIPALITY, f"validation:{name}", inside(405) if get == 405 else writers(get), writers(post), kwargs)


def judged(name: str) -> Row:
    """A page of those who give the verdict."""
    shut = {"lead": 200, "visitor": 200}
    return Row(MUNICIPALITY, f"validation:{name}", inside(403, **shut), inside(403, lead=422, visitor=422), HERE)


def token_of(world: World) -> dict[str, Any]:
    """Name the open survey as residents do."""
    return {"token": rows(world)["validation_open"].token}


ROWS: Final[list[Row]] = [
    page("overview", HERE),
    page("engagements", HERE),
    *(
        row
        for noun in MODELS
        for row in (
            written(f"{noun.value}_add", 422, HERE),
            written(f"{noun.value}_edit", 422, naming(row_id=noun.value)),
            written(f"{noun.value}_remove", 302, naming(row_id=noun.value)),
        )
    ),
    written("survey_add", 422, HERE),
    page("survey", DRAFT),
    written("survey_edit", 422, DRAFT),
    written("survey_remove", 302, DRAFT),
    written("survey_open", 302, DRAFT),
    written("survey_close", 302, OPEN),
    written("survey_closing", 302, OPEN),
    page("survey_preview", DRAFT),
    page("survey_sheet", OPEN),
    page("survey_results", CLOSED),
    page("survey_csv", CLOSED),
    written("question_add", 422, DRAFT),
    written("question_edit", 422, QUESTION),
    written("question_remove", 302, QUESTION, get=405),
    written("question_move", 302, QUESTION, get=405),
    page("changes", HERE),
    written("change_explain", 422, lambda world: {**HERE(world), "field": "problem"}),
    judged("verdict"),
    judged("reject"),
    Row(MUNICIPALITY, "validation:answer", everyone(200), everyone(422), token_of),
    Row(MUNICIPALITY, "validation:thanks", everyone(200), everyone(405), token_of),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(MUNICIPALITY, "validation:overview", "lead"),
    NamedPage(MUNICIPALITY, "validation:engagement_edit", "member"),
    NamedPage(MUNICIPALITY, "validation:survey", "member"),
    NamedPage(MUNICIPALITY, "validation:question_edit", "member"),
    NamedPage(MUNICIPALITY, "validation:survey_results", "viewer"),
    NamedPage(MUNICIPALITY, "validation:changes", "lead"),
    NamedPage(MUNICIPALITY, "validation:answer", "nobody"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make a challenge in validation with one of everything, every text with the municipality's canary."""
    canary = CANARIES[municipality.schema_name]
    names: dict[str, Any] = {"names": {"en-gb": f"Name {canary}", "he": f"Name {canary}"}}
    lead = world.people["lead" if municipality == world.here else "elsewhere"]
    actor = Actor(user=lead, municipality=municipality, role=Role.LEAD)
    with transaction.atomic(), tenant_context(municipality):
        challenge = make_challenge(municipality, title=f"Benches {canary}", stage=Stage.VALIDATION, actor=actor)
        challenge.brief.texts.update(problem=f"Before {canary}")
        keep(challenge, SnapshotReason.VALIDATION)
        challenge.brief.texts.update(problem=f"After {canary}")
        group, direction = make_group(challenge, **names), make_direction(challenge, **names)
        assumption = make_assumption(challenge, tested=True, text=f"Assumed {canary}")
        talk = make_talk(
            group, people=6, notes=f"Said {canary}", consent=True, by=lead, opinions={direction: (0, 0, 6)}
        )
        draft, opened = make_survey(challenge, **names), make_survey(challenge, languages=("en-gb", "he"), **names)
        question = make_question(draft, texts={"en-gb": f"Why {canary}?"})
        make_question(
            opened, QuestionKind.TEXT, required=True, texts={"en-gb": f"What {canary}?", "he": f"What {canary}?"}
        )
        open_survey(opened, municipality, actor)
        closed = make_closed_survey(challenge, municipality, direction, {group: (1, 2, 9)})
        made = {
            "group": group, "direction": direction, "assumption": assumption, "engagement": talk,
            "bottleneck": make_bottleneck(challenge, step=f"Step {canary}"),
            "finding": make_finding(challenge, text=f"Found {canary}", assumption=assumption),
            "draft": draft, "question": question, "open": opened, "closed": closed,
        }  # fmt: skip
    return {"validated": challenge} | {f"validation_{key}": row for key, row in made.items()}
