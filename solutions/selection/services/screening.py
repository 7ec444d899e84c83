"""What the team makes of received applications, before the panel judges them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from challenges.models import Challenge
from challenges.services.trail import note
from programs.actors import Actor
from solutions.market.models import Release
from solutions.market.services.releases import take
from solutions.selection.models import ReceivedApplication
from solutions.selection.permissions import may_invite, may_screen_application
from solutions.selection.queries.received import counted, intake_of, seen_of
from solutions.selection.services.receiving import settle
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.permissions import Decision

Ask = Callable[[ReceivedApplication], Decision]


class ScreeningStep(StrEnum):
    """What can be made of one application."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    ASK_MORE = "ask_more"
    SHORTLIST = "shortlist"
    TAKE_OFF = "take_off"
    INVITE = "invite"


@dataclass(frozen=True, slots=True)
class Taken:
    """How a step is named in the market, and in the trail."""

    transition: str
    verb: str
    needs_text: bool = False


STEPS: Final = {
    ScreeningStep.ELIGIBLE: Taken("find_eligible", "application.found_eligible"),
    ScreeningStep.INELIGIBLE: Taken("find_ineligible", "application.found_ineligible", needs_text=True),
    ScreeningStep.ASK_MORE: Taken("ask_for_more", "application.asked_for_more", needs_text=True),
    ScreeningStep.SHORTLIST: Taken("shortlist", "application.shortlisted"),
    ScreeningStep.TAKE_OFF: Taken("take_off_shortlist", "application.taken_off_shortlist"),
    ScreeningStep.INVITE: Taken("invite", "application.invited"),
}


def possible_steps(release: Release) -> list[ScreeningStep]:
    """Return the steps that the state of an application allows, but for inviting."""
    methods = {step: getattr(release, taken.transition) for step, taken in STEPS.items()}
    return [step for step, method in methods.items() if step != ScreeningStep.INVITE and can_proceed(method)]


@transaction.atomic
def screen(
    received: ReceivedApplication, step: ScreeningStep, *, actor: Actor, seen_round: int, text: str = ""
) -> None:
    """Take a step with one application.

    Args:
        received: its latest round.
        step: which one; inviting has a service of its own.
        actor: who decides.
        seen_round: the round that the person has read.
        text: what the company is told; wanted where it is found not eligible, or asked for more.

    Raises Refused without a text that is wanted, Conflict if the company has sent another round in the meantime or the
    application is in a state that does not allow the step.
    """
    if received.round != seen_round:
        raise Conflict(_("The company has sent a new version in the meantime: read it first."))
    if STEPS[step].needs_text and not text.strip():
        raise Refused(_("Write what the company is told."), field="text")
    _take(received.challenge, [received], step, ask=_may_screen(actor, received.challenge), actor=actor, text=text)


@transaction.atomic
def screen_all(
    challenge: Challenge, chosen: Sequence[ReceivedApplication], step: ScreeningStep, *, actor: Actor
) -> None:
    """Take a step with several applications, all or none: Conflict names the first that does not allow it."""
    if not chosen:
        raise Refused(_("Choose at least one application."))
    _take(challenge, chosen, step, ask=_may_screen(actor, challenge), actor=actor)


@transaction.atomic
def invite_all(challenge: Challenge, chosen: Sequence[ReceivedApplication], *, actor: Actor) -> None:
    """Take the step of inviting: see `invitations.invite`."""

    def ask(received: ReceivedApplication) -> Decision:
        return _may_screen(actor, challenge)(received) and may_invite(actor, challenge)

    _take(challenge, chosen, ScreeningStep.INVITE, ask=ask, actor=actor)


def _may_screen(actor: Actor, challenge: Challenge) -> Ask:
    intake = intake_of(challenge)
    return lambda received: may_screen_application(actor, challenge, seen_of(actor, received, intake))


def _take(
    challenge: Challenge,
    chosen: Sequence[ReceivedApplication],
    step: ScreeningStep,
    *,
    ask: Ask,
    actor: Actor,
    text: str = "",
) -> None:
    """Take a step with all, then write the trail: whoever writes there must not wait for an application any more."""
    taken = STEPS[step]
    for received in sorted(chosen, key=lambda row: row.release_id):
        ask(received).enforce()
        try:
            take(received.release_id, taken.transition, note=text.strip())
        except Conflict as conflict:
            raise Conflict(f"{received.company_name}: {conflict.message}") from conflict
        if not counted(challenge).filter(pk=received.pk).exists():  # asked again now that the public row is locked
            raise Conflict(_("The company has sent a new version in the meantime: read it first."))
    for received in chosen:
        note(
            taken.verb,
            challenge,
            actor=actor.user,
            target=received,
            data={"told": text.strip()} if text.strip() else {},
        )
    settle(challenge)
