"""What is read of calls. Where a call stands is decided here alone, from one `now`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, DateTimeField, ExpressionWrapper, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from challenges.models import Challenge
from programs.cohorts.models import JointChallenge
from programs.models import Municipality
from solutions.market.enums import ApplicationState, CallState
from solutions.market.models import Applicant, Call, CallCity, CallQuestion
from tech4muni.accounts.models import User


def last_moment(call: Call) -> datetime:
    """Return when the window has closed for good: the deadline and its minutes of grace."""
    return call.closes_at + timedelta(minutes=call.grace_minutes)


def call_state(call: Call, now: datetime) -> CallState:
    """Return where a call stands at an instant; the last moment itself is too late."""
    if call.withdrawn_at is not None:
        return CallState.WITHDRAWN
    if now < call.opens_at:
        return CallState.UPCOMING
    if now < call.closes_at:
        return CallState.OPEN
    return CallState.CLOSING if now < last_moment(call) else CallState.CLOSED


def accepts(call: Call, now: datetime) -> bool:
    """Whether applications to a call are taken at an instant: from its opening to the end of the grace."""
    return call_state(call, now) in {CallState.OPEN, CallState.CLOSING}


def _ending() -> Combinable:
    grace = F("grace_minutes") * Value(timedelta(minutes=1))
    return ExpressionWrapper(F("closes_at") + grace, output_field=DateTimeField())


def open_calls(now: datetime) -> QuerySet[Call]:
    """Return the calls that take applications, the one that closes first at the head."""
    found = Call.objects.alias(ends_at=_ending()).filter(withdrawn_at__isnull=True, opens_at__lte=now, ends_at__gt=now)
    return found.select_related("municipality", "program").order_by("closes_at", "pk")


def in_portal_order(calls: QuerySet[Call], now: datetime) -> QuerySet[Call]:
    """Order calls: open ones by deadline, then those that open soon, then the past, the latest first."""
    over = Q(withdrawn_at__isnull=False) | Q(ends_at__lte=now)
    ahead = Q(opens_at__gt=now)
    return calls.alias(
        ends_at=_ending(),
        part=Case(When(over, then=2), When(ahead, then=1), default=0, output_field=IntegerField()),
        next_at=Case(When(over, then=None), When(ahead, then=F("opens_at")), default=F("closes_at")),
    ).order_by("part", F("next_at").asc(nulls_last=True), "-closes_at", "pk")


def closing_key(challenge_id: UUID) -> str:
    """Name the deadline at which applications for a municipality's challenge close."""
    return f"call_closes:{challenge_id}"


def decision_key(challenge_id: UUID) -> str:
    """Name the deadline by which a municipality has promised to decide; selection meets it."""
    return f"decision:{challenge_id}"


def question_key(question: CallQuestion) -> str:
    """Name the deadline by which a question is answered."""
    return f"question:{question.public_id}"


def city_of(challenge: Challenge) -> CallCity | None:
    """Return the part that a municipality's challenge has in a call, with the call; None if it is not published."""
    found = CallCity.objects.filter(challenge_id=challenge.public_id)
    return found.select_related("call__municipality", "call__program", "municipality").first()


def cities_by_challenge(challenges: Iterable[Challenge]) -> dict[UUID, CallCity]:
    """Return the parts in calls of several challenges, by their public ids; one query."""
    ids = [challenge.public_id for challenge in challenges]
    return {city.challenge_id: city for city in CallCity.objects.filter(challenge_id__in=ids).select_related("call")}


def call_to_join(joint: JointChallenge) -> Call | None:
    """Return the call of a joint challenge, None while its leading municipality has not published it."""
    return Call.objects.filter(joint=joint).select_related("municipality").first()


def leads_joint(challenge: Challenge, municipality: Municipality) -> bool:
    """Whether a municipality publishes its challenge by itself: it is not joint, or the municipality leads it."""
    return challenge.joint is None or challenge.joint.lead_id == municipality.pk


def people_applying(call: Call) -> list[User]:
    """Return those who work on an application to a call, drafts included; none of a withdrawn application."""
    rows = Applicant.objects.filter(
        ended_at__isnull=True, application__calls__call=call, application__calls__dropped_at__isnull=True
    )
    at_work = rows.exclude(application__state=ApplicationState.WITHDRAWN)
    return list(User.objects.filter(pk__in=at_work.values("user"), is_active=True).order_by("pk"))


def questions_of(call: Call) -> QuerySet[CallQuestion]:
    """Return all questions about a call, unanswered ones first, then the latest answer; never show who asked."""
    return call.questions.order_by(F("answered_at").desc(nulls_first=True), "pk")


def public_questions(call: Call) -> QuerySet[CallQuestion]:
    """Return what everybody reads: answered questions that are not hidden, the latest answer first."""
    return questions_of(call).filter(answered_at__isnull=False, hidden_at__isnull=True)


def open_questions(call: Call) -> QuerySet[CallQuestion]:
    """Return the questions that wait for an answer, the oldest first."""
    return call.questions.filter(answered_at__isnull=True, hidden_at__isnull=True).order_by("pk")
