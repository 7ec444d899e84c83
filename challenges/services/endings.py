"""A challenge that its municipality gives up."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from challenges.enums import BriefState
from challenges.models import Challenge
from challenges.permissions import may_withdraw
from challenges.services.briefs import locked_brief, touch
from challenges.services.moves import end
from programs.actors import Actor
from programs.enums import Ending
from tech4muni.core.errors import Refused


@transaction.atomic
def withdraw(challenge: Challenge, *, actor: Actor, reason: str) -> Challenge:
    """End the way of a challenge for good, with a reason on record; its open deadlines go.

    Raises Refused while its brief stands on the portal, Conflict if it has ended already.
    """
    may_withdraw(actor, challenge).enforce()
    if not reason.strip():
        raise Refused(_("Say why, for the record."), field="reason")
    ended = end(challenge, ending=Ending.WITHDRAWN, actor=actor.user, reason=reason.strip())
    brief = locked_brief(challenge)
    if brief.state == BriefState.PUBLISHED:
        raise Refused(_("Companies can still apply for this challenge: close its call first."))
    if can_proceed(brief.withdraw):
        brief.withdraw()
        touch(brief, "state")
    return ended
