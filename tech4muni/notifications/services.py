"""Putting mail into the outbox, and what coordinators do with what waits there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock, later
from tech4muni.core.errors import Conflict, Refused
from tech4muni.core.schemas import active_municipality_schema
from tech4muni.notifications import kinds
from tech4muni.notifications.enums import UNSENT
from tech4muni.notifications.models import Message
from tech4muni.notifications.permissions import may_edit, may_handle
from tech4muni.notifications.rendering import render, render_edited

DELIVER_TASK: Final = "notifications.deliver"
PATIENCE: Final = timedelta(days=1)
"""How long a message without an end of worth may take: what ends sooner leaves first."""

LEADS_OUT: Final = frozenset({"release", "hurry"})
HANDLED: Final = ("state", "subject", "text", "html", "due_at", "leave_by", "retry_at", "leased_until")
"""What coordinators' steps change."""


@transaction.atomic
def enqueue(
    kind: str,
    *,
    key: str,
    email: str,
    language: str,
    context: Mapping[str, Any],
    user: User | None = None,
    time_zone: str = "",
    brand: str = "",
    sender: str = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Write a message into the outbox, in the caller's transaction, once per `key`; it leaves after the commit.

    Args:
        kind: the name of a kind that an app's `mails` module declares.
        key: what, whom and when; a second call with the same key returns the first message. No secret belongs in it.
        email: the receiver's address.
        language: the receiver's language; the templates are rendered in it.
        context: a value for each placeholder of the kind.
        user: the receiver, if they have an account.
        time_zone: the receiver's IANA time zone; their account's, else UTC, if empty.
        brand: the name at the head of the mail; the platform's if empty.
        sender: who it comes from, `Name <address>`; the platform's if empty.
        due_at: not before this instant; now if None.
        expires_at: worthless after this instant, and then dropped.

    Raises LookupError if the kind is not declared, ValueError or TypeError if the context does not fit it.
    """
    existing = Message.objects.filter(key=key).first()
    if existing is not None:
        return existing
    declared = kinds.get(kind)
    due = due_at or clock.now()
    zone = time_zone or (user.time_zone if user else "UTC")
    rendered = render(declared, context, language=language, time_zone=zone, brand=brand)
    message, created = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "schema_name": active_municipality_schema(),
            "user": user,
            "email": email,
            "language": language,
            "brand": brand,
            "sender": sender,
            "subject": rendered.subject,
            "text": rendered.text,
            "html": rendered.html,
            "private": declared.private,
            "due_at": due,
            "leave_by": min(due + PATIENCE, expires_at or due + PATIENCE),
            "expires_at": expires_at,
        },
    )
    if created and due <= clock.now():
        later.after_commit(DELIVER_TASK)
    return message


@transaction.atomic
def hold(message: Message, *, actor: User, reason: str = "") -> Message:
    """Keep a waiting message back until it is released; raises Refused if it is leaving or has left."""
    message = _take(message, actor, "hold")
    message.hold()
    return _save(message, "message.held", actor, reason)


@transaction.atomic
def release(message: Message, *, actor: User, reason: str = "") -> Message:
    """Let a held message leave when it is due; raises Refused if it is not held, or worthless by now."""
    message = _take(message, actor, "release")
    message.release()
    later.after_commit(DELIVER_TASK)
    return _save(message, "message.released", actor, reason)


@transaction.atomic
def send_now(message: Message, *, actor: User, reason: str = "") -> Message:
    """Send a waiting, held or failed message at once.

    Raises Refused if it is leaving, has left, was dropped, or is worthless by now.
    """
    message = _take(message, actor, "hurry")
    message.hurry(clock.now())
    later.after_commit(DELIVER_TASK)
    return _save(message, "message.hurried", actor, reason)


@transaction.atomic
def drop(message: Message, *, actor: User, reason: str = "") -> Message:
    """Never send a message; raises Refused if it is leaving, has left or was dropped."""
    message = _take(message, actor, "drop")
    message.drop()
    return _save(message, "message.dropped", actor, reason)


@transaction.atomic
def edit(message: Message, *, actor: User, subject: str, text: str, seen: datetime | None = None) -> Message:
    """Change subject and text of a message that has not left; its HTML twin follows the text.

    Args:
        message: what to change.
        actor: the coordinator.
        subject: the new subject, one line.
        text: the new text; addresses in it become links.
        seen: `updated_at` of the message as the coordinator saw it, None to overwrite anyway.

    Raises:
        Forbidden: if the message is private.
        Refused: if it is leaving, has left or was dropped, or if nothing is written.
        Conflict: if somebody changed it after `seen`.
    """
    message = _take(message, actor)
    may_edit(actor, message).enforce()
    if seen is not None and message.updated_at != seen:
        raise Conflict(_("Somebody else changed this message in the meantime."))
    for field, value in (("subject", subject), ("text", text)):
        if not value.strip():
            raise Refused(_("Write something here."), field=field)
    before = {"subject": message.subject, "text": message.text}
    rendered = render_edited(subject, text, language=message.language, brand=message.brand)
    message.subject, message.text, message.html = rendered.subject, rendered.text, rendered.html
    return _save(message, "message.edited", actor, "", {"before": before})


@transaction.atomic
def forget_receiver(user: User, email: str) -> None:
    """Drop what waits for somebody, and overwrite address and texts of all that was ever written to them.

    Args:
        user: the receiver, whose present address (the anonymous one) takes the place of the old one.
        email: the old address.
    """
    for message in Message.objects.select_for_update().filter(Q(user=user) | Q(email=email)):
        if message.state in UNSENT:
            message.drop()
        message.email = user.email
        message.subject = message.text = message.html = message.last_error = ""
        message.updated_at = clock.now()
        message.save(update_fields=[*HANDLED, "email", "last_error", "updated_at"])


def _take(message: Message, actor: User, step: str = "") -> Message:
    """Lock the row as it is now, if the actor may and its state allows the step (or anything, without a step)."""
    may_handle(actor).enforce()
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.is_leaving(clock.now()):
        raise Conflict(_("This message is just being sent."))
    if step in LEADS_OUT and message.is_worthless(clock.now()):
        raise Refused(_("It is too late to send this message: what it says no longer holds."))
    if not (can_proceed(getattr(message, step)) if step else message.state in UNSENT):
        state = message.get_state_display()
        raise Refused(_("This is not possible: the message is in the state “%(state)s”.") % {"state": state})
    return message


def _save(message: Message, verb: str, actor: User, reason: str, data: Mapping[str, Any] | None = None) -> Message:
    message.updated_at = clock.now()
    message.save(update_fields=[*HANDLED, "updated_at"])
    record(verb, actor=actor, target=message, reason=reason, data=data)
    return message
