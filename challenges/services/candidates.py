"""Candidates: added, rated, and one of them chosen, which begins a challenge."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.models import BriefText, Candidate, CandidateRating, Card, Challenge, Citation, Workshop
from challenges.permissions import may_begin, may_rate
from challenges.queries.candidates import QUESTIONS
from challenges.services.moves import begin
from challenges.services.trail import note
from programs.actors import Actor
from programs.cohorts.models import JointChallenge
from programs.cohorts.queries import program_of
from programs.models import Municipality
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused


@transaction.atomic
def add_candidate(
    *, actor: Actor, title: str, problem: str, workshop: Workshop | None = None, cards: Iterable[Card] = ()
) -> Candidate:
    """Add a problem that might become the challenge, with the cards that it rests on."""
    may_begin(actor).enforce()
    candidate = Candidate.objects.create(title=title, problem=problem, workshop=workshop)
    candidate.cards.set(cards)
    record("candidate.added", actor=actor.user, target=candidate)
    return candidate


@transaction.atomic
def edit_candidate(
    candidate: Candidate,
    *,
    actor: Actor,
    seen: datetime,
    title: str,
    problem: str,
    workshop: Workshop | None,
    cards: Iterable[Card],
) -> Candidate:
    """Change a candidate that was not chosen yet; raises Conflict if it was, or was changed after `seen`."""
    may_begin(actor).enforce()
    locked = _open_candidate(candidate)
    if locked.updated_at != seen:
        raise Conflict(_("Somebody else changed this candidate in the meantime."))
    locked.title, locked.problem, locked.workshop = title, problem, workshop
    locked.updated_at = clock.now()
    locked.save(update_fields=["title", "problem", "workshop", "updated_at"])
    locked.cards.set(cards)
    record("candidate.edited", actor=actor.user, target=locked)
    return locked


@transaction.atomic
def rate(candidate: Candidate, *, actor: Actor, stars: Mapping[str, int]) -> CandidateRating:
    """Say what one thinks of a candidate, or say it anew.

    Args:
        candidate: which one; Conflict is raised if it has been chosen.
        actor: whose opinion.
        stars: for each of `QUESTIONS` 1 to 5.
    """
    may_rate(actor).enforce()
    locked = _open_candidate(candidate)
    if set(stars) != set(QUESTIONS) or not all(1 <= value <= 5 for value in stars.values()):
        raise Refused(_("Rate all four from 1 to 5."))
    rating, _made = CandidateRating.objects.update_or_create(candidate=locked, user=actor.user, defaults=dict(stars))
    record("candidate.rated", actor=actor.user, target=locked)
    return rating


@transaction.atomic
def choose(
    candidate: Candidate,
    *,
    actor: Actor,
    title: str,
    joint: JointChallenge | None = None,
    owner: User | None = None,
) -> Challenge:
    """Make a candidate the challenge: begin it with the candidate's problem and cards.

    Of many who choose at once one does; the others get Conflict.
    """
    may_begin(actor).enforce()
    locked = _open_candidate(candidate)
    challenge = _begin(actor, title, joint, owner)
    locked.challenge, locked.updated_at = challenge, clock.now()
    locked.save(update_fields=["challenge", "updated_at"])
    _write_down(locked, challenge, _municipality(actor).languages[0])
    note("candidate.chosen", challenge, actor=actor.user, target=locked)
    return challenge


@transaction.atomic
def begin_directly(
    *, actor: Actor, title: str, joint: JointChallenge | None = None, owner: User | None = None
) -> Challenge:
    """Begin a challenge that was no candidate."""
    may_begin(actor).enforce()
    return _begin(actor, title, joint, owner)


def _begin(actor: Actor, title: str, joint: JointChallenge | None, owner: User | None) -> Challenge:
    municipality = _municipality(actor)
    program = program_of(municipality)
    if joint is not None and (program is None or joint.program_id != program.pk):
        raise Refused(_("This joint challenge belongs to another program."), field="joint")
    return begin(municipality, actor=actor, title=title, program=program, joint=joint, owner=owner)


def _write_down(candidate: Candidate, challenge: Challenge, language: str) -> None:
    """Begin the brief with what the candidate says."""
    brief = challenge.brief
    BriefText.objects.filter(brief=brief, language=language).update(problem=candidate.problem)
    Citation.objects.bulk_create(
        Citation(brief=brief, field="problem", card=card) for card in candidate.cards.order_by("pk")
    )


def _open_candidate(candidate: Candidate) -> Candidate:
    locked = Candidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    if locked.challenge_id is not None:
        raise Conflict(_("This candidate was chosen in the meantime."))
    return locked


def _municipality(actor: Actor) -> Municipality:
    if actor.municipality is None:
        raise Refused(_("Challenges begin on the host of a municipality."))
    return actor.municipality
