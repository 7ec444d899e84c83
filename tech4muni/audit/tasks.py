"""What workers do for the trails."""

from celery import shared_task

from tech4muni.audit import nightly


@shared_task(name="audit.verify_trails")
def verify_trails() -> None:
    """Verify all trails."""
    nightly.verify_trails()
