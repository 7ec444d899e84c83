"""Challenges that took place before this platform, from public records: kept with their source, without mails."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from challenges.models import Brief, BriefText, Challenge, StageMove
from challenges.services.trail import note
from programs.cohorts.models import JointChallenge, Program, Progress
from programs.enums import Ending, MoveKind, Stage
from programs.models import Municipality
from tech4muni.core import clock


@transaction.atomic
def keep_past(
    municipality: Municipality,
    *,
    key: str,
    program: Program,
    texts: Mapping[str, str],
    language: str,
    stage: Stage,
    ending: Ending,
    sources: Sequence[str],
    joint: JointChallenge | None = None,
) -> Challenge | None:
    """Keep a past challenge in the municipality's schema, which is active; None if it was kept before.

    Args:
        municipality: whose it was.
        key: of its record; the same one is kept once.
        program: the edition that it belonged to.
        texts: what is known of its brief, by the names of BriefText's fields; `title` at least.
        language: of the texts.
        stage: how far it came, as far as is known.
        ending: how it ended.
        sources: addresses of the public pages that say so.
        joint: the joint challenge that it was part of.
    """
    if Progress.objects.filter(import_key=key).exists():
        return None
    now = clock.now()
    challenge = Challenge.objects.create(
        title=texts["title"][:200],
        titles={language: texts["title"][:200]},
        program=program,
        joint=joint,
        stage=stage,
        stage_since=now,
        ended_at=now,
        ending=ending,
    )
    brief = Brief.objects.create(challenge=challenge)
    BriefText.objects.create(brief=brief, language=language, **texts)
    progress = Progress.objects.create(
        municipality=municipality,
        program=program,
        joint=joint,
        challenge_id=challenge.public_id,
        label=challenge.titles,
        stage=stage,
        since=now,
        moves=1,
        ended_at=now,
        ending=ending,
        import_key=key,
        sources=list(sources),
    )
    StageMove.objects.create(
        challenge=challenge, number=progress.moves, before="", after=stage, kind=MoveKind.BEGUN, at=now
    )
    note("challenge.imported", challenge, actor=None, data={"sources": list(sources)})
    return challenge
