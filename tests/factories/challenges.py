"""Programs and challenges."""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from challenges.enums import Aim, TextState
from challenges.models import (
    TEXT_FIELDS,
    Brief,
    BriefText,
    Challenge,
    EvaluationCriterion,
    Figure,
    SuccessMetric,
)
from challenges.services import moves
from programs.actors import Actor
from programs.cohorts import services as cohorts
from programs.cohorts.models import Brand, Program
from programs.enums import MoveKind, Role, Stage
from programs.models import Membership, Municipality
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.factories.people import make_member

_numbers = itertools.count(1)


def make_brand(**fields: Any) -> Brand:
    """Make a brand; its name is unique unless given."""
    fields = {"name": f"Brand {next(_numbers)}", "sender_name": "Tech4Muni", **fields}
    return cohorts.save_brand(Brand(), actor=None, changes=fields)


def make_program(*municipalities: Municipality, starts_at: datetime | None = None, **fields: Any) -> Program:
    """Make a program in which these municipalities take part, with a window of four weeks for each stage.

    Args:
        municipalities: who takes part.
        starts_at: when the first window opens; now if None.
        fields: of the program.
    """
    values: dict[str, Any] = {
        "names": {"en-gb": f"Program {next(_numbers)}"}, "country": "MK", "languages": ["mk", "en-gb"],
        "time_zone": "Europe/Skopje", **fields,
    }  # fmt: skip
    if "brand" not in values:
        values["brand"] = make_brand()
    program = cohorts.save_program(Program(), actor=None, changes=values)
    opens_at = starts_at or clock.now()
    for stage in Stage:
        closes_at = opens_at + timedelta(weeks=4)
        cohorts.set_window(program, stage, actor=None, opens_at=opens_at, closes_at=closes_at)
        opens_at = closes_at
    for municipality in municipalities:
        cohorts.join(program, municipality, actor=None)
    return program


def acting_as(user: User, municipality: Municipality) -> Actor:
    """Return the actor that a member of a municipality is there."""
    membership = Membership.objects.get(user=user, municipality=municipality, ended_at__isnull=True)
    return Actor(user=user, municipality=municipality, role=Role(membership.role))


def make_challenge(
    municipality: Municipality,
    *,
    title: str = "",
    stage: Stage = Stage.CHALLENGE,
    program: Program | None = None,
    actor: Actor | None = None,
    **fields: Any,
) -> Challenge:
    """Begin a challenge in the municipality's schema, which must be active, and put it into a stage.

    Later stages are written into its rows as they are: what belongs to earlier ones is for other factories to make.
    """
    acting = actor or acting_as(make_member(municipality, Role.LEAD), municipality)
    challenge = moves.begin(
        municipality, actor=acting, title=title or f"Challenge {next(_numbers)}", program=program, **fields
    )
    for _step in range(stage.number - 1):
        challenge = force_on(challenge)
    return challenge


def force_on(challenge: Challenge) -> Challenge:
    """Move a challenge to its next stage whatever its gate says, as a coordinator on a visit would."""
    following = Stage(challenge.stage).following
    assert following is not None
    return moves._move(challenge, following, kind=MoveKind.EARLY, actor=None, reason="made for a test")


def fill_brief(challenge: Challenge, *languages: str) -> Brief:
    """Give a challenge a complete and approved brief, in these languages (British English if none is named)."""
    brief = challenge.brief
    titles = {text.language: text.title for text in brief.texts.all()}
    for language in languages or ("en-gb",):
        texts = {name: f"{name} in {language}" for name in TEXT_FIELDS}
        texts["title"] = titles.get(language) or challenge.title
        texts["question"] = f"How might we solve {challenge.title}?"
        BriefText.objects.update_or_create(
            brief=brief, language=language, defaults={**texts, "state": TextState.APPROVED}
        )
    brief.texts.exclude(language__in=languages or ("en-gb",)).delete()
    names = {"en-gb": "Bins emptied when nearly empty"}
    Figure.objects.create(brief=brief, names=names, value=Decimal(50), unit="%", source="Waste department, 2026")
    SuccessMetric.objects.create(
        brief=brief, names=names, unit="%", aim=Aim.LESS, baseline_how="Sensors in 40 bins", baseline_who="IT"
    )
    for label, weight in (("Fit to the challenge", 50), ("Cost over five years", 30), ("Team", 20)):
        EvaluationCriterion.objects.create(brief=brief, names={"en-gb": label}, weight=weight)
    brief.pilot_budget, brief.pilot_weeks = Decimal(20000), 12
    brief.decision_on = clock.now().date() + timedelta(weeks=20)
    brief.contact_name, brief.contact_email = "Ana Petrova", "ana@example.org"
    brief.submit()
    brief.approve()
    brief.save()
    return brief
