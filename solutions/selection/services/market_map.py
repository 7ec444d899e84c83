"""What a team does on its market map."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from challenges.services.trail import note
from programs.actors import Actor
from solutions.selection.enums import Fit, LeadKind
from solutions.selection.models import Lead, LeadFit, ReceivedApplication, Requirement
from solutions.selection.permissions import may_map
from solutions.selection.queries.market_map import fits_of, lead_for
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused

PROFILE: Final = ("kind", "name", "company_name", "website", "country")
NOTES: Final = ("sector", "from_elsewhere", "readiness", "source", "notes")
MOST_REQUIREMENTS: Final = 20


@transaction.atomic
def add_lead(challenge: Challenge, *, actor: Actor, changes: Mapping[str, Any]) -> Lead:
    """Put a solution that was scouted or suggested on the map."""
    may_map(actor, challenge).enforce()
    lead = Lead.objects.create(challenge=challenge, by=actor.user, **_known(changes, (*PROFILE, *NOTES)))
    note("lead.added", challenge, actor=actor.user, target=lead)
    return lead


@transaction.atomic
def edit_lead(lead: Lead, *, actor: Actor, changes: Mapping[str, Any], version: str) -> Lead:
    """Change a solution on the map; of one that applied only what the team writes beside it.

    Args:
        lead: which one.
        actor: who writes.
        changes: by field.
        version: `version_of` the lead when the person saw it; Conflict if it has changed since.
    """
    locked = _locked(lead, actor, version)
    names = NOTES if locked.kind == LeadKind.APPLIED else (*PROFILE, *NOTES)
    for name, value in _known(changes, names).items():
        setattr(locked, name, value)
    locked.updated_at = clock.now()
    locked.save(update_fields=[*names, "updated_at"])
    _note(locked, actor, "lead.edited", "application.mapped")
    return locked


@transaction.atomic
def judge_lead(lead: Lead, *, actor: Actor, fits: Mapping[int, Fit], version: str) -> None:
    """Say how a lead meets the requirements.

    Args:
        lead: which one.
        actor: who judges.
        fits: by the requirement's key; requirements that are gone by now are left out.
        version: `version_of` the lead when the person saw it; Conflict if it has changed since.
    """
    locked = _locked(lead, actor, version)
    present = fits_of(locked)
    for requirement in locked.challenge.requirements.all():
        fit = fits.get(requirement.pk)
        if fit is not None and present.get(requirement.pk, Fit.UNKNOWN) != fit:
            LeadFit.objects.update_or_create(lead=locked, requirement=requirement, defaults={"fit": fit})
    locked.updated_at = clock.now()
    locked.save(update_fields=["updated_at"])
    _note(locked, actor, "lead.judged", "application.judged")


@transaction.atomic
def add_requirement(challenge: Challenge, *, actor: Actor, text: str, must: bool) -> Requirement:
    """Add something that solutions are compared by."""
    may_map(actor, challenge).enforce()
    locked = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if locked.requirements.count() >= MOST_REQUIREMENTS:
        raise Refused(_("There are enough requirements: remove one first."), field="text")
    if locked.requirements.filter(text__iexact=text).exists():
        raise Refused(_("This requirement is there already."), field="text")
    requirement = Requirement.objects.create(challenge=locked, text=text, must=must)
    note("requirement.added", locked, actor=actor.user, target=requirement)
    return requirement


@transaction.atomic
def remove_requirement(requirement: Requirement, *, actor: Actor) -> None:
    """Take a requirement away, with what was judged by it."""
    challenge = requirement.challenge
    may_map(actor, challenge).enforce()
    locked = Requirement.objects.select_for_update(of=("self",)).filter(pk=requirement.pk).first()
    if locked is None:
        raise Conflict(_("Somebody else removed it in the meantime."))
    note("requirement.removed", challenge, actor=actor.user, target=locked)
    locked.delete()


def version_of(lead: Lead) -> str:
    """Return what tells whether a lead has changed since somebody saw it."""
    return lead.updated_at.isoformat()


def _known(changes: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: changes[name] for name in names if name in changes}


def _locked(lead: Lead, actor: Actor, version: str) -> Lead:
    may_map(actor, lead.challenge).enforce()
    locked = Lead.objects.select_for_update(of=("self",)).get(pk=lead_for(actor, lead.challenge, lead.public_id).pk)
    if version_of(locked) != version:
        raise Conflict(_("Somebody else changed this in the meantime: look at it again, then save."))
    return locked


def _note(lead: Lead, actor: Actor, verb: str, applied_verb: str) -> None:
    """Write the trail; of a lead that applied it names the application, without the company."""
    if lead.release_id is None:
        note(verb, lead.challenge, actor=actor.user, target=lead)
        return
    received = ReceivedApplication.objects.filter(release_id=lead.release_id).order_by("-round").first()
    note(applied_verb, lead.challenge, actor=actor.user, target=received)
