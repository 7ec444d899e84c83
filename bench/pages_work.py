"""`python -m bench.pages_work`: the side of the benchmark of pages that works in one database.

Reads a line of JSON per order, `[name, argument, …]`, and answers each with a line of JSON.
"""

import gc
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any, Final

import django

ANSWERS: Final = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what else is printed goes where errors go

django.setup()

from django.db import connection  # noqa: E402  Django first
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import pages_turn  # noqa: E402
from bench.measure import computed  # noqa: E402
from bench.pages_cohort import SIZES, Maker  # noqa: E402
from bench.pages_list import Page, Visitor, pages  # noqa: E402

WARM: Final = 3


class Side:
    """One cohort, with its pages and a browser for each."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.visitors: dict[str, Visitor] = {}
        self.backend = 0

    def fill(self, size: str) -> None:
        """Make the cohort."""
        Maker(SIZES[size]).make()

    def open(self) -> dict[str, dict[str, Any]]:
        """Open all pages; return what is known of each."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.backend = cursor.fetchone()[0]
        for page in pages():
            self.pages[page.name] = page
            self.visitors[page.name] = Visitor(page.host, page.email)
        return {page.name: self._known(page) for page in self.pages.values()}

    def _known(self, page: Page) -> dict[str, Any]:
        cookies = self.visitors[page.name].cookies
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        return {
            "host": page.host, "path": page.path, "cookie": cookie, "rows": page.rows,
            "shown": min(page.rows, page.per_page), "is_list": page.length is not None,
        }  # fmt: skip

    def show(self, name: str, rows: int) -> int:
        """Let a page have so many rows at most, and get warm again; return how many it had before."""
        before = self.pages[name].per_page
        self.pages[name].show(rows)
        for _ in range(WARM):
            self.visit(name)
        return before

    def visit(self, name: str) -> float:
        """Ask for a page; return the seconds of CPU that it took here and in PostgreSQL."""
        page, visitor = self.pages[name], self.visitors[name]
        server, own = computed(self.backend), time.process_time()
        response = visitor.ask(page.path)
        spent = time.process_time() - own + computed(self.backend) - server
        page.check(response)
        return spent

    def statements(self, name: str) -> int:
        """Return how many statements a page takes."""
        with CaptureQueriesContext(connection) as captured:
            self.visit(name)
        return len(captured)

    def memory(self, name: str) -> int:
        """Return how many bytes of Python's memory a request takes at its peak."""
        tracemalloc.start()
        try:
            self.visit(name)
            gc.collect()
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            self.visit(name)
            return tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()

    def prepare(self, reminders: int) -> None:
        """Make ready what workers are to do."""
        pages_turn.prepare(reminders)

    def turn(self, workers: list[str]) -> dict[str, Any]:
        """Let the window turn, once the workers are there."""
        pages_turn.await_workers(workers)
        return pages_turn.turn()

    def remind(self, workers: int) -> dict[str, Any]:
        """Let the reminders leave."""
        return pages_turn.remind(workers, os.environ["EMAIL_FILE_PATH"])


def main() -> None:
    """Do what each line says."""
    side = Side()
    for line in sys.stdin:
        name, *given = json.loads(line)
        order: Callable[..., Any] = getattr(side, name)
        print(json.dumps(order(*given)), file=ANSWERS, flush=True)


if __name__ == "__main__":
    main()
