"""Who offers solutions: companies and their people."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from solutions.market.enums import (
    CompanyKind,
    CompanyRole,
)
from tech4muni.core.models import DatedModel, PublicIdModel


class Company(PublicIdModel, DatedModel):
    """A startup, scale-up, vendor, research institution or civil society: who owns solutions and applies."""

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=CompanyKind, default=CompanyKind.STARTUP)
    country = models.CharField(_("country"), max_length=2, blank=True)  # ISO 3166-1 alpha-2, any country
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("description"), blank=True)
    import_key = models.CharField(max_length=120, unique=True, null=True, editable=False)  # of a public record
    sources = models.JSONField(_("sources"), default=list, blank=True, editable=False)

    objects: ClassVar[models.Manager["Company"]] = models.Manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=CompanyKind.values), name="company_kind")]

    def __str__(self) -> str:
        """Name the company."""
        return self.name


class CompanyMember(DatedModel):
    """Somebody who works for a company on this platform; ended, never deleted."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="members", verbose_name=_("company"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="companies", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=CompanyRole)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("company member")
        verbose_name_plural = _("company members")
        ordering = ["company", "user"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=CompanyRole.values), name="company_member_role"),
            models.UniqueConstraint(
                fields=["company", "user"], condition=Q(ended_at__isnull=True), name="company_member_one_open"
            ),
        ]

    def __str__(self) -> str:
        """Say who is what where."""
        return f"{self.user} · {self.company}"


class Solution(PublicIdModel, DatedModel):
    """Something a company offers: what it is for, apart from how it works."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="solutions", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=200)
    purpose = models.TextField(_("what it is for"))
    mechanism = models.TextField(_("how it works"), blank=True)
    sectors = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("sectors"))
    readiness = models.PositiveSmallIntegerField(
        _("technology readiness level"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    references = models.TextField(_("references"), blank=True)

    class Meta:
        verbose_name = _("solution")
        verbose_name_plural = _("solutions")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(readiness__isnull=True) | Q(readiness__range=(1, 9)), name="solution_readiness"
            )
        ]

    def __str__(self) -> str:
        """Name the solution."""
        return self.name
