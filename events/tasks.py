"""What Celery does for events."""

from celery import shared_task

from events.services import computing, timetables


@shared_task(name=timetables.PLAN)
def plan_timetable(timetable_id: int) -> None:
    """Compute a timetable that somebody asked for."""
    computing.compute(timetable_id)
