"""Criteria, panel, scorecards, conflicts and the decision."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from challenges.models import Challenge
from programs.cohorts.models import NamedModel
from solutions.selection.enums import (
    HIGHEST,
    ConflictKind,
    DecisionOutcome,
    DecisionState,
    Place,
    Pool,
    ScorecardState,
)
from solutions.selection.models.market_map import ReceivedApplication
from tech4muni.core.fields import PublicForeignKey
from tech4muni.core.models import DatedModel, PublicIdModel


class SelectionRound(DatedModel):
    """How the selection of a challenge stands: criteria are frozen before the first application is opened."""

    challenge = models.OneToOneField(Challenge, on_delete=models.CASCADE, related_name="selection")
    frozen_at = models.DateTimeField(_("criteria frozen"), null=True)
    frozen_by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True)
    digest = models.CharField(max_length=64, blank=True)  # of criteria and weights as they were frozen
    opened_at = models.DateTimeField(_("first opened"), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)  # counted up with every change of a criterion
    pool = models.CharField(_("what the panel scores"), max_length=20, choices=Pool, default=Pool.ELIGIBLE)
    scores_due_at = models.DateTimeField(_("scores due"), null=True, blank=True)
    closed_at = models.DateTimeField(_("scoring closed"), null=True)
    closed_by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True)
    closing_reason = models.CharField(_("why scoring was closed early"), max_length=300, blank=True)
    judged = ArrayField(models.UUIDField(), default=list)  # releases in the pool when scoring was closed

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(frozen_at__isnull=False, opened_at__gte=F("frozen_at")),
                name="selection_frozen_before_opened",
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, digest="", frozen_by__isnull=True)
                | (Q(frozen_at__isnull=False, frozen_by__isnull=False) & ~Q(digest="")),
                name="selection_frozen_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(frozen_at__isnull=False), name="selection_frozen_before_closed"
            ),
            models.CheckConstraint(condition=Q(pool__in=Pool.values), name="selection_pool"),
        ]

    def __str__(self) -> str:
        """Name the challenge."""
        return str(self.challenge)


class Criterion(NamedModel, PublicIdModel):
    """What applications are judged by; taken from the call, frozen before they are opened."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="selection_criteria")
    number = models.PositiveSmallIntegerField(_("number"))
    weight = models.PositiveSmallIntegerField(
        _("weight in percent"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="selection_criterion_number"),
            models.CheckConstraint(condition=Q(weight__range=(1, 100)), name="selection_criterion_weight"),
        ]


class PanelMember(models.Model):
    """Somebody who scores the applications of a challenge."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="panel")
    user = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"))
    added_at = models.DateTimeField()
    declared_at = models.DateTimeField(_("conflicts declared"), null=True)
    declared_for = ArrayField(models.UUIDField(), default=list)  # companies that the person has answered for

    class Meta:
        verbose_name = _("panel member")
        verbose_name_plural = _("panel members")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["challenge", "user"], name="panel_member_once")]

    def __str__(self) -> str:
        """Name the person."""
        return str(self.user)


class Conflict(models.Model):
    """Somebody who must not see or judge one company's application, and why."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="conflicts")
    user = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"))
    company_id = models.UUIDField(_("company"))
    company_name = models.CharField(_("company"), max_length=200)
    kind = models.CharField(_("how it is known"), max_length=20, choices=ConflictKind)
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("when"))
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True)
    lifting_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ConflictKind.values), name="conflict_kind"),
            models.UniqueConstraint(
                fields=["challenge", "user", "company_id"],
                condition=Q(lifted_at__isnull=True),
                name="conflict_one_open",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True)
                | (Q(lifted_by__isnull=False) & ~Q(lifting_reason="") & ~Q(lifted_by=F("user"))),
                name="conflict_lifted_by_another",
            ),
        ]

    def __str__(self) -> str:
        """Say who with whom."""
        return f"{self.user} · {self.company_name}"


class Scorecard(FSMModelMixin, PublicIdModel, DatedModel):
    """What one evaluator makes of one application."""

    received = models.ForeignKey(ReceivedApplication, on_delete=models.PROTECT, related_name="scorecards")
    user = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("evaluator"))
    state = FSMField(_("state"), choices=ScorecardState, default=ScorecardState.DRAFT, protected=True, editable=False)
    comment = models.TextField(_("comment"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    submitted_at = models.DateTimeField(_("handed in"), null=True)

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["received", "user"], name="scorecard_one_each"),
            models.CheckConstraint(condition=Q(state__in=ScorecardState.values), name="scorecard_state"),
        ]

    def __str__(self) -> str:
        """Name the application and the evaluator, but no company: everybody inside reads the trail."""
        return f"{self.received.reference} · {self.user}"

    @transition(field=state, source=ScorecardState.DRAFT, target=ScorecardState.SUBMITTED)
    def submit(self) -> None:
        """Count."""

    @transition(field=state, source=ScorecardState.SUBMITTED, target=ScorecardState.DRAFT)
    def reopen(self) -> None:
        """Be changed, while scoring is open."""


class Score(models.Model):
    """Points for one criterion, 0 to 5, with the reason that goes into the debrief."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    value = models.PositiveSmallIntegerField(_("points"), null=True, validators=[MaxValueValidator(HIGHEST)])
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["criterion__number"]
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(value__range=(0, HIGHEST)), name="score_range"),
        ]

    def __str__(self) -> str:
        """Say how many points."""
        return f"{self.criterion}: {self.value}"


class Decision(FSMModelMixin, PublicIdModel, DatedModel):
    """What the municipality decided about its challenge, why, and who approved it."""

    challenge = models.OneToOneField(Challenge, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("outcome"), max_length=20, choices=DecisionOutcome)
    rationale = models.TextField(_("rationale"), blank=True)
    dissent = models.TextField(_("dissent"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    review_note = models.TextField(_("what to change"), blank=True, editable=False)
    state = FSMField(_("state"), choices=DecisionState, default=DecisionState.DRAFT, protected=True, editable=False)
    proposed_by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, editable=False)
    proposed_at = models.DateTimeField(_("proposed"), null=True, editable=False)
    approved_by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    answered_at = models.DateTimeField(_("applicants answered"), null=True, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DecisionState.values), name="decision_state"),
            models.CheckConstraint(condition=Q(outcome__in=DecisionOutcome.values), name="decision_outcome"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(approved_by__isnull=False, proposed_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="decision_two_people",
            ),
        ]

    def __str__(self) -> str:
        """Say what it is."""
        return f"{self.challenge}: {self.get_outcome_display()}"

    @transition(field=state, source=DecisionState.DRAFT, target=DecisionState.PROPOSED)
    def propose(self) -> None:
        """Wait for a second person."""
        self.review_note = ""

    @transition(field=state, source=DecisionState.PROPOSED, target=DecisionState.DRAFT)
    def send_back(self, note: str) -> None:
        """Be written again, with what to change."""
        self.review_note = note

    @transition(field=state, source=DecisionState.PROPOSED, target=DecisionState.APPROVED)
    def approve(self) -> None:
        """Hold."""


class DecisionLine(models.Model):
    """What a decision makes of one application, and what the company is told."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="lines")
    received = models.ForeignKey(ReceivedApplication, on_delete=models.PROTECT, related_name="decision_lines")
    place = models.CharField(_("place"), max_length=20, choices=Place)
    debrief = models.TextField(_("what the company is told"), blank=True)

    class Meta:
        verbose_name = _("line of a decision")
        verbose_name_plural = _("lines of a decision")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "received"], name="decision_line_once"),
            models.CheckConstraint(condition=Q(place__in=Place.values), name="decision_line_place"),
        ]

    def __str__(self) -> str:
        """Say who and what."""
        return f"{self.received}: {self.get_place_display()}"
