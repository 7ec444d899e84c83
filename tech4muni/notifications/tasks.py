"""What workers do for the outbox."""

from celery import shared_task

from tech4muni.notifications import delivery
from tech4muni.notifications.services import DELIVER_TASK


@shared_task(name=DELIVER_TASK)
def deliver() -> None:
    """Send one message: the most urgent one, which need not be the one that asked for this task."""
    delivery.deliver_next()


@shared_task(name="notifications.deliver_due")
def deliver_due() -> None:
    """Send what nobody was woken for: beat sends this task, so nothing is lost while the broker is away."""
    delivery.deliver_due()
