"""Carrying messages out of the outbox: claimed one by one, sent outside of any transaction, then marked.

A message is sent at least once. A worker that dies between sending and marking costs one more mail, which carries the
same Message-ID, so that the receiver's mail server or program can drop it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from smtplib import SMTPDataError, SMTPNotSupportedError, SMTPRecipientsRefused
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from tech4muni.core import clock
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=2)
"""Longer than any conversation with the mail server (EMAIL_TIMEOUT bounds each of its steps)."""

GIVE_UP_AFTER: Final = timedelta(days=4)
"""How long past its urgency a message is tried again: as long as mail servers do among themselves."""

SWEEP_SECONDS: Final = 240
"""How long one sweep goes on: well below the time limit of a task; the next sweep does the rest."""


class Outcome(Enum):
    """How a try ended."""

    SENT = auto()
    PUT_OFF = auto()
    """Refused for now: tried again later."""
    REFUSED = auto()
    """Refused for good: waits for a coordinator."""
    AWAY = auto()
    """The mail server is away, or our settings are wrong: the next message would meet the same."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try and what the mail server said."""

    outcome: Outcome
    error: str = ""


def deliver_next(ticking: Callable[[], datetime] | None = None) -> Outcome | None:
    """Send the most urgent message that is due; returns None if there is none.

    Args:
        ticking: a clock that goes on while mail is sent; one that starts at the current `now` if None.
    """
    ticking = ticking or clock.ticking()
    message = _claim(ticking())
    if message is None:
        return None
    attempt = _send(message)
    _settle(message, attempt, ticking())
    return attempt.outcome


def deliver_due() -> int:
    """Drop what is worthless, then send all that is due, the most urgent first; returns how many were tried.

    Stops when the mail server is away, and after `SWEEP_SECONDS`.
    """
    drop_expired()
    ticking, end, tried = clock.ticking(), time.monotonic() + SWEEP_SECONDS, 0
    while time.monotonic() < end:
        outcome = deliver_next(ticking)
        tried += outcome is not None
        if outcome in {None, Outcome.AWAY}:
            break
    return tried


@transaction.atomic
def drop_expired() -> int:
    """Drop the waiting messages that are worthless by now, and erase all secrets that are; returns how many dropped."""
    now = clock.now()
    expired = Message.objects.expired(now).unleased(now)
    messages = list(expired.in_states(MessageState.WAITING).select_for_update(skip_locked=True))
    for message in messages:
        message.drop()
        message.updated_at = now
        message.save(update_fields=["state", "text", "html", "leased_until", "updated_at"])
    expired.filter(private=True).exclude(text="").update(text="", html="")
    return len(messages)


def as_mail(message: Message) -> EmailMultiAlternatives:
    """Return the mail to send: the same Message-ID at each try."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=message.sender or None,
        to=[message.email],
        headers={
            "Message-ID": f"<{message.public_id}@{settings.PLATFORM_HOST}>",
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def delay_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries: a minute, then twice as long each time, up to an hour."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 6)), timedelta(hours=1))


@transaction.atomic
def _claim(now: datetime) -> Message | None:
    """Lease the most urgent message that nobody else is taking."""
    message = Message.objects.claimable(now).select_for_update(skip_locked=True).first()
    if message is not None:
        message.leased_until = now + LEASE
        message.attempts += 1
        message.save(update_fields=["leased_until", "attempts"])
    return message


def _send(message: Message) -> Attempt:
    """Hand the message to the mail server and sort what it says."""
    try:
        as_mail(message).send()
    except SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        return _answer(code, said)
    except SMTPDataError as error:
        return _answer(error.smtp_code, error.smtp_error)
    except SMTPNotSupportedError as error:
        return Attempt(Outcome.REFUSED, str(error))
    except OSError as error:  # all of smtplib's own errors are OSErrors too
        logger.warning("The mail server did not take %s: %s", message.public_id, error)
        return Attempt(Outcome.AWAY, f"{type(error).__name__}: {error}")
    except Exception as error:
        logger.exception("The message %s cannot be sent.", message.public_id)
        return Attempt(Outcome.REFUSED, f"{type(error).__name__}: {error}")
    return Attempt(Outcome.SENT)


def _answer(code: int, said: bytes | str) -> Attempt:
    """Sort a refusal by its SMTP code: 4xx is for now, 5xx for good (RFC 5321, 4.2.1)."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return Attempt(Outcome.REFUSED if code >= 500 else Outcome.PUT_OFF, f"{code} {text}")


@transaction.atomic
def _settle(claimed: Message, attempt: Attempt, now: datetime) -> None:
    """Write down how the try ended, unless the lease ran out and somebody else took the message meanwhile."""
    mine = Message.objects.filter(pk=claimed.pk, state=MessageState.WAITING, attempts=claimed.attempts)
    message = mine.select_for_update().first()
    if message is None:
        logger.warning("The message %s was taken over by somebody else.", claimed.public_id)
        return
    if attempt.outcome is Outcome.SENT:
        message.mark_sent(now)
    elif attempt.outcome is Outcome.REFUSED or now >= message.leave_by + GIVE_UP_AFTER:
        message.fail(attempt.error)
    else:
        message.put_off(attempt.error, now + delay_after(message.attempts))
    if message.state != MessageState.WAITING:  # a try in vain is no change that an editor could overwrite
        message.updated_at = now
    message.save(
        update_fields=["state", "sent_at", "text", "html", "last_error", "leased_until", "retry_at", "updated_at"]
    )
