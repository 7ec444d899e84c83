"""Applications as they were received, and the map of the market around a challenge."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from solutions.selection.enums import HIGHEST_READINESS, LOWEST_READINESS, Fit, LeadKind
from tech4muni.core.fields import PublicForeignKey
from tech4muni.core.models import DatedModel, PublicIdModel


class ReceivedApplication(PublicIdModel):
    """An application as a company submitted it to this municipality; the database refuses to change it.

    A company that submits again until the deadline makes a new round; the last one counts. Whoever reads, searches,
    scores or exports applications goes through `visible_to` (solutions.selection.queries.received).
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="received")
    release_id = models.UUIDField(_("release"))  # public id of market.Release
    company_id = models.UUIDField(_("company"))  # public id of market.Company
    company_name = models.CharField(_("company"), max_length=200)
    reference = models.CharField(_("reference"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    round = models.PositiveIntegerField(_("round"))
    content = models.JSONField(_("content"))  # sections with labels, questions and answers, as they were shown
    digest = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(_("submitted"))
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("received application")
        verbose_name_plural = _("received applications")
        ordering = ["-submitted_at"]
        constraints = [models.UniqueConstraint(fields=["release_id", "round"], name="received_once_per_round")]
        indexes = [models.Index(fields=["challenge", "release_id", "-round"], name="received_latest")]

    def __str__(self) -> str:
        """Name the application without its company: the trail shows it to people who must not see that one."""
        return self.reference


class TakenBack(models.Model):
    """A company took its application back: rounds up to this one count no more. The database refuses to change it."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="taken_back")
    release_id = models.UUIDField(_("release"))
    round = models.PositiveIntegerField(_("round"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("application that was taken back")
        verbose_name_plural = _("applications that were taken back")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["release_id", "round"], name="taken_back_once")]

    def __str__(self) -> str:
        """Say which round."""
        return f"{self.release_id} · {self.round}"


class ReceivedFile(PublicIdModel):
    """A file of a received application, copied into the municipality's own folder."""

    received = models.ForeignKey(ReceivedApplication, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(_("name"), max_length=150)
    file = models.FileField(upload_to="received/")
    size = models.PositiveIntegerField(_("size in bytes"))
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("received file")
        verbose_name_plural = _("received files")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Name the file."""
        return self.name


class Lead(PublicIdModel, DatedModel):
    """A solution on a challenge's market map: scouted by the team, suggested by others, or applied.

    `release_id` is set for one that applied; what the city makes of it stands in market.Release.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="leads")
    kind = models.CharField(_("how it came here"), max_length=20, choices=LeadKind)
    name = models.CharField(_("solution"), max_length=200)
    company_name = models.CharField(_("company"), max_length=200)
    company_id = models.UUIDField(null=True)  # public id of market.Company, where it is on the platform
    release_id = models.UUIDField(null=True, unique=True)
    website = models.URLField(_("website"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    sector = models.CharField(_("sector it comes from"), max_length=80, blank=True)
    from_elsewhere = models.BooleanField(
        _("from another sector"),
        default=False,
        help_text=_("It was made for something else and could be carried over."),
    )
    readiness = models.PositiveSmallIntegerField(
        _("technology readiness level"),
        null=True,
        blank=True,
        validators=[MinValueValidator(LOWEST_READINESS), MaxValueValidator(HIGHEST_READINESS)],
        help_text=_("From 1, an idea, to 9, in daily use."),
    )
    source = models.CharField(
        _("where it was found"), max_length=300, blank=True, help_text=_("A fair, a list, a colleague, another city.")
    )
    notes = models.TextField(_("notes"), blank=True)
    by = PublicForeignKey(settings.AUTH_USER_MODEL, null=True, verbose_name=_("who added it"))

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["company_name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LeadKind.values), name="lead_kind"),
            models.CheckConstraint(
                condition=Q(kind="applied", release_id__isnull=False)
                | (~Q(kind="applied") & Q(release_id__isnull=True)),
                name="lead_applied",
            ),
            models.CheckConstraint(
                condition=Q(readiness__isnull=True) | Q(readiness__range=(LOWEST_READINESS, HIGHEST_READINESS)),
                name="lead_readiness",
            ),
        ]

    def __str__(self) -> str:
        """Name the solution and its company."""
        return f"{self.name} · {self.company_name}"


class Requirement(PublicIdModel):
    """What a solution must, should or may not be, for the fit matrix."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="requirements")
    text = models.CharField(_("requirement"), max_length=200)
    must = models.BooleanField(_("a must"), default=False, help_text=_("Who does not meet it cannot be chosen."))

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["-must", "pk"]

    def __str__(self) -> str:
        """Say what is required."""
        return self.text


class LeadFit(models.Model):
    """How one lead meets one requirement."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="fits")
    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="fits")
    fit = models.CharField(_("fit"), max_length=20, choices=Fit, default=Fit.UNKNOWN)

    class Meta:
        verbose_name = _("fit")
        verbose_name_plural = _("fits")
        constraints = [
            models.UniqueConstraint(fields=["lead", "requirement"], name="lead_fit_once"),
            models.CheckConstraint(condition=Q(fit__in=Fit.values), name="lead_fit_fit"),
        ]

    def __str__(self) -> str:
        """Say how it fits."""
        return f"{self.requirement}: {self.get_fit_display()}"
