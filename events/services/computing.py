"""Computing a timetable with the engine, which only workers load."""

import logging
from typing import Final

from events.services import timetables
from events.timetable.documents import plan_document, read_problem
from events.timetable.solve import solve
from tech4muni.core import clock

logger = logging.getLogger(__name__)

SEED: Final = 20270512
WORKERS: Final = 2


def compute(timetable_id: int) -> None:
    """Compute a timetable outside of any transaction; its row says whether that is still to be done."""
    tick = clock.ticking()
    work = timetables.begin(timetable_id)
    if work is None:
        return
    try:
        found = solve(read_problem(work.problem), limit=work.limit_seconds, seed=SEED, workers=WORKERS)
    except Exception as error:
        logger.exception("Timetable %s could not be computed.", timetable_id)
        timetables.fail(timetable_id, f"{type(error).__name__}: {error}", at=tick())
        return
    timetables.finish(timetable_id, plan_document(found), at=tick())
