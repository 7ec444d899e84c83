"""What companies apply with, and what each city makes of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from solutions.market.enums import (
    EARLY_RELEASES,
    ApplicationState,
    CompanyRole,
    ReleaseState,
)
from solutions.market.models.calls import Call, CallCity
from solutions.market.models.companies import Company
from tech4muni.core.models import DatedModel, PublicIdModel


class ApplicationLink(DatedModel):
    """A link by mail that begins or resumes an application; kept as a digest, spent by POST."""

    email = models.EmailField(_("e-mail address"))
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    token_digest = models.CharField(max_length=64, unique=True)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="+")
    application = models.ForeignKey("market.Application", on_delete=models.PROTECT, null=True, related_name="links")
    role = models.CharField(max_length=20, choices=CompanyRole, default=CompanyRole.OWNER)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("application link")
        verbose_name_plural = _("application links")
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(role__in=CompanyRole.values), name="application_link_role")]

    def __str__(self) -> str:
        """Name the receiver."""
        return self.email


class Application(FSMModelMixin, PublicIdModel, DatedModel):
    """A company's answer to one or more calls, written once and released to each city separately.

    `answers` holds the parts that all calls share, by section and field (solutions.market.sections).
    """

    reference = models.CharField(_("reference"), max_length=20, unique=True, editable=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, related_name="applications", verbose_name=_("company")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    state = FSMField(
        _("state"), choices=ApplicationState, default=ApplicationState.DRAFT, protected=True, editable=False
    )
    answers = models.JSONField(_("answers"), default=dict)
    version = models.PositiveIntegerField(default=1, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    digest = models.CharField(max_length=64, blank=True)  # of what was submitted; the receipt names it
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(state__in=ApplicationState.values), name="application_state")]

    def __str__(self) -> str:
        """Name the application."""
        return f"{self.reference} {self.company or ''}".strip()

    @transition(field=state, source=[ApplicationState.DRAFT, ApplicationState.SUBMITTED],
                target=ApplicationState.SUBMITTED)  # fmt: skip
    def submit(self) -> None:
        """Be in the hands of the cities; once more with changes, until the deadline."""

    @transition(field=state, source=[ApplicationState.DRAFT, ApplicationState.SUBMITTED],
                target=ApplicationState.WITHDRAWN)  # fmt: skip
    def withdraw(self) -> None:
        """Ask for nothing any more."""


class Applicant(DatedModel):
    """Somebody who works on an application."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="people")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=CompanyRole)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=CompanyRole.values), name="applicant_role"),
            models.UniqueConstraint(
                fields=["application", "user"], condition=Q(ended_at__isnull=True), name="applicant_one_open"
            ),
        ]

    def __str__(self) -> str:
        """Say who works on what."""
        return f"{self.user} · {self.application}"


class ApplicationCall(models.Model):
    """A call that an application answers, with the answers that are for this call alone."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="calls")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications")
    answers = models.JSONField(_("answers"), default=dict)
    version = models.PositiveIntegerField(default=1, editable=False)
    left_out = ArrayField(models.BigIntegerField(), default=list, blank=True)  # cities of the call that do not get it
    dropped_at = models.DateTimeField(_("left out"), null=True)  # what was typed stays, should it be chosen again

    class Meta:
        verbose_name = _("call of an application")
        verbose_name_plural = _("calls of an application")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["application", "call"], name="application_call_once")]

    def __str__(self) -> str:
        """Name both."""
        return f"{self.application} · {self.call}"


class Release(FSMModelMixin, PublicIdModel, DatedModel):
    """An application in the hands of one city, and what that city makes of it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="releases")
    city = models.ForeignKey(CallCity, on_delete=models.PROTECT, related_name="releases")
    state = FSMField(_("state"), choices=ReleaseState, default=ReleaseState.SUBMITTED, protected=True, editable=False)
    round = models.PositiveIntegerField(default=1, editable=False)  # counted up with every submission
    submitted_at = models.DateTimeField(_("submitted"))
    digest = models.CharField(max_length=64)  # of the snapshot in the city's schema
    note = models.TextField(_("note to the company"), blank=True)

    class Meta:
        verbose_name = _("released application")
        verbose_name_plural = _("released applications")
        ordering = ["-submitted_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReleaseState.values), name="release_state"),
            models.UniqueConstraint(fields=["application", "city"], name="release_once"),
        ]
        indexes = [models.Index(fields=["city", "state"], name="release_of_city")]

    def __str__(self) -> str:
        """Name both."""
        return f"{self.application} · {self.city.municipality}"

    @transition(field=state, source=[*EARLY_RELEASES, ReleaseState.WITHDRAWN, ReleaseState.INELIGIBLE],
                target=ReleaseState.SUBMITTED)  # fmt: skip
    def receive(self) -> None:
        """Be received, for the first time or again with changes."""

    @transition(field=state, source=[*EARLY_RELEASES, ReleaseState.SHORTLISTED], target=ReleaseState.INELIGIBLE)
    def find_ineligible(self) -> None:
        """Not meet what the brief asks of applicants."""

    @transition(field=state, source=EARLY_RELEASES, target=ReleaseState.MORE_INFO_REQUESTED)
    def ask_for_more(self) -> None:
        """Wait for the company to tell more."""

    @transition(field=state, source=[*EARLY_RELEASES, ReleaseState.INELIGIBLE], target=ReleaseState.UNDER_REVIEW)
    def find_eligible(self) -> None:
        """Be read."""

    @transition(field=state, source=ReleaseState.UNDER_REVIEW, target=ReleaseState.SHORTLISTED)
    def shortlist(self) -> None:
        """Be among those that the city looks at closely."""

    @transition(field=state, source=ReleaseState.SHORTLISTED, target=ReleaseState.UNDER_REVIEW)
    def take_off_shortlist(self) -> None:
        """Be among the others again."""

    @transition(field=state, source=ReleaseState.SHORTLISTED, target=ReleaseState.INVITED)
    def invite(self) -> None:
        """Be invited to the event."""

    @transition(field=state, source=[ReleaseState.INVITED, ReleaseState.SHORTLISTED, ReleaseState.UNDER_REVIEW,
                                     ReleaseState.RESERVE], target=ReleaseState.SELECTED)  # fmt: skip
    def select(self) -> None:
        """Be chosen for a pilot."""

    @transition(field=state, source=[ReleaseState.INVITED, ReleaseState.SHORTLISTED, ReleaseState.UNDER_REVIEW],
                target=ReleaseState.RESERVE)  # fmt: skip
    def reserve(self) -> None:
        """Be next in line."""

    @transition(field=state, source=[*EARLY_RELEASES, ReleaseState.SHORTLISTED, ReleaseState.INVITED,
                                     ReleaseState.RESERVE], target=ReleaseState.NOT_SELECTED)  # fmt: skip
    def turn_down(self) -> None:
        """Not be chosen."""

    @transition(field=state, source=[*EARLY_RELEASES, ReleaseState.SHORTLISTED, ReleaseState.INVITED,
                                     ReleaseState.RESERVE, ReleaseState.INELIGIBLE],
                target=ReleaseState.WITHDRAWN)  # fmt: skip
    def withdraw(self) -> None:
        """Be taken back by the company."""


class ApplicationFile(PublicIdModel, DatedModel):
    """A file of an application, under a random name, served only by a view that checks the right."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(_("name"), max_length=150)
    file = models.FileField(upload_to="applications/")
    size = models.PositiveIntegerField(_("size in bytes"))
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("removed"), null=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Name the file."""
        return self.name
