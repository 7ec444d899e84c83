"""What tenancy costs: `python -m bench.tenancy [--large] [--rounds 7]`. See docs/tenancy.md.

Makes databases of its own on the server that DATABASE_URL names (else on an embedded one) and removes them. All figures
are ratios of things done by turns in one run; the CPU is that of the web worker, of PostgreSQL and of Valkey together.
Nothing else should run on the machine and on the servers meanwhile.
"""

import argparse
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from redis import Redis

from bench import town
from bench.measure import Ask, Cost, Meter, load, ratio
from tech4muni.embedded import servers

ROOT: Final = Path(__file__).resolve().parents[1]
KINDS: Final = {"plain": 0, "small": 10, "hundred": 100, "large": 1000}
BUSY: Final = 10
CROSSING: Final = """
SELECT count(*) FROM pg_constraint JOIN pg_class f ON f.oid = conrelid JOIN pg_class t ON t.oid = confrelid
WHERE contype = 'f' AND f.relnamespace <> t.relnamespace
"""
SHAPES: Final = """
SELECT count(DISTINCT shape) FROM (
    SELECT md5(string_agg(
        concat_ws(' ', relname, attname, atttypid, atttypmod, attnotnull), ',' ORDER BY relname, attnum
    )) AS shape
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname LIKE 'town%' AND relkind IN ('r', 'i') AND attnum > 0
    GROUP BY nspname
) AS shapes
"""
DONE: Final = (
    "SELECT count(*) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE attname = 'extra' AND relname = %s"
)


@dataclass
class Bench:
    """The servers and directories of one run, and the rows of its table."""

    server: str
    broker: str
    directory: Path
    rounds: int
    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def url(self, kind: str) -> str:
        """Return the URL of one of our databases."""
        return urlunsplit(urlsplit(self.server)._replace(path=f"/t4m_bench_{kind}"))

    def environment(self, kind: str) -> dict[str, str]:
        """Return the environment of programs that work on one of our databases."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "bench.plain_settings" if kind == "plain" else "bench.tenancy_settings",
            "DATABASE_URL": self.url(kind),
            "REDIS_URL": self.broker,
            "PYTHONPATH": os.pathsep.join([str(self.directory), str(ROOT)]),
        }

    def run(self, kind: str, *arguments: str) -> str:
        """Run Python and return what it printed; its complaints end the benchmark."""
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(kind), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def work(self, kind: str, *arguments: object) -> Any:
        """Run a part of `bench.tenancy_work` and return its answer."""
        return json.loads(self.run(kind, "-m", "bench.tenancy_work", *map(str, arguments)).splitlines()[-1])

    def query(self, kind: str, sql: str, *parameters: object) -> Any:
        """Return the first value that one of our databases answers with."""
        connection = psycopg2.connect(self.url(kind))
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters or None)
                return (cursor.fetchone() or [None])[0]
        finally:
            connection.close()

    def note(self, what: str, aim: str, measured: str, *, met: bool) -> None:
        """Add a row to the table, and show it at once."""
        self.rows.append((what, aim, measured, met))
        print(f"  {what}: {measured} (aim {aim})", flush=True)


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(prog="bench.tenancy", description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 1,000 municipalities: some minutes and 5 GB more")
    parser.add_argument("--rounds", type=int, default=7, help="how often both sides take turns")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Terminated."))  # so that databases and servers go, too
    with tempfile.TemporaryDirectory() as directory, both_servers(Path(directory)) as (server, broker):
        bench = Bench(server, broker, Path(directory), options.rounds)
        town.write_town(bench.directory)
        kinds = [kind for kind in KINDS if kind != "large" or options.large]
        with databases(bench, kinds) as costs:
            measure_page(bench)
            measure_busy(bench, "large" if options.large else "hundred")
            measure_provisioning(bench, costs)
            measure_column(bench)
            measure_kill(bench)
            if options.large:
                measure_thousand(bench)
            crossing = sum(bench.query(kind, CROSSING) for kind in kinds if kind != "plain")
            bench.note("foreign keys across schemas", "0", str(crossing), met=crossing == 0)
        report(bench)


@contextmanager
def both_servers(directory: Path) -> Iterator[tuple[str, str]]:
    """Take the servers that the environment names, or start embedded ones for this run alone."""
    state = directory / "servers"
    state.mkdir()
    directory.chmod(0o755)
    state.chmod(0o755)
    try:
        yield (
            os.environ.get("DATABASE_URL") or servers.database_url(state),
            os.environ.get("REDIS_URL") or servers.broker_url(state),
        )
    finally:
        servers.stop(state)


@contextmanager
def databases(bench: Bench, kinds: Sequence[str]) -> Iterator[dict[str, dict[str, list[float]]]]:
    """Make and fill our databases; remove them afterwards, and what an earlier run left."""
    administrator = psycopg2.connect(bench.server)
    administrator.autocommit = True

    def drop() -> None:
        with administrator.cursor() as cursor:
            for kind in KINDS:
                for name in (f"t4m_bench_{kind}", f"t4m_bench_{kind}_schema_template"):
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    drop()
    try:
        costs = {}
        for kind in kinds:
            start = time.monotonic()
            with administrator.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "t4m_bench_{kind}" TEMPLATE template0')
            costs[kind] = fill(bench, kind)
            print(f"{kind}: {KINDS[kind]} municipalities in {time.monotonic() - start:.0f} s", flush=True)
        yield costs
    finally:
        drop()
        administrator.close()


def fill(bench: Bench, kind: str) -> dict[str, list[float]]:
    """Bring a new database to this release and give it its municipalities; return what the first and last cost."""
    if kind == "plain":
        bench.run(kind, "-m", "django", "migrate", "--verbosity=0")
        bench.work(kind, "fill_plain")
        return {}
    bench.run(kind, "manage.py", "migrate_schemas", "--shared", "--verbosity=0")
    bench.run(kind, "manage.py", "prepare_template")
    costs: dict[str, list[float]] = bench.work(kind, "populate", 1, KINDS[kind])
    return costs


@contextmanager
def web(bench: Bench, kind: str) -> Iterator[tuple[int, int]]:
    """Run one worker with two threads on a database; yield its port and its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "--worker-class=gthread", "--workers=1", "--threads=2", "--keep-alive=60",
        "--no-control-socket", "--log-level=error", f"--bind=127.0.0.1:{port}",
        "django.core.wsgi:get_wsgi_application()",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=bench.environment(kind))
    try:
        while process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def meter(bench: Bench) -> Meter:
    """Return a meter of the servers."""
    connection = psycopg2.connect(bench.server)
    pid = connection.get_backend_pid()
    made = Meter(pid, Redis.from_url(bench.broker))
    connection.close()
    return made


def by_turns(bench: Bench, sides: dict[str, list[str]], requests: int = 300) -> dict[str, list[Cost]]:
    """Load the pages of several databases by turns, after a round that does not count."""
    meters = meter(bench)
    costs: dict[str, list[Cost]] = {kind: [] for kind in sides}
    with ExitStack() as stack:
        running = {kind: stack.enter_context(web(bench, kind)) for kind in sides}
        for number in range(bench.rounds + 1):
            for kind, hosts in sides.items():
                port, pid = running[kind]
                cost = meters.measure(partial(load, port, [Ask(host) for host in hosts], requests), [pid])
                if number:
                    costs[kind].append(cost)
    return costs


def measure_page(bench: Bench) -> None:
    """Compare a municipality's page with the same view in Django without tenancy."""
    costs = by_turns(bench, {"plain": ["localhost"], "small": ["town1.localhost"]})
    cpu = ratio([cost.cpu for cost in costs["small"]], [cost.cpu for cost in costs["plain"]])
    each = statistics.median(cost.cpu for cost in costs["small"]) / 300 * 1000
    bench.note("tenant page against plain page, CPU", "≤ 1.15×", f"{cpu:.2f}× ({each:.1f} ms)", met=cpu <= 1.15)
    own, tenant = bench.work("plain", "statements", "localhost"), bench.work("small", "statements", "town1.localhost")
    bench.note("statements of the tenant page", f"≤ {own} + 1", str(tenant), met=tenant <= own + 1)


def measure_busy(bench: Bench, crowd: str) -> None:
    """Compare ten busy municipalities among many with the same ten alone."""
    hosts = [f"town{number}.localhost" for number in range(1, BUSY + 1)]
    costs = by_turns(bench, {"small": hosts, crowd: hosts})
    what = f"ten busy among {KINDS[crowd]:,} against among 10"
    p50 = ratio([cost.p50 for cost in costs[crowd]], [cost.p50 for cost in costs["small"]])
    cpu = ratio([cost.cpu for cost in costs[crowd]], [cost.cpu for cost in costs["small"]])
    each = statistics.median(cost.p50 for cost in costs[crowd]) * 1000
    bench.note(f"{what}, p50", "≤ 1.10×", f"{p50:.2f}× ({each:.1f} ms)", met=p50 <= 1.10)
    bench.note(f"{what}, CPU", "≤ 1.10×", f"{cpu:.2f}×", met=cpu <= 1.10)


def measure_provisioning(bench: Bench, costs: dict[str, dict[str, list[float]]]) -> None:
    """Compare making a municipality by our script and by django-tenants' migrations."""
    answer = bench.work("small", "compare_provisioning", max(3, bench.rounds // 2))
    for place, name in enumerate(("CPU", "wall")):
        ours, theirs = ([cost[place] for cost in answer[side]] for side in ("script", "django"))
        faster = ratio(theirs, ours)
        bench.note(
            f"provisioning against migrate, {name}",
            "≥ 8× faster",
            f"{faster:.1f}× ({statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s)",
            met=faster >= 8,
        )
    bench.note(
        "lines that differ between the two schemas", "0", str(answer["differences"]), met=not answer["differences"]
    )
    kind = "large" if "large" in costs else "hundred"
    late = statistics.median(costs[kind]["late"]) / statistics.median(costs[kind]["early"])
    bench.note(
        f"provisioning number {KINDS[kind]:,} against number 10, CPU", "≤ 1.15×", f"{late:.2f}×", met=late <= 1.15
    )


def measure_column(bench: Bench) -> None:
    """Add a column over 100 municipalities: with ours, with `migrate_schemas`, and with ours again."""
    ours = [add_column(bench, 1, "migrate_tenants")]
    theirs = add_column(bench, 2, "migrate_schemas", "--tenant")
    bench.run("hundred", "manage.py", "migrate_tenants")  # takes note of what the other one did
    ours.append(add_column(bench, 3, "migrate_tenants"))
    for name in ("cpu", "wall"):
        mine, other = statistics.mean(getattr(cost, name) for cost in ours), getattr(theirs, name)
        said = f"{other / mine:.1f}× ({mine:.1f} s against {other:.1f} s)"
        bench.note(f"column over 100 against migrate_schemas, {name}", "≥ 15× faster", said, met=other / mine >= 15)


def add_column(bench: Bench, number: int, *command: str) -> Cost:
    """Write the next release and migrate all to it; then prepare its template, which the cost does not hold."""
    town.add_column(bench.directory, number)
    cost = meter(bench).measure(lambda: bench.run("hundred", "manage.py", *command, "--verbosity=0"))
    if bench.query("hundred", DONE, f"bench_town_thing{number}") != KINDS["hundred"]:
        raise SystemExit(f"{command[0]} did not add the column everywhere.")
    start = time.monotonic()
    bench.run("hundred", "manage.py", "prepare_template")
    print(f"  (the template of the new release took {time.monotonic() - start:.1f} s)", flush=True)
    return cost


def measure_kill(bench: Bench) -> None:
    """Kill a migration half-way, resume it, and compare all schemas."""
    town.add_column(bench.directory, 4)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "migrate_tenants", "--workers=1"],
        cwd=ROOT, env=bench.environment("hundred"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    watcher = psycopg2.connect(bench.url("hundred"))
    watcher.autocommit = True
    with watcher.cursor() as cursor:
        done = 0
        while done < 50 and process.poll() is None:
            cursor.execute(DONE, ["bench_town_thing4"])
            done = (cursor.fetchone() or [0])[0]
    watcher.close()
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed_at = bench.query("hundred", DONE, "bench_town_thing4")
    bench.run("hundred", "manage.py", "migrate_tenants")
    shapes = bench.query("hundred", SHAPES)
    equal = shapes == 1 and bench.query("hundred", DONE, "bench_town_thing4") == 100
    said = f"killed after {killed_at}, then {shapes} kind of schema"
    bench.note("killed half-way and resumed", "all equal", said, met=equal and 0 < killed_at < 100)


def measure_thousand(bench: Bench) -> None:
    """Add the same four columns over 1,000 municipalities, and look again when there is nothing to do."""
    meters = meter(bench)
    first = meters.measure(lambda: bench.run("large", "manage.py", "migrate_tenants"))
    again = meters.measure(lambda: bench.run("large", "manage.py", "migrate_tenants"))
    each = first.wall / KINDS["large"] * 1000
    bench.note("four columns over 1,000", "≤ 20 ms each", f"{each:.0f} ms", met=each <= 20)
    bench.note("nothing to do over 1,000", "≤ 5 s", f"{again.wall:.1f} s", met=again.wall <= 5)


def report(bench: Bench) -> None:
    """Print the table as Markdown, with the machine that it holds for."""
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, ", end="")
    print(f"Python {platform.python_version()}, {bench.rounds} rounds, {time.strftime('%Y-%m-%d')}")
    if not meter(bench).sees_server:
        print("PostgreSQL runs elsewhere: its CPU is not in these figures.")
    print("\n| what | aim | measured | met |\n| --- | --- | --- | --- |")
    for what, aim, measured, met in bench.rows:
        print(f"| {what} | {aim} | {measured} | {'yes' if met else '**no**'} |")


if __name__ == "__main__":
    main()
