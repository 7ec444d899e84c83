"""A pilot begins with an application that was selected, and with the KPIs that the call asked for."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from pilots.enums import PilotSide
from pilots.models import Kpi, Pilot
from pilots.permissions import Seat, may_begin_pilot
from pilots.services.common import put_on_record, tell_side
from programs.actors import Actor
from solutions.market.enums import ReleaseState
from solutions.market.models import Call, PilotEntry, Release
from tech4muni.core.errors import Conflict, Refused


@transaction.atomic
def begin_pilot(challenge: Challenge, *, release: Release, actor: Actor) -> Pilot:
    """Begin a pilot with a selected application: its plan is still to be written.

    Args:
        challenge: whose municipality's schema is active.
        release: the application in this municipality's hands.
        actor: a writer of the municipality.

    Raises Http404 or Forbidden for others, Refused if the application was not selected for this challenge, Conflict if
    a pilot with it has begun.
    """
    challenge = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    may_begin_pilot(actor, challenge).enforce()
    chosen = (
        Release.objects.select_for_update(of=("self",))
        .select_related("application__company", "city__call", "city__municipality")
        .get(pk=release.pk)
    )
    company = chosen.application.company
    if chosen.city.challenge_id != challenge.public_id or chosen.state != ReleaseState.SELECTED or company is None:
        raise Refused(_("A pilot begins with an application that was selected for this challenge."))
    if Pilot.objects.filter(release_id=chosen.public_id).exists():
        raise Conflict(_("The pilot with this company has begun already."))
    call, offer = chosen.city.call, _offer(chosen)
    pilot = Pilot.objects.create(
        challenge=challenge,
        release_id=chosen.public_id,
        company_id=company.public_id,
        company_name=company.name,
        title=challenge.title,
        budget=offer.get("budget"),
        currency=offer.get("currency") or "EUR",
    )
    _carry_metrics(pilot, call)
    titles = {language: text["title"] for language, text in call.content["texts"].items() if text.get("title")}
    PilotEntry.objects.create(
        municipality=chosen.city.municipality,
        company=company,
        call=call,
        pilot_id=pilot.public_id,
        label=titles or {"en-gb": pilot.title},
        state=pilot.state,
    )
    seat = Seat(PilotSide.CITY, actor)
    put_on_record("pilot.begun", pilot, seat, data={"company": company.name})
    tell_side(pilot, PilotSide.COMPANY, what=_("Your pilot begins. Write its plan together."), event="begun")
    return pilot


def _carry_metrics(pilot: Pilot, call: Call) -> None:
    """Take over what success is measured by, unchanged: unit, direction, names and id."""
    Kpi.objects.bulk_create(
        Kpi(
            pilot=pilot,
            metric_id=metric["id"],
            names=metric["names"],
            unit=metric["unit"],
            aim=metric["aim"],
            how=" · ".join(filter(None, (metric.get("baseline_how"), metric.get("baseline_who"))))[:500],
        )
        for metric in call.content["metrics"]
    )


def _offer(release: Release) -> Mapping[str, Any]:
    """What the call offered for a pilot: the city's own annex before the common brief."""
    common: Mapping[str, Any] = release.city.call.content.get("pilot") or {}
    own: Mapping[str, Any] = release.city.annex.get("pilot") or {}
    return {**common, **own}
