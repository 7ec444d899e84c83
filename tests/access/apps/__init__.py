"""The rows of the apps, the pages that the browser looks at, and what they need in the world."""

from typing import Final

from tests.access.answers import NamedPage, Row
from tests.access.apps import (
    applications,
    challenges,
    cohorts,
    desk,
    events,
    market,
    market_map,
    pilots,
    selection,
    validation,
)

# In the order in which a challenge meets them: each may use what those before it made.
MODULES: Final = (
    cohorts, challenges, validation, market, applications, market_map, events, selection, pilots, desk,
)  # fmt: skip
ROWS: Final[list[Row]] = [row for module in MODULES for row in module.ROWS]
PAGES: Final[list[NamedPage]] = [page for module in MODULES for page in module.PAGES]
MAKERS: Final = tuple(module.make_rows for module in MODULES)
