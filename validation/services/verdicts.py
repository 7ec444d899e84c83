"""What validation comes to: the findings behind each change of the brief, and the verdict on the challenge."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from challenges.services.moves import end
from challenges.services.trail import note
from programs.actors import Actor
from programs.enums import Ending
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused
from validation.enums import ChallengeVerdict
from validation.models import BriefChange, Finding, Verdict
from validation.permissions import may_judge, may_validate
from validation.queries.changes import changes, field_label
from validation.services.surveys import close_all


@transaction.atomic
def explain_change(challenge: Challenge, *, actor: Actor, field: str, findings: Collection[Finding]) -> None:
    """Say which findings stand behind a changed part of the brief, in place of those that stood there.

    Args:
        challenge: whose brief.
        actor: who writes it.
        field: the part, one of `TEXT_FIELDS`, that differs from before validation.
        findings: of the same challenge; none takes them all away.
    """
    may_validate(actor, challenge).enforce()
    Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if field not in {change.field for change in changes([challenge])[challenge.pk]}:
        raise Refused(_("This part of the brief did not change."))
    if any(finding.challenge_id != challenge.pk for finding in findings):
        raise Refused(_("This belongs to another challenge."), field="findings")
    challenge.brief_changes.filter(field=field).exclude(finding__in=findings).delete()
    for finding in findings:
        BriefChange.objects.get_or_create(challenge=challenge, field=field, finding=finding)
    note("brief_change.explained", challenge, actor=actor.user, data={"field": field_label(field)})


@transaction.atomic
def give_verdict(challenge: Challenge, *, actor: Actor, verdict: ChallengeVerdict, rationale: str) -> Verdict:
    """Say what validation found of the challenge as a whole; a later verdict takes the place of an earlier one.

    `rejected` ends the way of the challenge; everything in it stays to be read, and its surveys close.

    Raises Http404 or Forbidden for those who may not, Conflict if it has ended meanwhile, Refused without a rationale.
    """
    may_judge(actor, challenge).enforce()
    locked = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if not locked.is_under_way or locked.stage != challenge.stage:
        raise Conflict(_("Somebody else moved or ended this challenge in the meantime."))
    if not rationale.strip():
        raise Refused(_("Say why, for the record."), field="rationale")
    values = {"verdict": verdict, "rationale": rationale.strip(), "by": actor.user, "at": clock.now()}
    given, _made = Verdict.objects.update_or_create(challenge=locked, defaults=values)
    note("verdict.given", locked, actor=actor.user, reason=rationale.strip(), data={"verdict": verdict.value})
    if verdict == ChallengeVerdict.REJECTED:
        close_all(locked, actor=actor.user)
        end(locked, ending=Ending.REJECTED, actor=actor.user, reason=rationale.strip())
    return given
