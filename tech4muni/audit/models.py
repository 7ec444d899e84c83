"""The audit entry: who did what to which thing, when, and a digest that chains it to the one before."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from tech4muni.audit import verbs
from tech4muni.core.fields import PublicForeignKey


class Entry(models.Model):
    """One line of a trail. Values are kept as text, so that the line outlives the rows it names.

    The database refuses a line that does not follow the last one, and to change or delete one (migration 0002).
    """

    number = models.PositiveBigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("when"))
    actor = PublicForeignKey("accounts.User", null=True, verbose_name=_("who"))
    actor_label = models.CharField(_("who"), max_length=200)
    verb = models.CharField(_("what"), max_length=60)
    target_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    target_id = models.CharField(_("id of the thing"), max_length=60, blank=True)
    target_label = models.CharField(_("thing"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    data = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    host = models.CharField(_("host"), max_length=253, blank=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-number"]
        indexes = [models.Index(fields=["target_type", "target_id", "-number"], name="audit_entry_target")]

    def __str__(self) -> str:
        """Name the line by its number and verb."""
        return f"{self.number} {self.verb}"

    @property
    def who(self) -> str:
        """Who did it, as they were called then; somebody who was anonymised since, as they are called now."""
        if self.actor_id is None:
            return str(_("The platform"))
        if self.actor is not None and self.actor.anonymised_at is not None:
            return str(self.actor)
        return self.actor_label

    @property
    def sentence(self) -> str:
        """What was done, as HTML in the active language."""
        return verbs.sentence(self.verb, self.target_label, self.data)


class Head(models.Model):
    """The number and digest of the last entry of a schema's trail, written by the database (migration 0002).

    With it the end of a trail cannot be cut off unnoticed.
    """

    schema_name = models.TextField(primary_key=True)
    number = models.PositiveBigIntegerField()
    digest = models.TextField()

    class Meta:
        managed = False
        db_table = "audit_head"

    def __str__(self) -> str:
        """Name the trail and its last entry."""
        return f"{self.schema_name} {self.number}"
