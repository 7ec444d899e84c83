"""Tasks of the platform itself."""

from celery import shared_task

from tech4muni.core.heartbeat import note_beat


@shared_task(name="core.beat")
def beat() -> None:
    """Show that beat and a worker are alive."""
    note_beat()
