"""Events of a program: who meets whom, when and at which table. All of it lives in the public schema."""

from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from events.enums import Choice, EventState, MeetingState, Side, TimetableState
from programs.cohorts.models import NamedModel, Program, name_in
from programs.models import Municipality
from programs.validators import validate_time_zone
from solutions.market.models import Call, Company
from tech4muni.core.models import DatedModel, PublicIdModel

LONGEST_SEARCH: Final = 120
"""Seconds that the engine may compute at most: well below the time limit of a task."""


class Event(FSMModelMixin, NamedModel, PublicIdModel, DatedModel):
    """A matchmaking event of a program, of one or more days."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="events", verbose_name=_("program"))
    state = FSMField(_("state"), choices=EventState, default=EventState.PREPARING, protected=True, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[validate_time_zone])
    place = models.CharField(_("place"), max_length=200)
    choices_due_at = models.DateTimeField(_("choices due"))
    slot_minutes = models.PositiveSmallIntegerField(_("minutes of a meeting"), default=20)
    break_minutes = models.PositiveSmallIntegerField(_("minutes between meetings"), default=5)
    tables = models.PositiveSmallIntegerField(_("tables"), default=8)
    blocks = models.JSONField(_("days"), default=list, blank=True, editable=False)  # [{"day", "begins", "ends"}], local

    objects: ClassVar[models.Manager["Event"]] = models.Manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="event_state"),
            models.CheckConstraint(condition=Q(slot_minutes__gt=0, tables__gt=0), name="event_slots_and_tables"),
        ]

    @transition(field=state, source=EventState.PREPARING, target=EventState.CHOOSING)
    def open_choices(self) -> None:
        """Let both sides choose."""

    @transition(field=state, source=EventState.CHOOSING, target=EventState.PLANNING)
    def close_choices(self) -> None:
        """Take no more choices."""

    @transition(field=state, source=EventState.PLANNING, target=EventState.CHOOSING)
    def reopen_choices(self) -> None:
        """Take choices again."""

    @transition(field=state, source=[EventState.PLANNING, EventState.PUBLISHED], target=EventState.PUBLISHED)
    def publish(self) -> None:
        """Show everybody their agenda."""

    @transition(field=state, source=EventState.PUBLISHED, target=EventState.CLOSED)
    def close(self) -> None:
        """Be over."""


class Slot(models.Model):
    """A time in which meetings take place; slots of a block follow one another."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="slots")
    block = models.PositiveSmallIntegerField(_("block"))  # morning or afternoon of a day, numbered through the event
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_order"),
            models.UniqueConstraint(fields=["event", "starts_at"], name="slot_start_once"),
        ]

    def __str__(self) -> str:
        """Say when."""
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Delegation(PublicIdModel, DatedModel):
    """A municipality with one challenge, or a company: who sits on one side of a table."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="delegations")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, null=True, related_name="delegations")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="delegations")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="delegations")
    label = models.JSONField(_("name"), default=dict)  # per language
    minimum = models.PositiveSmallIntegerField(_("at least so many meetings"), default=0)
    maximum = models.PositiveSmallIntegerField(_("at most so many meetings"), null=True, blank=True)
    agenda_token = models.CharField(max_length=43, unique=True, editable=False)  # in the address of its iCal feed
    challenge_id = models.UUIDField(null=True)  # of a municipality's challenge, in its schema
    chosen_at = models.DateTimeField(_("last chose"), null=True, editable=False)
    choices_version = models.PositiveIntegerField(default=1, editable=False)  # counted up, to notice two at once

    objects: ClassVar[models.Manager["Delegation"]] = models.Manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["side", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side=Side.CITY, municipality__isnull=False, company__isnull=True)
                | Q(side=Side.COMPANY, municipality__isnull=True, company__isnull=False),
                name="delegation_side",
            ),
            models.UniqueConstraint(
                fields=["event", "municipality", "call"], condition=Q(side=Side.CITY), name="delegation_city_once"
            ),
            models.UniqueConstraint(
                fields=["event", "company"], condition=Q(side=Side.COMPANY), name="delegation_company_once"
            ),
        ]
        indexes = [models.Index(fields=["challenge_id"], name="delegation_of_challenge")]

    def __str__(self) -> str:
        """Name the delegation in the active language."""
        return self.name

    @property
    def name(self) -> str:
        """Its name in the active language, else in any."""
        return name_in(self.label)


class Delegate(models.Model):
    """Somebody who sits at the table for a delegation."""

    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("what they decide or know"), max_length=150, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    required = models.BooleanField(_("must be at the table"), default=False)

    class Meta:
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Name the person."""
        return self.name


class Absence(models.Model):
    """A slot in which a delegation cannot meet, or one of its people is not there."""

    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="absences")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="absences")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, null=True, related_name="absences")

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "slot", "delegate"], nulls_distinct=False, name="absence_once"
            )
        ]

    def __str__(self) -> str:
        """Say who and when."""
        return f"{self.delegation} · {self.slot}"


class Preference(DatedModel):
    """What one delegation wants of another; only that delegation's people ever see it, until both want."""

    chooser = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="preferences")
    chosen = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="chosen_by")
    choice = models.CharField(_("choice"), max_length=10, choices=Choice, default=Choice.NEUTRAL)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.UniqueConstraint(fields=["chooser", "chosen"], name="preference_once"),
            models.CheckConstraint(condition=Q(choice__in=Choice.values), name="preference_choice"),
        ]

    def __str__(self) -> str:
        """Say nothing of what was chosen."""
        return f"{self.chooser} → {self.chosen}"


class Timetable(FSMModelMixin, PublicIdModel, DatedModel):
    """A version of an event's timetable, with the documents that the engine was given and gave back."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="timetables")
    number = models.PositiveIntegerField(_("version"))
    state = FSMField(_("state"), choices=TimetableState, default=TimetableState.WAITING, protected=True, editable=False)
    problem = models.JSONField(_("problem"))
    plan = models.JSONField(_("plan"), null=True)
    limit_seconds = models.PositiveSmallIntegerField(_("seconds to compute"), default=60)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("begun"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    error = models.TextField(_("error"), blank=True)
    published_at = models.DateTimeField(_("published"), null=True)

    class Meta:
        verbose_name = _("timetable")
        verbose_name_plural = _("timetables")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TimetableState.values), name="timetable_state"),
            models.CheckConstraint(condition=Q(limit_seconds__range=(1, LONGEST_SEARCH)), name="timetable_limit"),
            models.UniqueConstraint(fields=["event", "number"], name="timetable_number"),
            models.UniqueConstraint(
                fields=["event"], condition=Q(state=TimetableState.PUBLISHED), name="timetable_one_published"
            ),
        ]

    def __str__(self) -> str:
        """Name the version."""
        return f"{self.event} · {self.number}"

    @transition(field=state, source=[TimetableState.WAITING, TimetableState.RUNNING], target=TimetableState.RUNNING)
    def start(self) -> None:
        """Be computed; a second time where a worker was lost."""

    @transition(field=state, source=TimetableState.RUNNING, target=TimetableState.DRAFT)
    def finish(self) -> None:
        """Be there to look at."""

    @transition(field=state, source=[TimetableState.WAITING, TimetableState.RUNNING], target=TimetableState.FAILED)
    def fail(self, error: str) -> None:
        """Not be there, and say why."""
        self.error = error

    @transition(field=state, source=TimetableState.DRAFT, target=TimetableState.PUBLISHED)
    def publish(self) -> None:
        """Hold for everybody."""

    @transition(field=state, source=TimetableState.PUBLISHED, target=TimetableState.REPLACED)
    def replace(self) -> None:
        """Make way for a newer one."""


class TimeRange(Func):
    """A range of instants, for the constraints that let nobody sit at two tables at once."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Meeting(FSMModelMixin, PublicIdModel, DatedModel):
    """A city and a company at a table; planned by a published timetable."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="meetings")
    timetable = models.ForeignKey(Timetable, on_delete=models.PROTECT, related_name="meetings")
    city = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="city_meetings")
    company = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="company_meetings")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    table = models.PositiveSmallIntegerField(_("table"))
    state = FSMField(_("state"), choices=MeetingState, default=MeetingState.PLANNED, protected=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)  # of its entry in calendars, see RFC 5545

    objects: ClassVar[models.Manager["Meeting"]] = models.Manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["starts_at", "table"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_order"),
            models.UniqueConstraint(
                fields=["city", "company"], condition=~Q(state=MeetingState.CANCELLED), name="meeting_pair_once"
            ),
            *(
                ExclusionConstraint(
                    name=f"meeting_one_at_a_time_{name}",
                    expressions=[
                        (TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                        *((field, RangeOperators.EQUAL) for field in fields),
                    ],
                    condition=~Q(state=MeetingState.CANCELLED),
                )
                for name, fields in {
                    "city": ["city"],
                    "company": ["company"],
                    "table": ["event", "table"],
                }.items()
            ),
        ]

    def __str__(self) -> str:
        """Say who meets whom."""
        return f"{self.city} · {self.company}"

    @transition(field=state, source=[MeetingState.PLANNED, MeetingState.NO_SHOW], target=MeetingState.HELD)
    def hold(self) -> None:
        """Have taken place."""

    @transition(field=state, source=[MeetingState.PLANNED, MeetingState.HELD], target=MeetingState.NO_SHOW)
    def miss(self) -> None:
        """Not have taken place: somebody did not come."""

    @transition(field=state, source=MeetingState.PLANNED, target=MeetingState.CANCELLED)
    def cancel(self) -> None:
        """Not take place."""


class Outcome(DatedModel):
    """What a meeting came to, in four parts; both sides confirm the same words."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="outcome")
    wins = models.TextField(_("potential wins"), blank=True)
    risks = models.TextField(_("risks"), blank=True)
    infrastructure = models.TextField(_("infrastructure"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    owner = models.CharField(_("who takes the next step"), max_length=150, blank=True)
    due_on = models.DateField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    city_confirmed_at = models.DateTimeField(_("confirmed by the municipality"), null=True)
    city_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    company_confirmed_at = models.DateTimeField(_("confirmed by the company"), null=True)
    company_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")

    def __str__(self) -> str:
        """Name the meeting."""
        return str(self.meeting)

    @property
    def is_written(self) -> bool:
        """Whether any of the four parts says something."""
        return any(text.strip() for text in (self.wins, self.risks, self.infrastructure, self.next_steps))
