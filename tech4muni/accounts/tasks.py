"""What Celery does for accounts."""

from celery import shared_task

from tech4muni.accounts import services


@shared_task(name="accounts.forget_ended_sessions")
def forget_ended_sessions() -> None:
    """Keep no sessions that are over, nor the addresses and devices that they were used from."""
    services.forget_ended_sessions()
