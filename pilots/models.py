"""Pilots: plan, milestones, KPIs, the evidence ledger and the decision, in the municipality's schema."""

from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from challenges.enums import Aim
from challenges.models import Challenge
from pilots.enums import EvidenceKind, MilestoneState, PilotOutcome, PilotSide, PilotState
from programs.cohorts.models import NamedModel
from tech4muni.core.fields import PublicForeignKey
from tech4muni.core.models import DatedModel, PublicIdModel


class Pilot(FSMModelMixin, PublicIdModel, DatedModel):
    """A solution tried out in the city, with its company, to a decision."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="pilots")
    release_id = models.UUIDField(unique=True)  # public id of market.Release: the application that was selected
    company_id = models.UUIDField()  # public id of market.Company
    company_name = models.CharField(_("company"), max_length=200)
    title = models.CharField(_("title"), max_length=200)
    state = FSMField(_("state"), choices=PilotState, default=PilotState.PLANNING, protected=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    aim = models.TextField(_("what it shall show"), blank=True)
    site = models.CharField(_("site"), max_length=300, blank=True)
    budget = models.DecimalField(_("budget"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    starts_on = models.DateField(_("begins"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    purchase_route = models.TextField(_("how it would be bought"), blank=True)
    decision_rule = models.TextField(_("rule of the decision"), blank=True)
    city_agreed_at = models.DateTimeField(_("plan agreed by the municipality"), null=True, editable=False)
    company_agreed_at = models.DateTimeField(_("plan agreed by the company"), null=True, editable=False)

    class Meta:
        verbose_name = _("pilot")
        verbose_name_plural = _("pilots")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PilotState.values), name="pilot_state"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="pilot_days",
            ),
        ]

    def __str__(self) -> str:
        """Name the pilot and its company."""
        return f"{self.title} · {self.company_name}"

    @property
    def is_agreed(self) -> bool:
        """Whether both sides agree to the plan as it is."""
        return self.city_agreed_at is not None and self.company_agreed_at is not None

    def agreed_at(self, side: str) -> datetime | None:
        """When a side agreed to the plan as it is, None if it has not."""
        return self.city_agreed_at if side == PilotSide.CITY else self.company_agreed_at

    @transition(field=state, source=PilotState.PLANNING, target=PilotState.RUNNING)
    def start(self) -> None:
        """Begin, with a plan that both sides agreed to."""

    @transition(field=state, source=PilotState.RUNNING, target=PilotState.REVIEW)
    def begin_review(self) -> None:
        """Be looked back on."""

    @transition(field=state, source=PilotState.REVIEW, target=PilotState.DECIDED)
    def decide(self) -> None:
        """End."""

    @transition(field=state, source=PilotState.REVIEW, target=PilotState.RUNNING)
    def resume(self) -> None:
        """Go on: it was extended."""


UNDELIVERED: Final = (MilestoneState.PLANNED, MilestoneState.IN_PROGRESS)


class Milestone(FSMModelMixin, PublicIdModel, DatedModel):
    """Something to be delivered by a day."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(_("title"), max_length=200)
    due_on = models.DateField(_("until"))
    side = models.CharField(_("who delivers"), max_length=10, choices=PilotSide)
    state = FSMField(_("state"), choices=MilestoneState, default=MilestoneState.PLANNED, protected=True, editable=False)
    round = models.PositiveSmallIntegerField(default=1, editable=False)  # counted up when it is sent back
    delivered_at = models.DateTimeField(_("delivered"), null=True, editable=False)
    note = models.TextField(_("what is missing"), blank=True, editable=False)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MilestoneState.values), name="milestone_state"),
            models.CheckConstraint(condition=Q(side__in=PilotSide.values), name="milestone_side"),
        ]

    def __str__(self) -> str:
        """Name the milestone."""
        return self.title

    @property
    def deadline_key(self) -> str:
        """Names its deadline, which is another one after each time that it was sent back."""
        return f"pilot.milestone:{self.public_id}:{self.round}"

    def is_late(self, today: date) -> bool:
        """Whether it should have been delivered before `today`, on the municipality's clock."""
        return self.state in UNDELIVERED and self.due_on < today

    @transition(field=state, source=MilestoneState.PLANNED, target=MilestoneState.IN_PROGRESS)
    def begin(self) -> None:
        """Be worked on."""

    @transition(field=state, source=UNDELIVERED, target=MilestoneState.DELIVERED)
    def deliver(self) -> None:
        """Be handed over."""

    @transition(field=state, source=MilestoneState.DELIVERED, target=MilestoneState.ACCEPTED)
    def accept(self) -> None:
        """Be taken by the other side."""

    @transition(field=state, source=MilestoneState.DELIVERED, target=MilestoneState.IN_PROGRESS)
    def reject(self, note: str, due_on: date) -> None:
        """Not be good enough yet: go on until another day."""
        self.note, self.due_on, self.delivered_at = note, due_on, None
        self.round += 1

    @transition(field=state, source=UNDELIVERED, target=MilestoneState.CANCELLED)
    def cancel(self) -> None:
        """Not be needed any more."""


class Kpi(NamedModel, PublicIdModel):
    """A figure that tells whether the pilot works."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="kpis")
    metric_id = models.UUIDField(null=True)  # public id of the brief's success metric that it carries on
    unit = models.CharField(_("unit"), max_length=40)
    aim = models.CharField(_("direction"), max_length=10, choices=Aim)
    how = models.CharField(_("how and by whom it is measured"), max_length=500, blank=True)
    baseline = models.DecimalField(_("baseline"), max_digits=16, decimal_places=3, null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=16, decimal_places=3, null=True, blank=True)
    threshold = models.DecimalField(
        _("threshold"), max_digits=16, decimal_places=3, null=True, blank=True, help_text=_("Worse than this, stop.")
    )

    class Meta:
        verbose_name = _("KPI")
        verbose_name_plural = _("KPIs")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(aim__in=Aim.values), name="kpi_aim"),
            models.CheckConstraint(
                condition=Q(baseline__isnull=True) | Q(target__isnull=True) | Q(threshold__isnull=True)
                | Q(aim="more", target__gt=F("baseline"), threshold__lt=F("target"))
                | Q(aim="less", target__lt=F("baseline"), threshold__gt=F("target")),
                name="kpi_coherent",
            ),
        ]  # fmt: skip

    @property
    def is_complete(self) -> bool:
        """Whether it has a baseline, a target and a threshold, so that the rule can count it."""
        return None not in (self.baseline, self.target, self.threshold)


class Evidence(PublicIdModel):
    """An entry of a pilot's ledger. The database refuses to change one, and one that does not follow the last.

    Readings of KPIs are entries, too: what is shown of a KPI, and the decision, derive from the ledger alone. A
    correction names the entry that counts no more; one of a reading carries the new value, or none to take it back.
    """

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="evidence")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=EvidenceKind)
    side = models.CharField(_("by"), max_length=10, choices=PilotSide)
    by = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"))
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(_("entered"))
    observed_on = models.DateField(_("observed"))
    text = models.TextField(_("what"), blank=True)
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, null=True, related_name="readings")
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=3, null=True)
    method = models.CharField(_("how it was measured"), max_length=300, blank=True)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="correction")
    file = models.FileField(upload_to="evidence/", blank=True)
    file_name = models.CharField(max_length=150, blank=True)
    file_size = models.PositiveIntegerField(null=True)  # in bytes
    file_sha256 = models.CharField(max_length=64, blank=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "number"], name="evidence_number"),
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values), name="evidence_kind"),
            models.CheckConstraint(condition=Q(side__in=PilotSide.values), name="evidence_side"),
            models.CheckConstraint(
                condition=~Q(kind="reading") | Q(kpi__isnull=False, value__isnull=False), name="evidence_reading"
            ),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(kpi__isnull=False), name="evidence_value"),
            models.CheckConstraint(
                condition=Q(kind="file", file_size__isnull=False) & ~Q(file_sha256="")
                | (~Q(kind="file") & Q(file_sha256="", file_size__isnull=True)),
                name="evidence_file",
            ),
            models.CheckConstraint(
                condition=Q(kind="correction", corrects__isnull=False)
                | (~Q(kind="correction") & Q(corrects__isnull=True)),
                name="evidence_correction",
            ),
        ]

    def __str__(self) -> str:
        """Name the entry by its number."""
        return f"{self.pilot} · {self.number}"


class Countersignature(models.Model):
    """The other side has seen an entry and takes it as it is."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="countersignature")
    side = models.CharField(_("by"), max_length=10, choices=PilotSide)
    by = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("countersignature")
        verbose_name_plural = _("countersignatures")
        constraints = [models.CheckConstraint(condition=Q(side__in=PilotSide.values), name="countersignature_side")]

    def __str__(self) -> str:
        """Name the entry."""
        return str(self.evidence)


class Review(DatedModel):
    """What one side says of the pilot when it is looked back on."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="reviews")
    side = models.CharField(_("by"), max_length=10, choices=PilotSide)
    by = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"))
    went_well = models.TextField(_("what went well"))
    went_badly = models.TextField(_("what did not"))
    differently = models.TextField(_("what we would do differently"))

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(fields=["pilot", "side"], name="review_one_per_side"),
            models.CheckConstraint(condition=Q(side__in=PilotSide.values), name="review_side"),
        ]

    def __str__(self) -> str:
        """Name the pilot and the side."""
        return f"{self.pilot} · {self.get_side_display()}"


class PilotDecision(models.Model):
    """What was decided about a pilot, beside what its figures say; one that extends it is followed by another."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("outcome"), max_length=20, choices=PilotOutcome)
    rule_says = models.CharField(_("what the figures say"), max_length=20, choices=PilotOutcome)
    rationale = models.TextField(_("why"))
    deviation = models.TextField(_("why it is not what the figures say"), blank=True)
    extended_to = models.DateField(_("goes on until"), null=True, blank=True)
    figures = models.JSONField(_("figures"), default=list)  # the KPIs as they were then, see queries.figures
    by = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("decision on a pilot")
        verbose_name_plural = _("decisions on pilots")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=PilotOutcome.values), name="pilot_decision_outcome"),
            models.CheckConstraint(
                condition=Q(outcome="extend", extended_to__isnull=False)
                | (~Q(outcome="extend") & Q(extended_to__isnull=True)),
                name="pilot_decision_extended",
            ),
            models.CheckConstraint(
                condition=Q(outcome=F("rule_says"))
                | Q(outcome__in=["iterate", "extend"], rule_says__in=["iterate", "extend"])
                | ~Q(deviation=""),
                name="pilot_decision_deviation",
            ),
            models.UniqueConstraint(fields=["pilot"], condition=~Q(outcome="extend"), name="pilot_decision_one_end"),
        ]

    def __str__(self) -> str:
        """Say what it is."""
        return f"{self.pilot}: {self.get_outcome_display()}"
