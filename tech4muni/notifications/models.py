"""The outbox: one row per message and receiver, written in the transaction of what it tells."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from tech4muni.core import clock
from tech4muni.core.models import DatedModel, PublicIdModel
from tech4muni.notifications.enums import UNSENT, MessageState
from tech4muni.notifications.querysets import MessageQuerySet


class Message(FSMModelMixin, PublicIdModel, DatedModel):
    """A mail to one address, in the receiver's language; leased to one worker while it is being sent."""

    key = models.CharField(
        _("key"), max_length=200, unique=True, editable=False, help_text=_("What, whom and when: sent once.")
    )
    kind = models.CharField(_("kind"), max_length=60, editable=False)
    schema_name = models.CharField(_("municipality"), max_length=41, blank=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="messages",
        verbose_name=_("receiver"),
    )
    email = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    brand = models.CharField(_("name at the head"), max_length=200, blank=True, editable=False)
    sender = models.CharField(_("from"), max_length=320, blank=True, editable=False)  # the platform's if empty
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    private = models.BooleanField(
        _("private"),
        default=False,
        editable=False,
        help_text=_("Carries a code or link that only the receiver may see."),
    )
    state = FSMField(_("state"), choices=MessageState, default=MessageState.WAITING, protected=True, editable=False)
    leave_by = models.DateTimeField(
        _("should leave by"),
        default=clock.now,
        editable=False,
        help_text=_("The most urgent message leaves first."),
    )
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("worthless after"), null=True, blank=True, editable=False)
    retry_at = models.DateTimeField(_("next try"), null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True, editable=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state"),
            models.CheckConstraint(
                condition=Q(state=MessageState.SENT, sent_at__isnull=False)
                | (~Q(state=MessageState.SENT) & Q(sent_at__isnull=True)),
                name="message_sent_at",
            ),
        ]
        indexes = [
            models.Index(fields=["leave_by", "id"], condition=Q(state=MessageState.WAITING), name="message_urgency"),
        ]

    def __str__(self) -> str:
        """Name the message by its receiver and subject."""
        return f"{self.email}: {self.subject}"

    def is_leaving(self, now: datetime) -> bool:
        """Whether a worker is sending it, so that nobody else may touch it."""
        return self.leased_until is not None and self.leased_until > now

    def is_worthless(self, now: datetime) -> bool:
        """Whether what it says no longer holds."""
        return self.expires_at is not None and self.expires_at <= now

    @transition(field=state, source=MessageState.WAITING, target=MessageState.HELD)
    def hold(self) -> None:
        """Stay until released."""

    @transition(field=state, source=MessageState.HELD, target=MessageState.WAITING)
    def release(self) -> None:
        """Leave when due."""

    @transition(field=state, source=UNSENT, target=MessageState.WAITING)
    def hurry(self, now: datetime) -> None:
        """Leave now."""
        self.due_at = min(self.due_at, now)
        self.leave_by = min(self.leave_by, now)
        self.retry_at = None

    @transition(field=state, source=UNSENT, target=MessageState.DROPPED)
    def drop(self) -> None:
        """Never leave."""
        self._end()

    @transition(field=state, source=MessageState.WAITING, target=MessageState.SENT)
    def mark_sent(self, now: datetime) -> None:
        """Have left."""
        self.sent_at = now
        self.last_error = ""
        self._end()

    def put_off(self, error: str, until: datetime) -> None:
        """Wait for the next try."""
        self.last_error = error
        self.retry_at = until
        self.leased_until = None

    @transition(field=state, source=MessageState.WAITING, target=MessageState.FAILED)
    def fail(self, error: str) -> None:
        """Wait for a coordinator, who sends it again or drops it."""
        self.last_error = error
        self.leased_until = None

    def _end(self) -> None:
        """Need no lease any more, and no secret."""
        self.leased_until = None
        if self.private:
            self.text = self.html = ""
