"""Municipalities, their hosts, and who works in them."""

from collections.abc import Collection
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition
from django_tenants.models import DomainMixin, TenantMixin

from programs.cohorts.models import (  # noqa: F401  Django finds its models here
    Brand,
    JointChallenge,
    Participation,
    Program,
    Progress,
    StageWindow,
)
from programs.enums import Country, MunicipalityState, Role, Weekday
from programs.schemas.models import SchemaJob, SchemaTemplate  # noqa: F401  Django finds its models here
from programs.timing.models import Deadline, Due  # noqa: F401  Django finds its models here
from programs.validators import (
    COLOUR,
    HOST_NAME,
    RESERVED_SCHEMAS,
    SCHEMA_NAME,
    validate_host,
    validate_names,
    validate_schema_name,
    validate_time_zone,
)
from tech4muni.core.models import DatedModel, PublicIdModel


class Municipality(FSMModelMixin, PublicIdModel, DatedModel, TenantMixin):
    """A tenant: one PostgreSQL schema, one or more hosts."""

    auto_create_schema = False  # programs.provisioning makes the schema, resumably
    auto_drop_schema = False

    schema_name = models.CharField(
        _("schema name"),
        max_length=41,
        unique=True,
        validators=[validate_schema_name],
        help_text=_("Never changes. Small Latin letters, digits and underscores, such as strumica."),
    )
    names = models.JSONField(_("names"), validators=[validate_names], help_text=_("One name per language."))
    country = models.CharField(_("country"), max_length=2, choices=Country)
    languages = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES),
        verbose_name=_("languages"),
        help_text=_("The first one is used where nobody chose another."),
    )
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[validate_time_zone])
    working_days = ArrayField(models.PositiveSmallIntegerField(choices=Weekday), verbose_name=_("working week"))
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    brand_name = models.CharField(max_length=80, blank=True, editable=False)  # of the program it takes part in
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#0b5d7a",
        validators=[RegexValidator(COLOUR, _("Write the colour as #0b5d7a."))],
    )
    state = FSMField(
        _("state"),
        choices=MunicipalityState,
        default=MunicipalityState.PREPARING,
        protected=True,
        editable=False,
    )
    suspension_reason = models.CharField(_("reason of the suspension"), max_length=300, blank=True, editable=False)
    shard = models.CharField(max_length=40, default="default", editable=False)
    schema_version = models.CharField(_("schema version"), max_length=64, blank=True, editable=False)

    objects: ClassVar[models.Manager["Municipality"]] = models.Manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["schema_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(schema_name__regex=SCHEMA_NAME)
                & ~Q(schema_name__startswith="pg_")
                & ~Q(schema_name__in=RESERVED_SCHEMAS),
                name="municipality_schema_name",
            ),
            models.CheckConstraint(condition=Q(state__in=MunicipalityState.values), name="municipality_state"),
            models.CheckConstraint(condition=Q(country__in=Country.values), name="municipality_country"),
            models.CheckConstraint(condition=Q(colour__regex=COLOUR), name="municipality_colour"),
            models.CheckConstraint(condition=~Q(languages=[]), name="municipality_languages"),
            models.CheckConstraint(
                condition=Q(working_days__contained_by=Weekday.values) & ~Q(working_days=[]),
                name="municipality_working_days",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="municipality_coordinates",
            ),
        ]

    def __str__(self) -> str:
        """Name the municipality in the active language."""
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language, else in the municipality's first language, else any."""
        names: dict[str, str] = self.names
        for language in (get_language() or "", *self.languages):
            if language in names:
                return names[language]
        return next(iter(names.values()), self.schema_name)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Check all fields but the state, which only its transitions set."""
        super().clean_fields(exclude={*(exclude or ()), "state"})

    @transition(field=state, source=MunicipalityState.PREPARING, target=MunicipalityState.ACTIVE)
    def open(self) -> None:
        """Become reachable, once the schema is complete."""

    @transition(field=state, source=MunicipalityState.ACTIVE, target=MunicipalityState.SUSPENDED)
    def suspend(self, reason: str) -> None:
        """Show a plain page instead of the workspace."""
        self.suspension_reason = reason

    @transition(field=state, source=MunicipalityState.SUSPENDED, target=MunicipalityState.ACTIVE)
    def resume(self) -> None:
        """Become reachable again."""
        self.suspension_reason = ""


class Domain(DomainMixin, models.Model):
    """A host of a municipality, matched exactly."""

    tenant = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="domains", verbose_name=_("municipality")
    )
    domain = models.CharField(
        _("host"),
        max_length=253,
        unique=True,
        validators=[validate_host],
    )

    objects: ClassVar[models.Manager["Domain"]] = models.Manager()

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["domain"]
        constraints = [
            models.CheckConstraint(condition=Q(domain__regex=HOST_NAME), name="domain_host_name"),
            models.UniqueConstraint(fields=["tenant"], condition=Q(is_primary=True), name="domain_one_primary"),
        ]

    def __str__(self) -> str:
        """Name the host."""
        return self.domain


class Membership(DatedModel):
    """A user's role in a municipality; ended, never deleted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("municipality")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["municipality", "user"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role"),
            models.UniqueConstraint(
                fields=["user", "municipality"],
                condition=Q(ended_at__isnull=True),
                name="membership_one_open",
            ),
        ]

    def __str__(self) -> str:
        """Say who is what where."""
        return f"{self.user} · {self.get_role_display()} · {self.municipality}"


class Invitation(PublicIdModel, DatedModel):
    """A single-use link, sent by mail, into one municipality with one role."""

    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("municipality")
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role"),
            models.UniqueConstraint(
                fields=["municipality", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        """Say who is invited where."""
        return f"{self.email} · {self.municipality}"


class Visit(PublicIdModel):
    """A coordinator's hand-over into a municipality: with a reason, for a short time, on record in both places."""

    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="visits",
        verbose_name=_("coordinator"),
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="visits", verbose_name=_("municipality")
    )
    reason = models.CharField(_("reason"), max_length=300)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("asked"))
    redeem_by = models.DateTimeField(_("link valid until"))
    entered_at = models.DateTimeField(_("entered"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="visit_reason"),
            models.CheckConstraint(condition=Q(redeem_by__gt=F("created_at")), name="visit_redeem_by"),
        ]

    def __str__(self) -> str:
        """Say who visits where."""
        return f"{self.coordinator} → {self.municipality}"
