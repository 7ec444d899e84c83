"""Published briefs, with the time in which companies apply."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programs.cohorts.models import JointChallenge, Program, name_in
from programs.models import Municipality
from programs.validators import validate_time_zone
from tech4muni.core.models import DatedModel, PublicIdModel


class Call(PublicIdModel, DatedModel):
    """A published brief with the time in which companies apply: a dated snapshot, never edited.

    `content` is what challenges.snapshots makes: {"texts": {language: {field: text}}, "figures", "metrics", "criteria",
    "pilot", "decision_on", "contact"}. Only languages whose text was approved are in it.
    """

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, null=True, related_name="calls", verbose_name=_("program")
    )
    joint = models.OneToOneField(
        JointChallenge, on_delete=models.PROTECT, null=True, related_name="call", verbose_name=_("joint challenge")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="calls", verbose_name=_("municipality")
    )
    challenge_id = models.UUIDField(unique=True)
    content = models.JSONField(_("content"))
    digest = models.CharField(max_length=64)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    grace_minutes = models.PositiveSmallIntegerField(_("minutes of grace"), default=15)
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[validate_time_zone])
    decision_on = models.DateField(_("day of the decision"))
    published_at = models.DateTimeField(_("published"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects: ClassVar[models.Manager["Call"]] = models.Manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["closes_at"]
        constraints = [models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_window")]

    def __str__(self) -> str:
        """Name the call in the active language."""
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language, else in any."""
        return name_in({language: text.get("title", "") for language, text in self.content["texts"].items()})


class CallCity(models.Model):
    """A municipality that a call is for, with its own annex; a call of one municipality has one of these."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="cities")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="call_cities")
    challenge_id = models.UUIDField(unique=True)
    annex = models.JSONField(_("annex"), default=dict)  # {"texts": {language: {field: text}}, "pilot": …}; {} if none
    joined_at = models.DateTimeField(_("joined"))

    class Meta:
        verbose_name = _("municipality of a call")
        verbose_name_plural = _("municipalities of a call")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["call", "municipality"], name="call_city_once")]

    def __str__(self) -> str:
        """Name both."""
        return f"{self.municipality} · {self.call}"


class CallQuestion(PublicIdModel, DatedModel):
    """A question about a call; question and answer are shown to everybody, never who asked."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="questions")
    email = models.EmailField(_("asked by"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    text = models.TextField(_("question"), max_length=2000)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """Say what was asked."""
        return self.text[:80]
