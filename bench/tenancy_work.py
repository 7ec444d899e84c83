"""`python -m bench.tenancy_work`: the parts of the tenancy benchmark that run inside Django; they print JSON."""

import json
import os
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from difflib import unified_diff
from functools import partial
from typing import Any, Final

import django
from redis import Redis

django.setup()

from django.apps import apps  # noqa: E402  Django first
from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.measure import Cost, Meter  # noqa: E402

if apps.is_installed("programs"):
    from programs.models import Municipality
    from programs.municipalities import create_municipality
    from programs.schemas.dump import schema_script
    from programs.schemas.provisioning import provision

ROWS: Final = """
INSERT INTO {table} (public_id, title, state, note, amount, created_at, priority)
SELECT gen_random_uuid(), 'Thing ' || n, (ARRAY['open', 'done', 'late'])[1 + n % 3], '', n, now(), 0
FROM generate_series(1, {rows}) AS n
"""


def host_of(number: int) -> str:
    """Return the host of the benchmark's municipality `number`."""
    return f"town{number}.localhost"


def populate(first: int, last: int) -> dict[str, Any]:
    """Make the municipalities `first` to `last`, two at a time; return the CPU of the first and of the last ten."""
    meter = meter_here()

    def one(number: int) -> None:
        try:
            provision(make(f"town{number}", host_of(number)))
            fill(f'"town{number}".')
        finally:
            connections.close_all()

    def cost(number: int) -> float:
        return meter.measure(partial(one, number), [os.getpid()]).cpu

    early = [cost(number) for number in range(first, first + 10)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(first + 10, last - 9)))
    return {"early": early, "late": [cost(number) for number in range(max(first + 10, last - 9), last + 1)]}


def fill_plain() -> None:
    """Give the database without tenancy the rows of one municipality."""
    fill("")


def fill(prefix: str) -> None:
    """Put 50 rows into the first table and 10 into the next four."""
    with connection.cursor() as cursor:
        for table in range(1, 6):
            cursor.execute(ROWS.format(table=f"{prefix}bench_town_thing{table}", rows=50 if table == 1 else 10))


def make(schema: str, host: str) -> "Municipality":
    """Make a municipality that waits for its schema."""
    return create_municipality(
        actor=None,
        schema_name=schema,
        host=host,
        names={"en-gb": schema},
        country="MK",
        languages=["en-gb"],
        time_zone="UTC",
        working_days=[1, 2, 3, 4, 5],
    )


def compare_provisioning(rounds: int) -> dict[str, Any]:
    """Make municipalities by turns with our script and with Django's migrations; count the lines that differ."""
    meter = meter_here()
    costs: dict[str, list[Cost]] = {"script": [], "django": []}
    for number in range(rounds):
        ours, theirs = (make(f"{side}{number}", f"{side}{number}.localhost") for side in costs)
        costs["script"].append(meter.measure(partial(provision, ours), [os.getpid()]))
        django_way = partial(theirs.create_schema, check_if_exists=True, verbosity=0)
        costs["django"].append(meter.measure(django_way, [os.getpid()]))
    differences = list(unified_diff(lines("script0"), lines("django0"), lineterm="", n=0))
    made = Municipality.objects.exclude(schema_name__startswith="town")
    for municipality in made:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{municipality.schema_name}" CASCADE')
    made.delete()
    pairs = {side: [(cost.cpu, cost.wall) for cost in found] for side, found in costs.items()}
    return {"differences": len(differences), **pairs}


def lines(schema: str) -> list[str]:
    """Return a schema as lines of SQL, without its name."""
    return re.sub(rf"\b{schema}\b", "here", schema_script(schema, data=False)).splitlines()


def statements(host: str) -> int:
    """Return how many statements the page takes once it is warm."""
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            response = Client(headers={"host": host}).get("/")
        if response.status_code != 200:
            raise RuntimeError(response.content)
    return len(captured)


def meter_here() -> Meter:
    """Return a meter of this process's database and cache."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return Meter(cursor.fetchone()[0], Redis.from_url(settings.REDIS_URL))


WORK: Final[dict[str, Callable[..., object]]] = {
    function.__name__: function for function in (populate, fill_plain, compare_provisioning, statements)
}


def main() -> None:
    """Do what the command line names, with whole numbers for arguments where they look so."""
    name, *given = sys.argv[1:]
    print(json.dumps(WORK[name](*(int(text) if text.isdigit() else text for text in given))))


if __name__ == "__main__":
    main()
