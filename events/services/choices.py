"""What a delegation wants of the others: seen by its own people alone."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.enums import Choice, Side
from events.models import Delegation, Event, Preference
from events.permissions import may_choose
from events.queries.seats import seat_at
from events.services import trail
from events.services.choosing import meet_choice_deadline
from programs.actors import Actor
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Refused


@transaction.atomic
def save_choices(delegation: Delegation, *, actor: Actor, choices: Mapping[UUID, Choice], version: int) -> Delegation:
    """Keep what a delegation chose; those of the other side that are not named stay as they were.

    The event's row is held, so that nothing is chosen while choices close.

    Args:
        delegation: who chooses.
        actor: somebody who writes for it.
        choices: by public id of a delegation of the other side.
        version: of the choices that the person saw.

    Raises Http404 or Forbidden for others and when choices are not open, Refused for somebody who is not on the other
    side, and Conflict if a colleague chose in the meantime.
    """
    event = Event.objects.select_for_update(of=("self",), no_key=True).get(pk=delegation.event_id)
    row = Delegation.objects.select_for_update(of=("self",)).select_related("event").get(pk=delegation.pk)
    seat, _own = seat_at(actor, row)
    may_choose(seat, event, clock.now()).enforce()
    if row.choices_version != version:
        raise Conflict(_("A colleague of yours chose in the meantime."))
    others = event.delegations.exclude(side=row.side)
    known = {other.public_id: other for other in others}
    if unknown := set(choices) - set(known):
        raise Refused(_("%(count)d of these are not at this event.") % {"count": len(unknown)})
    for other, choice in choices.items():
        values = {"choice": choice, "updated_at": clock.now()}
        Preference.objects.update_or_create(chooser=row, chosen=known[other], defaults=values)
    row.choices_version += 1
    row.chosen_at = row.updated_at = clock.now()
    row.save(update_fields=["choices_version", "chosen_at", "updated_at"])
    count = row.preferences.count()
    trail.note("choices.saved", row, actor=actor, target=row, data={"count": count})
    if row.side == Side.CITY and count >= len(known):
        meet_choice_deadline(row)
    return row
