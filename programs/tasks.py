"""What Celery does for municipalities."""

import logging

from celery import shared_task

from programs.enums import MunicipalityState
from programs.models import Municipality
from programs.people.services import visits
from programs.schemas.provisioning import provision
from programs.timing import running

logger = logging.getLogger(__name__)


@shared_task(name="programs.end_overdue_visits")
def end_overdue_visits() -> None:
    """End coordinators' visits whose hour is over and who did not leave."""
    visits.end_overdue()


@shared_task(name="programs.carry_out_due")
def carry_out_due() -> None:
    """Send the reminders, turn the windows and make the moves that are due."""
    running.carry_out_due()


@shared_task
def provision_municipality(municipality_id: int) -> None:
    """Make the schema of a municipality, unless it has one or is gone."""
    municipality = Municipality.objects.filter(pk=municipality_id).first()
    if municipality:
        provision(municipality)


@shared_task
def provision_waiting() -> None:
    """Make the schemas of all municipalities that still wait: their task was lost, or failed."""
    for municipality in Municipality.objects.filter(state=MunicipalityState.PREPARING).order_by("created_at"):
        try:
            provision(municipality)
        except Exception:
            logger.exception("The schema of %s could not be made.", municipality.schema_name)
