"""Who was asked what, and what it changed: a municipality's own, in its schema."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from challenges.models import TEXT_FIELDS, Challenge
from programs.cohorts.models import NamedModel, name_in
from tech4muni.core import clock
from tech4muni.core.components import Tone
from tech4muni.core.fields import PublicForeignKey
from tech4muni.core.models import DatedModel, PublicIdModel
from validation.enums import AssumptionVerdict, ChallengeVerdict, EngagementKind, QuestionKind, SurveyState

FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class StakeholderGroup(NamedModel, PublicIdModel, DatedModel):
    """People with the same stake: how much it is, and how many of them shall be heard."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="groups")
    interest = models.PositiveSmallIntegerField(_("interest"), validators=FIVE)
    influence = models.PositiveSmallIntegerField(_("influence"), validators=FIVE)
    target = models.PositiveIntegerField(_("how many shall be heard"))

    class Meta:
        verbose_name = _("stakeholder group")
        verbose_name_plural = _("stakeholder groups")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(interest__range=(1, 5), influence__range=(1, 5)), name="group_ranges"),
            models.CheckConstraint(condition=Q(target__gt=0), name="group_target"),
        ]


class Direction(NamedModel, PublicIdModel, DatedModel):
    """A direction that a solution could take, which people want, or do not."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="directions")

    class Meta:
        verbose_name = _("direction")
        verbose_name_plural = _("directions")
        ordering = ["pk"]


class Engagement(PublicIdModel, DatedModel):
    """An interview, a group, an observation or a visit: who was heard, when, and what they said."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="engagements")
    group = models.ForeignKey(StakeholderGroup, on_delete=models.PROTECT, related_name="engagements")
    kind = models.CharField(_("kind"), max_length=20, choices=EngagementKind)
    held_on = models.DateField(_("day"))
    people = models.PositiveSmallIntegerField(_("people heard"), default=1)
    notes = models.TextField(_("what they said"), blank=True)
    consent = models.BooleanField(_("they agreed that this is kept"), default=False)
    by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, verbose_name=_("who asked"))

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EngagementKind.values), name="engagement_kind"),
            models.CheckConstraint(condition=Q(people__gt=0), name="engagement_people"),
            models.CheckConstraint(condition=Q(consent=True) | Q(notes=""), name="engagement_consent"),
        ]

    def __str__(self) -> str:
        """Say what was held with whom."""
        return f"{self.get_kind_display()} · {self.group}"


class Opinion(models.Model):
    """What the people of one engagement thought of a direction, as counted there."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="opinions")
    direction = models.ForeignKey(Direction, on_delete=models.CASCADE, related_name="opinions")
    want = models.PositiveSmallIntegerField(_("want it"), default=0)
    indifferent = models.PositiveSmallIntegerField(_("indifferent"), default=0)
    reject = models.PositiveSmallIntegerField(_("reject it"), default=0)

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        constraints = [models.UniqueConstraint(fields=["engagement", "direction"], name="opinion_once")]

    def __str__(self) -> str:
        """Say about what."""
        return str(self.direction)


class Survey(FSMModelMixin, NamedModel, PublicIdModel, DatedModel):
    """A short survey that residents answer by link, in their language, without an account."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="surveys")
    introductions = models.JSONField(_("introductions"), default=dict)
    languages = ArrayField(models.CharField(max_length=10, choices=settings.LANGUAGES), verbose_name=_("languages"))
    token = models.CharField(max_length=43, unique=True, editable=False)  # in the link; no secret, but not guessable
    state = FSMField(_("state"), choices=SurveyState, default=SurveyState.DRAFT, protected=True, editable=False)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SurveyState.values), name="survey_state"),
            models.CheckConstraint(condition=~Q(languages=[]), name="survey_languages"),
            models.CheckConstraint(
                condition=Q(state=SurveyState.DRAFT) | Q(opened_at__isnull=False), name="survey_opened_when"
            ),
        ]

    @transition(field=state, source=SurveyState.DRAFT, target=SurveyState.OPEN)
    def open(self) -> None:
        """Take answers from now on; its questions do not change any more."""
        self.opened_at = clock.now()

    @transition(field=state, source=SurveyState.OPEN, target=SurveyState.CLOSED)
    def close(self) -> None:
        """Take no more answers; its results are shown from now on."""
        self.closed_at = clock.now()

    @property
    def tone(self) -> Tone:
        """How its state looks."""
        return SurveyState(self.state).tone

    @property
    def takes_answers(self) -> bool:
        """Whether somebody can answer now: it is open, and its end has not come."""
        return self.state == SurveyState.OPEN and (self.closes_at is None or clock.now() < self.closes_at)


class Question(PublicIdModel):
    """A question of a survey; frozen once the survey is open."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=20, choices=QuestionKind)
    texts = models.JSONField(_("question"), default=dict)  # per language
    options = models.JSONField(_("answers"), default=list, blank=True)  # each a text per language
    direction = models.ForeignKey(Direction, on_delete=models.PROTECT, null=True, blank=True, related_name="questions")
    required = models.BooleanField(_("must be answered"), default=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "number"], name="question_number", deferrable=Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["survey", "direction"], condition=Q(direction__isnull=False), name="question_direction_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="question_kind"),
            models.CheckConstraint(
                condition=Q(kind="direction", direction__isnull=False)
                | (~Q(kind="direction") & Q(direction__isnull=True)),
                name="question_direction",
            ),
            # With it everybody of a group would be in each of its figures, and the figures in the group's size.
            models.CheckConstraint(condition=~Q(kind="direction", required=True), name="question_direction_optional"),
        ]

    def __str__(self) -> str:
        """Name the question by its number."""
        return f"{self.survey} · {self.number}"

    @property
    def text(self) -> str:
        """The question in the active language, else in any."""
        return name_in(self.texts)

    @property
    def answers(self) -> list[str]:
        """The answers to choose from in the active language, else in any."""
        return [name_in(option) for option in self.options]


class Response(models.Model):
    """One person's answers to a survey. Nothing in it says who it was."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses")
    group = models.ForeignKey(StakeholderGroup, on_delete=models.PROTECT, null=True, related_name="responses")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    answers = models.JSONField(_("answers"))  # question's number as text -> value
    consent_version = models.CharField(max_length=20)
    nonce = models.CharField(max_length=64)  # of the page it was sent from: sent twice, it counts once
    submitted_at = models.DateTimeField(_("sent"))  # to the hour: nobody shall be told by it

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["survey", "nonce"], name="response_once")]

    def __str__(self) -> str:
        """Name the response by its number."""
        return f"{self.survey} · {self.pk}"


class Assumption(PublicIdModel, DatedModel):
    """Something that the brief takes for granted, how it was tested, and what came out."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="assumptions")
    text = models.CharField(_("assumption"), max_length=300)
    tested_how = models.CharField(_("how it was tested"), max_length=300, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    verdict = models.CharField(
        _("verdict"), max_length=20, choices=AssumptionVerdict, default=AssumptionVerdict.UNTESTED
    )

    class Meta:
        verbose_name = _("assumption")
        verbose_name_plural = _("assumptions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=AssumptionVerdict.values), name="assumption_verdict"),
            models.CheckConstraint(
                condition=Q(verdict="untested") | (~Q(tested_how="") & ~Q(evidence="")), name="assumption_evidence"
            ),
        ]

    def __str__(self) -> str:
        """Say what is assumed."""
        return self.text

    @property
    def tone(self) -> Tone:
        """How its verdict looks."""
        return AssumptionVerdict(self.verdict).tone


class Bottleneck(PublicIdModel, DatedModel):
    """A step in which things wait: who does it, and for how long."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="bottlenecks")
    step = models.CharField(_("step"), max_length=200)
    who = models.CharField(_("who"), max_length=150)
    waiting_days = models.DecimalField(_("days of waiting"), max_digits=6, decimal_places=1)

    class Meta:
        verbose_name = _("bottleneck")
        verbose_name_plural = _("bottlenecks")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(waiting_days__gte=0), name="bottleneck_days")]

    def __str__(self) -> str:
        """Name the step."""
        return self.step


class Finding(PublicIdModel, DatedModel):
    """What validation found, in a sentence, with what it rests on."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="findings")
    text = models.CharField(_("finding"), max_length=500)
    assumption = models.ForeignKey(
        Assumption,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("assumption"),
    )
    engagement = models.ForeignKey(
        Engagement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("engagement"),
    )
    survey = models.ForeignKey(
        Survey, on_delete=models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("survey")
    )

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(assumption__isnull=False) | Q(engagement__isnull=False) | Q(survey__isnull=False),
                name="finding_rests_on",
            )
        ]

    def __str__(self) -> str:
        """Say what was found."""
        return self.text


class BriefChange(DatedModel):
    """Why a part of the brief differs from what it was before validation."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="brief_changes")
    field = models.CharField(_("part of the brief"), max_length=20)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="changes", verbose_name=_("finding"))

    class Meta:
        verbose_name = _("change of the brief")
        verbose_name_plural = _("changes of the brief")
        constraints = [
            models.UniqueConstraint(fields=["challenge", "field", "finding"], name="brief_change_once"),
            models.CheckConstraint(condition=Q(field__in=TEXT_FIELDS), name="brief_change_field"),
        ]

    def __str__(self) -> str:
        """Say what changed and why."""
        return f"{self.field}: {self.finding}"


class Verdict(models.Model):
    """What validation says of the challenge as a whole."""

    challenge = models.OneToOneField(Challenge, on_delete=models.CASCADE, related_name="verdict")
    verdict = models.CharField(_("verdict"), max_length=20, choices=ChallengeVerdict)
    rationale = models.TextField(_("why"))
    by = PublicForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [models.CheckConstraint(condition=Q(verdict__in=ChallengeVerdict.values), name="verdict_verdict")]

    def __str__(self) -> str:
        """Say what it is."""
        return str(self.get_verdict_display())

    @property
    def tone(self) -> Tone:
        """How it looks."""
        return ChallengeVerdict(self.verdict).tone
