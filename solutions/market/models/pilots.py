"""The public rows of pilots."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.cohorts.models import name_in
from programs.models import Municipality
from solutions.market.models.calls import Call
from solutions.market.models.companies import Company
from tech4muni.core.models import DatedModel, PublicIdModel


class PilotEntry(PublicIdModel, DatedModel):
    """The public row of a pilot: how its company finds it, and what everybody may read of its result.

    Written by the pilots app together with the pilot itself, which lives in the municipality's schema.
    """

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="pilot_entries")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="pilot_entries")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="pilot_entries")
    pilot_id = models.UUIDField(unique=True)  # the pilot's public id, in the municipality's schema
    label = models.JSONField(_("title"), default=dict)  # per language
    state = models.CharField(_("state"), max_length=20)
    result = models.JSONField(_("result"), null=True)  # what is published at the end; None until then
    published_at = models.DateTimeField(_("published"), null=True)

    class Meta:
        verbose_name = _("pilot")
        verbose_name_plural = _("pilots")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planning", "running", "review", "decided"]), name="pilot_entry_state"
            ),
            models.CheckConstraint(
                condition=Q(result__isnull=True, published_at__isnull=True)
                | Q(result__isnull=False, published_at__isnull=False),
                name="pilot_entry_published",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Name the pilot in the active language."""
        return self.name

    @property
    def name(self) -> str:
        """The title in the active language, else in any."""
        return name_in(self.label)
