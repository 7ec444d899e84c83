"""The panel: who scores, until when, and which applications."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from challenges.services.trail import note
from programs.actors import Actor
from programs.enums import Role
from programs.models import Municipality
from programs.people.queries import membership_of
from programs.timing.services import set_deadline, withdraw_deadlines
from solutions.selection.enums import Pool
from solutions.selection.models import PanelMember, Scorecard, SelectionRound
from solutions.selection.permissions import may_lead_selection
from solutions.selection.queries.panel import panel_of
from solutions.selection.services.conflicts import derive_conflicts
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.languages import in_each_language

SCORERS = frozenset({Role.LEAD, Role.MEMBER, Role.EVALUATOR, Role.APPROVER})


@transaction.atomic
def name_member(challenge: Challenge, *, actor: Actor, user: User) -> PanelMember:
    """Let somebody of the municipality score; what is known of their conflicts is noted at once.

    Raises Refused for people who do not work here or only read, Conflict if they are on the panel already.
    """
    may_lead_selection(actor, challenge).enforce()
    membership = membership_of(user, municipality_of(actor))
    if membership is None or membership.role not in SCORERS:
        raise Refused(_("Only people who work in this municipality, viewers apart, can score."), field="user")
    selection = locked_round(challenge)
    if selection.closed_at is not None:
        raise Refused(_("Scoring is closed."))
    member, made = PanelMember.objects.get_or_create(challenge=challenge, user=user, defaults={"added_at": clock.now()})
    if not made:
        raise Conflict(_("This person is on the panel already."))
    derive_conflicts(challenge)
    note("panel_member.named", challenge, actor=actor.user, data={"person": str(user)})
    if selection.scores_due_at is not None:
        _set_deadline(challenge, municipality_of(actor), member, selection.scores_due_at)
    return member


@transaction.atomic
def remove_member(member: PanelMember, *, actor: Actor) -> None:
    """Take somebody off the panel; raises Refused if they have begun to score."""
    challenge = member.challenge
    may_lead_selection(actor, challenge).enforce()
    locked_round(challenge)
    if Scorecard.objects.filter(received__challenge=challenge, user=member.user).exists():
        raise Refused(_("This person has scored already, and what they wrote stays on record."))
    note("panel_member.removed", challenge, actor=actor.user, data={"person": str(member.user)})
    withdraw_deadlines(keys=[scores_key(challenge, member.user_id)])
    member.delete()


@transaction.atomic
def plan(challenge: Challenge, *, actor: Actor, scores_due_at: datetime, pool: Pool) -> SelectionRound:
    """Say which applications are scored, and by when: every member of the panel gets a deadline.

    Raises Refused for an instant that is over, or once scoring is closed.
    """
    may_lead_selection(actor, challenge).enforce()
    selection = locked_round(challenge)
    if selection.closed_at is not None:
        raise Refused(_("Scoring is closed."))
    if scores_due_at <= clock.now():
        raise Refused(_("Choose a time that is still to come."), field="scores_due_at")
    before = {"pool": selection.pool, "due": str(selection.scores_due_at or "")}
    selection.scores_due_at, selection.pool, selection.updated_at = scores_due_at, pool, clock.now()
    selection.save(update_fields=["scores_due_at", "pool", "updated_at"])
    for member in panel_of(challenge):
        _set_deadline(challenge, municipality_of(actor), member, scores_due_at)
    data = {"pool": pool.value, "due": scores_due_at.isoformat(), "before": before}
    note("scoring.planned", challenge, actor=actor.user, data=data)
    return selection


def locked_round(challenge: Challenge) -> SelectionRound:
    """Return the round of a challenge, locked; raises Refused before it is prepared."""
    selection = SelectionRound.objects.select_for_update(of=("self",)).filter(challenge=challenge).first()
    if selection is None:
        raise Refused(_("Take the criteria over from the call first."))
    return selection


def scores_key(challenge: Challenge, user_id: int) -> str:
    """Return the key of the deadline by which somebody scores."""
    return f"scores:{challenge.public_id}:{user_id}"


def municipality_of(actor: Actor) -> Municipality:
    """Return where the actor is; services of this app run on a municipality's host alone."""
    if actor.municipality is None:
        raise LookupError("This actor is on no municipality's host.")
    return actor.municipality


def _set_deadline(challenge: Challenge, municipality: Municipality, member: PanelMember, due_at: datetime) -> None:
    set_deadline(
        scores_key(challenge, member.user_id),
        label=in_each_language(lambda: gettext("Score the applications: %(challenge)s") % {"challenge": challenge}),
        due_at=due_at,
        time_zone=municipality.time_zone,
        municipality=municipality,
        program=challenge.program,
        challenge_id=challenge.public_id,
        owner=member.user,
        path=reverse("selection:evaluation_scores", urlconf="tech4muni.urls_tenant", args=[challenge.public_id]),
    )
