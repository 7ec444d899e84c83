"""What is due when: one row per thing, whom and instant. Workers claim rows; the row decides, not the broker."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.cohorts.models import Program, name_in
from programs.enums import ReminderStep
from programs.validators import validate_time_zone
from tech4muni.core.models import DatedModel, PublicIdModel


class Deadline(PublicIdModel, DatedModel):
    """Something that has to be done by an instant, with the person who does it and the page where it is done.

    `key` names what and for which thing, such as `stage:<challenge>:validation`; there is one row for it, whose
    instant may move. Reminders (Due rows) follow it.
    """

    key = models.CharField(max_length=200, unique=True)
    label = models.JSONField(_("what"), help_text=_("A sentence per language."))
    municipality = models.ForeignKey(
        "programs.Municipality",
        on_delete=models.PROTECT,
        null=True,
        related_name="deadlines",
        verbose_name=_("municipality"),
    )
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, null=True, related_name="deadlines", verbose_name=_("program")
    )
    challenge_id = models.UUIDField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    path = models.CharField(max_length=300, blank=True)  # on the municipality's host, or on the platform's own
    due_at = models.DateTimeField(_("by"))
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[validate_time_zone])
    met_at = models.DateTimeField(_("done"), null=True)
    withdrawn_at = models.DateTimeField(_("no longer needed"), null=True)

    objects: ClassVar[models.Manager["Deadline"]] = models.Manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["due_at"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(met_at__isnull=True, withdrawn_at__isnull=True), name="deadline_open"
            ),
            models.Index(fields=["municipality", "due_at"], name="deadline_of_municipality"),
            models.Index(fields=["challenge_id"], name="deadline_of_challenge"),
        ]

    def __str__(self) -> str:
        """Say what has to be done."""
        return self.name

    @property
    def name(self) -> str:
        """What has to be done, in the active language."""
        return name_in(self.label)

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.met_at is None and self.withdrawn_at is None


class Due(models.Model):
    """Something that the system does at an instant, once.

    Args:
        key: what, whom and when; a second row with the same key cannot be.
        kind: names the handler (programs.timing.kinds).
        payload: what the handler needs: primitives.
    """

    key = models.CharField(max_length=250, unique=True)
    kind = models.CharField(_("kind"), max_length=60)
    payload = models.JSONField(default=dict)
    deadline = models.ForeignKey(
        Deadline, on_delete=models.PROTECT, null=True, related_name="steps", verbose_name=_("deadline")
    )
    step = models.CharField(max_length=20, choices=ReminderStep, blank=True)
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)

    objects: ClassVar[models.Manager["Due"]] = models.Manager()

    class Meta:
        verbose_name = _("due step")
        verbose_name_plural = _("due steps")
        ordering = ["due_at"]
        constraints = [
            models.CheckConstraint(condition=Q(step__in=["", *ReminderStep.values]), name="due_step"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(cancelled_at__isnull=True), name="due_done_or_cancelled"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
                name="due_open",
            ),
        ]

    def __str__(self) -> str:
        """Name it by its key."""
        return self.key
