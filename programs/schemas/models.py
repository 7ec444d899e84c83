"""What the platform knows about schemas: the script that makes one, and how the last work on each went."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.enums import SchemaJobState
from tech4muni.core import clock


class SchemaTemplate(models.Model):
    """The SQL that makes a municipality's schema, and the migrations that it stands for.

    `prelude` makes what these migrations put into the public schema, for a database that has none of it.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    version = models.CharField(max_length=64, editable=False)
    prelude = models.TextField(editable=False, blank=True)
    script = models.TextField(editable=False)
    migrations = models.JSONField(editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("schema template")
        verbose_name_plural = _("schema templates")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """Name the template by its version."""
        return self.version

    @property
    def applied(self) -> frozenset[tuple[str, str]]:
        """The (app label, name) of each migration that the script stands for."""
        return frozenset((app, name) for app, name in self.migrations)


class SchemaJob(models.Model):
    """How the last work on a municipality's schema went: its making, or its change to a newer version."""

    municipality = models.OneToOneField(
        "programs.Municipality",
        on_delete=models.CASCADE,
        related_name="schema_job",
        verbose_name=_("municipality"),
    )
    state = models.CharField(_("state"), max_length=20, choices=SchemaJobState)
    target = models.CharField(_("to version"), max_length=64)
    error = models.TextField(_("error"), blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("work on a schema")
        verbose_name_plural = _("work on schemas")
        ordering = ["municipality"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SchemaJobState.values), name="schema_job_state"),
            models.CheckConstraint(
                condition=Q(state=SchemaJobState.RUNNING, finished_at__isnull=True)
                | (~Q(state=SchemaJobState.RUNNING) & Q(finished_at__isnull=False)),
                name="schema_job_finished_at",
            ),
        ]

    def __str__(self) -> str:
        """Say which schema it was and how it went."""
        return f"{self.municipality} · {self.get_state_display()}"
