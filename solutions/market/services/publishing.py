"""Publishing a challenge: an approved brief becomes a call in the public schema, a dated snapshot.

In one transaction: the brief's row decides, the snapshot is kept, the call is written, deadlines and due rows are
made, the trail notes it and the outbox tells the team.
"""

from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from challenges.enums import BriefState, SnapshotReason
from challenges.models import Brief, Challenge
from challenges.permissions import may_move_on
from challenges.services.snapshots import content_of, digest_of, keep
from challenges.services.trail import note
from programs.actors import Actor
from programs.enums import Stage
from programs.models import Municipality
from programs.people.messages import tell
from programs.people.queries import members
from programs.timing.services import schedule, set_deadline
from solutions.market.enums import CallState
from solutions.market.mails import CALL_PUBLISHED
from solutions.market.models import Call, CallCity
from solutions.market.queries.calls import (
    call_state,
    call_to_join,
    closing_key,
    decision_key,
    last_moment,
    leads_joint,
)
from tech4muni.accounts.models import User
from tech4muni.core import clock, dates
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.languages import in_each_language

CLOSE: Final = "market.close_call"
ANNEX_TEXTS: Final = ("situation", "constraints", "assets", "pilot_site", "eligibility")
"""What a municipality that joins a call says in its own words."""

LONGEST_GRACE: Final = 120
"""Minutes of grace, at most."""


@transaction.atomic
def publish_call(
    challenge: Challenge,
    *,
    actor: Actor,
    closes_at: datetime,
    opens_at: datetime | None = None,
    grace_minutes: int = 15,
) -> Call:
    """Publish a challenge on the portal; the municipality's schema is active.

    Args:
        challenge: in the stage of mapping, its brief approved.
        actor: a lead, or a coordinator on a visit.
        closes_at: the deadline of applications.
        opens_at: from when applications are taken; at once if None or past.
        grace_minutes: for how long after the deadline they still are, 0 to 120.

    Raises Http404 or Forbidden for others, Conflict if it is published already, Refused with the field that is wrong.
    """
    municipality = _municipality_of(actor, challenge)
    brief = _take_approved(challenge)
    if not leads_joint(challenge, municipality):
        raise Refused(_("This is a joint challenge: its leading municipality publishes the call."))
    now = clock.now()
    opens_at = max(opens_at or now, now)
    content = content_of(challenge, approved_only=True)
    _check(content, opens_at, closes_at, grace_minutes, municipality)
    call = _create(
        program=challenge.program,
        joint=challenge.joint,
        municipality=municipality,
        challenge_id=challenge.public_id,
        content=content,
        digest=digest_of(content),
        opens_at=opens_at,
        closes_at=closes_at,
        grace_minutes=grace_minutes,
        time_zone=municipality.time_zone,
        decision_on=content["decision_on"],
        published_at=now,
    )
    _put_in(call, challenge, brief, municipality, annex={})
    call.refresh_from_db(fields=["decision_on"])
    note("call.published", challenge, actor=actor.user, data={"closes": written(call, closes_at)})
    return call


@transaction.atomic
def join_call(challenge: Challenge, *, actor: Actor) -> CallCity:
    """Join the call of a joint challenge with the municipality's own annex; its schema is active.

    Raises Http404 or Forbidden as publishing does, Conflict if it has joined already, Refused if the leading
    municipality has not published the call, or applications have closed.
    """
    municipality = _municipality_of(actor, challenge)
    brief = _take_approved(challenge)
    call = call_to_join(challenge.joint) if challenge.joint else None
    if challenge.joint is None or leads_joint(challenge, municipality):
        raise Refused(_("There is no call of another municipality to join."))
    if call is None:
        lead = challenge.joint.lead
        raise Refused(_("%(lead)s leads this joint challenge and has not published the call yet.") % {"lead": lead})
    if call_state(call, clock.now()) not in {CallState.UPCOMING, CallState.OPEN}:
        raise Refused(_("It is too late to join: the call takes no more applications."))
    content = content_of(challenge, approved_only=True)
    _check_content(content)
    check_before_decision(content["decision_on"], call.closes_at, call.time_zone)
    annex = {
        "texts": {language: {name: text[name] for name in ANNEX_TEXTS} for language, text in content["texts"].items()},
        **{part: content[part] for part in ("figures", "pilot", "decision_on", "contact")},
    }
    city = _put_in(call, challenge, brief, municipality, annex=annex)
    note("call.joined", challenge, actor=actor.user, data={"lead": str(call.municipality)})
    return city


def plan_dates(city: CallCity) -> None:
    """Make or move the deadlines of a municipality in a call, and the due row that closes its brief."""
    call = city.call
    path, title = path_of(city), _title_of(call)
    common: dict[str, Any] = {
        "municipality": city.municipality, "program": call.program, "challenge_id": city.challenge_id, "path": path,
    }  # fmt: skip
    set_deadline(
        closing_key(city.challenge_id),
        label=in_each_language(lambda: _("Applications close: %(call)s") % {"call": title()}),
        due_at=call.closes_at,
        time_zone=call.time_zone,
        **common,
    )
    ends_at = last_moment(call)
    schedule(
        CLOSE,
        key=f"{CLOSE}:{city.challenge_id}:{ends_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        due_at=ends_at,
        payload={"city": city.pk},
    )


def path_of(city: CallCity) -> str:
    """Return the path of the call's page on the host of one of its municipalities."""
    return f"/challenges/{city.challenge_id}/call/"


def written(call: Call, instant: datetime) -> str:
    """Return an instant for the trail, on the call's clock."""
    return f"{instant.astimezone(ZoneInfo(call.time_zone)):%Y-%m-%d %H:%M} ({call.time_zone})"


def _municipality_of(actor: Actor, challenge: Challenge) -> Municipality:
    may_move_on(actor, challenge).enforce()
    if actor.municipality is None:
        raise Http404
    return actor.municipality


def _take_approved(challenge: Challenge) -> Brief:
    """Lock the brief, which decides who publishes first, and check that it may be published."""
    brief = Brief.objects.select_for_update(of=("self",)).get(challenge=challenge)
    if brief.state in {BriefState.PUBLISHED, BriefState.CLOSED, BriefState.WITHDRAWN}:
        raise Conflict(_("This challenge was published already."))
    locked = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if not locked.is_under_way or locked.stage != Stage.MAPPING:
        raise Refused(_("A challenge is published in the stage of market mapping and applications."))
    if brief.state != BriefState.APPROVED:
        raise Refused(_("The brief has to be approved first."))
    return brief


def _check(content: dict[str, Any], opens_at: datetime, closes_at: datetime, grace: int, here: Municipality) -> None:
    _check_content(content)
    if closes_at <= opens_at:
        raise Refused(_("Applications have to close after they open."), field="closes_at")
    if not 0 <= grace <= LONGEST_GRACE:
        raise Refused(_("Choose 0 to 120 minutes."), field="grace_minutes")
    check_before_decision(content["decision_on"], closes_at, here.time_zone)


def check_before_decision(decision_on: str, closes_at: datetime, zone: str) -> None:
    """Raise Refused if applications would close on or after the day on which a decision is promised."""
    day = date.fromisoformat(decision_on)
    if closes_at.astimezone(ZoneInfo(zone)).date() >= day:
        message = _("The brief promises a decision on %(day)s: applications have to close before that day.")
        raise Refused(message % {"day": dates.day_words(day)}, field="closes_at")


def _check_content(content: dict[str, Any]) -> None:
    if not content["texts"]:
        raise Refused(_("No language of the brief is approved yet."))
    if not content["decision_on"]:
        raise Refused(_("The brief does not say by which day you decide."))


def _create(**values: Any) -> Call:
    """Make the call, unless another one for the same joint challenge was faster."""
    try:
        with transaction.atomic():
            return Call.objects.create(**values)
    except IntegrityError:
        raise Conflict(_("There is a call for this challenge already.")) from None


def _put_in(
    call: Call, challenge: Challenge, brief: Brief, municipality: Municipality, *, annex: dict[str, Any]
) -> CallCity:
    """Put a municipality into a call: its brief is published, its dates are planned, its team is told."""
    keep(challenge, SnapshotReason.PUBLISHED)
    brief.publish()
    brief.version += 1
    brief.updated_at = clock.now()
    brief.save(update_fields=["state", "version", "updated_at"])
    city = CallCity.objects.create(
        call=call, municipality=municipality, challenge_id=challenge.public_id, annex=annex, joined_at=clock.now()
    )
    plan_dates(city)
    _plan_decision(city, annex.get("decision_on") or call.content["decision_on"])
    for membership in members(municipality):
        _tell(city, membership.user)
    return city


def _plan_decision(city: CallCity, decision_on: str) -> None:
    """Make the deadline of the promised decision: the end of its day on the municipality's clock."""
    zone, title = city.municipality.time_zone, _title_of(city.call)
    day = date.fromisoformat(decision_on)
    set_deadline(
        decision_key(city.challenge_id),
        label=in_each_language(lambda: _("Decide on the applications: %(call)s") % {"call": title()}),
        due_at=datetime.combine(day, time(23, 59), ZoneInfo(zone)),
        time_zone=zone,
        municipality=city.municipality,
        program=city.call.program,
        challenge_id=city.challenge_id,
        path=f"/challenges/{city.challenge_id}/",
    )


def _title_of(call: Call) -> Any:
    """Return what tells a call's title in the language that is active then."""
    return lambda: call.title


def _tell(city: CallCity, person: User) -> None:
    tell(
        CALL_PUBLISHED,
        person,
        city.municipality,
        {"call": city.call, "closes_at": city.call.closes_at},
        path=path_of(city),
        key=f"{CALL_PUBLISHED.name}:{city.challenge_id}:{person.pk}",
    )
