"""Workshops, candidates, challenges and their briefs: what a municipality has of its own, in its schema."""

from decimal import Decimal
from typing import ClassVar, Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from challenges.enums import EDITABLE_BRIEF, Aim, BriefState, CardKind, SnapshotReason, TextState
from programs.cohorts.models import NamedModel, name_in
from programs.enums import Ending, MoveKind, Stage
from tech4muni.core.fields import PublicForeignKey
from tech4muni.core.models import DatedModel, PublicIdModel

TEXT_FIELDS: Final = (
    "title", "question", "problem", "why_now", "affected", "situation", "tried", "outcome", "out_of_scope",
    "constraints", "assets", "pilot_site", "eligibility",
)  # fmt: skip
"""The texts of a brief, in their order: each exists once per language (`enums.SECTION_TEXTS` puts them on pages)."""

STARS: Final = [MinValueValidator(1), MaxValueValidator(5)]


class Workshop(PublicIdModel, DatedModel):
    """A dated session in which a team looks for its challenge."""

    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    agenda = models.TextField(_("agenda"), blank=True)

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = ["-starts_at"]

    def __str__(self) -> str:
        """Name the workshop."""
        return self.title


class Participant(models.Model):
    """Somebody who took part in a workshop, with or without an account."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="participants")
    name = models.CharField(_("name"), max_length=150)
    organisation = models.CharField(_("department or organisation"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["name"]

    def __str__(self) -> str:
        """Name the person."""
        return self.name


class Card(PublicIdModel, DatedModel):
    """What somebody wrote on a card in a workshop."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="cards")
    kind = models.CharField(_("kind"), max_length=20, choices=CardKind)
    text = models.TextField(_("text"), max_length=500)
    group = models.CharField(
        _("group"), max_length=100, blank=True, help_text=_("Cards with the same word belong together.")
    )
    votes = models.PositiveSmallIntegerField(_("votes"), default=0)

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        ordering = ["group", "-votes", "pk"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=CardKind.values), name="card_kind")]

    def __str__(self) -> str:
        """Say what stands on it."""
        return self.text


class Challenge(PublicIdModel, DatedModel):
    """A problem that a municipality takes through the six stages; `challenges.services.moves` alone sets the stage."""

    title = models.CharField(
        _("title"), max_length=200, help_text=_("A working title; the brief has one per language.")
    )
    titles = models.JSONField(_("title"), default=dict, editable=False)  # the brief's, per language
    program = PublicForeignKey("programs.Program", null=True, blank=True, verbose_name=_("program"))
    joint = PublicForeignKey("programs.JointChallenge", null=True, blank=True, verbose_name=_("joint challenge"))
    owner = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, verbose_name=_("who leads it"))
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.CHALLENGE, editable=False)
    stage_since = models.DateTimeField(_("in this stage since"), editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    ending = models.CharField(_("ending"), max_length=20, choices=Ending, blank=True, editable=False)

    objects: ClassVar[models.Manager["Challenge"]] = models.Manager()

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="challenge_stage"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="")
                | (Q(ended_at__isnull=False) & Q(ending__in=Ending.values)),
                name="challenge_ended_how",
            ),
        ]

    def __str__(self) -> str:
        """Name the challenge in the active language where its brief has a title in it."""
        return name_in(self.titles) or self.title

    @property
    def is_under_way(self) -> bool:
        """Whether it still goes through the stages."""
        return self.ended_at is None


class Candidate(PublicIdModel, DatedModel):
    """A problem that might become the challenge; candidates are compared, and one or more are chosen."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, null=True, blank=True, related_name="candidates")
    title = models.CharField(_("title"), max_length=200)
    problem = models.TextField(_("problem"))
    cards = models.ManyToManyField(Card, blank=True, related_name="candidates", verbose_name=_("cards"))
    challenge = models.OneToOneField(
        Challenge, on_delete=models.PROTECT, null=True, editable=False, related_name="candidate"
    )

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Name the candidate."""
        return self.title


class CandidateRating(models.Model):
    """What one person thinks of a candidate, 1 to 5 each: the more, the better a challenge it is."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="ratings")
    user = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"))
    significance = models.PositiveSmallIntegerField(_("how many it hurts, how much"), validators=STARS)
    urgency = models.PositiveSmallIntegerField(_("how urgent it is"), validators=STARS)
    feasibility = models.PositiveSmallIntegerField(_("how well technology could help"), validators=STARS)
    measurability = models.PositiveSmallIntegerField(_("how well success can be measured"), validators=STARS)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["candidate", "user"], name="candidate_rating_one_each"),
            models.CheckConstraint(
                condition=Q(significance__range=(1, 5), urgency__range=(1, 5), feasibility__range=(1, 5),
                            measurability__range=(1, 5)),
                name="candidate_rating_range",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Name the candidate and the person."""
        return f"{self.candidate} · {self.user}"


class Brief(FSMModelMixin, DatedModel):
    """What a challenge asks for: the parts that need no translation, and how far it is."""

    challenge = models.OneToOneField(Challenge, on_delete=models.CASCADE, related_name="brief")
    state = FSMField(_("state"), choices=BriefState, default=BriefState.DRAFTING, protected=True, editable=False)
    version = models.PositiveIntegerField(
        default=1, editable=False
    )  # counted up with every change, to notice two at once
    pilot_budget = models.DecimalField(_("budget of the pilot"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    pilot_weeks = models.PositiveSmallIntegerField(_("length of the pilot in weeks"), null=True, blank=True)
    decision_on = models.DateField(_("day of the decision"), null=True, blank=True)
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    contact_email = models.EmailField(_("contact's address"), blank=True)
    submitted_by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, editable=False)
    approved_by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    review_note = models.TextField(_("what to change"), blank=True, editable=False)

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")
        constraints = [models.CheckConstraint(condition=Q(state__in=BriefState.values), name="brief_state")]

    def __str__(self) -> str:
        """Name the challenge."""
        return str(self.challenge)

    @transition(field=state, source=EDITABLE_BRIEF, target=BriefState.IN_REVIEW)
    def submit(self) -> None:
        """Be given to somebody else to approve."""

    @transition(field=state, source=BriefState.IN_REVIEW, target=BriefState.EDITS_REQUESTED)
    def request_edits(self, note: str) -> None:
        """Go back to the writers with what to change."""
        self.review_note = note

    @transition(field=state, source=BriefState.IN_REVIEW, target=BriefState.APPROVED)
    def approve(self) -> None:
        """Be good enough to be published."""
        self.review_note = ""

    @transition(field=state, source=[BriefState.APPROVED, BriefState.IN_REVIEW], target=BriefState.DRAFTING)
    def reopen(self) -> None:
        """Be written again: what was approved no longer is."""

    @transition(field=state, source=BriefState.APPROVED, target=BriefState.PUBLISHED)
    def publish(self) -> None:
        """Stand on the portal, as a dated snapshot (market.Call)."""

    @transition(field=state, source=BriefState.PUBLISHED, target=BriefState.CLOSED)
    def close(self) -> None:
        """Take no more applications."""

    @transition(field=state, source=[*EDITABLE_BRIEF, BriefState.IN_REVIEW, BriefState.APPROVED,
                                     BriefState.PUBLISHED, BriefState.CLOSED], target=BriefState.WITHDRAWN)  # fmt: skip
    def withdraw(self) -> None:
        """Ask for nothing any more."""


class BriefText(models.Model):
    """The texts of a brief in one language."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    state = models.CharField(_("state"), max_length=20, choices=TextState, default=TextState.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    title = models.CharField(_("title"), max_length=200, blank=True)
    question = models.CharField(_("challenge question"), max_length=300, blank=True)
    problem = models.TextField(_("problem"), blank=True)
    why_now = models.TextField(_("why now"), blank=True)
    affected = models.TextField(_("who is affected"), blank=True)
    situation = models.TextField(_("current situation"), blank=True)
    tried = models.TextField(_("what was tried"), blank=True)
    outcome = models.TextField(_("desired outcome"), blank=True)
    out_of_scope = models.TextField(_("out of scope"), blank=True)
    constraints = models.TextField(_("constraints"), blank=True)
    assets = models.TextField(_("what the municipality offers"), blank=True)
    pilot_site = models.TextField(_("where the pilot takes place"), blank=True)
    eligibility = models.TextField(_("who can apply"), blank=True)
    updated_by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, editable=False)
    updated_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("text of a brief")
        verbose_name_plural = _("texts of a brief")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["brief", "language"], name="brief_text_one_per_language"),
            models.CheckConstraint(condition=Q(state__in=TextState.values), name="brief_text_state"),
        ]

    def __str__(self) -> str:
        """Name the text."""
        return self.title or str(self.brief)


class Figure(NamedModel, PublicIdModel):
    """A figure of the current situation, with its source."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="figures")
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["pk"]

    @property
    def amount(self) -> Decimal:
        """The value without noughts at its end."""
        whole = self.value.to_integral_value()
        return whole if whole == self.value else self.value.normalize()


class SuccessMetric(NamedModel, PublicIdModel):
    """What success would be measured by; carried unchanged into the pilot."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="metrics")
    unit = models.CharField(_("unit"), max_length=40)
    aim = models.CharField(_("direction"), max_length=10, choices=Aim)
    baseline_how = models.CharField(_("how the baseline is measured"), max_length=300)
    baseline_who = models.CharField(_("who measures it"), max_length=150)

    class Meta:
        verbose_name = _("success metric")
        verbose_name_plural = _("success metrics")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(aim__in=Aim.values), name="success_metric_aim")]


class EvaluationCriterion(NamedModel, PublicIdModel):
    """What applications will be judged by, and how much it counts."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="criteria")
    weight = models.PositiveSmallIntegerField(
        _("weight in percent"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("evaluation criterion")
        verbose_name_plural = _("evaluation criteria")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(weight__range=(1, 100)), name="criterion_weight")]


class Citation(models.Model):
    """A card that a part of the brief rests on."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="citations")
    field = models.CharField(_("part of the brief"), max_length=20)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="citations")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            models.UniqueConstraint(fields=["brief", "field", "card"], name="citation_once"),
            models.CheckConstraint(condition=Q(field__in=TEXT_FIELDS), name="citation_field"),
        ]

    def __str__(self) -> str:
        """Say what rests on what."""
        return f"{self.field}: {self.card}"


class BriefSnapshot(models.Model):
    """The whole brief as it was at an instant, never changed (challenges.snapshots makes it)."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="snapshots")
    reason = models.CharField(_("why it was kept"), max_length=20, choices=SnapshotReason)
    taken_at = models.DateTimeField(_("when"))
    content = models.JSONField(_("content"))
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("kept brief")
        verbose_name_plural = _("kept briefs")
        ordering = ["-taken_at"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=SnapshotReason.values), name="brief_snapshot_reason")
        ]

    def __str__(self) -> str:
        """Name the challenge and the day."""
        return f"{self.challenge} · {self.taken_at:%Y-%m-%d}"

    @property
    def title(self) -> str:
        """The title in the active language, else in any."""
        return name_in({language: text["title"] for language, text in self.content["texts"].items()})


class StageMove(models.Model):
    """A challenge left one stage for another; never changed."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="moves")
    number = models.PositiveIntegerField()
    before = models.CharField(_("from"), max_length=20, choices=Stage, blank=True)
    after = models.CharField(_("to"), max_length=20, choices=Stage, blank=True)  # "" where its way ended
    kind = models.CharField(_("why"), max_length=20, choices=MoveKind)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    actor = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, verbose_name=_("who"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="stage_move_number"),
            models.CheckConstraint(condition=Q(kind__in=MoveKind.values), name="stage_move_kind"),
        ]

    def __str__(self) -> str:
        """Say from where to where."""
        return f"{self.before} → {self.after}"
