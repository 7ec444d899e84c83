"""What pages cost when a cohort grows tenfold: `python -m bench.pages [--quick] [--rounds 15]`. See docs/operating.md.

Makes two cohorts in databases of its own, on the server that DATABASE_URL names (else on an embedded one), and removes
them: one as large as the largest known one, and one of a tenth. Both are asked for the same pages by turns; the CPU is
that of the web process and of its connection's process in PostgreSQL. Then it asks a web server as production runs it,
and lets two workers move challenges and send reminders. Ends with an error if something is over its bound. Nothing else
should run on the machine meanwhile.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from bench import pages_table as table
from bench.measure import Ask, children, cpu_of, load, peak_memory
from bench.pages_table import Outcome, Row, Taken
from bench.tenancy import both_servers
from tech4muni.embedded.system import next_free_port, wait_until
from tech4muni.launcher.children import Child, spawn, stop_all

ROOT: Final = Path(__file__).resolve().parents[1]
SIDES: Final = ("small", "large")
WORKERS: Final = ("bench-1", "bench-2")
WEB_ROUNDS: Final = 40
WEB_CLIENTS: Final = 4
READY_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers and the directory of one run, and how much of everything."""

    server: str
    broker: str
    directory: Path
    quick: bool
    rounds: int

    def url(self, side: str) -> str:
        """Return the URL of one of our databases."""
        return urlunsplit(urlsplit(self.server)._replace(path=f"/t4m_pages_{side}"))

    def environment(self, side: str) -> dict[str, str]:
        """Return the environment of programs that work in one of our databases: production's."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "bench.pages_settings",
            "DATABASE_URL": self.url(side),
            "REDIS_URL": self.broker,
            "SECRET_KEY": "bench-only-" + "0" * 50,
            "PLATFORM_HOST": "localhost",
            "DEFAULT_FROM_EMAIL": "noreply@localhost",
            "EMAIL_HOST": "localhost",
            "EMAIL_FILE_PATH": str(self.directory / "mail"),
            "PROVISIONING_QUEUE": f"t4m_pages_{side}",
            "STATIC_ROOT": str(self.directory / "static"),
            "MEDIA_ROOT": str(self.directory / "media"),
            "PYTHONPATH": str(ROOT),
        }

    def manage(self, side: str, *arguments: str) -> None:
        """Run a command of Django's; its complaints end the benchmark."""
        command = [sys.executable, "manage.py", *arguments, "--verbosity=0"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(side), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)}\n{done.stdout}{done.stderr}")

    def spawn(self, side: str, name: str, *command: str, **changes: str) -> Child:
        """Start a Python program that works in one of our databases."""
        environment = self.environment(side) | changes
        log = self.directory / f"{name}.log"
        return spawn(name, [sys.executable, "-m", *command], log=log, cwd=ROOT, env=environment)


class Side:
    """One of the two databases, and the process that asks for its pages."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.name, self._log = name, bench.directory / f"{name}.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.pages_work"], cwd=ROOT, env=bench.environment(name),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip

    def do(self, order: str, *arguments: object) -> Any:
        """Give an order and return the answer; a process that cannot answer ends the benchmark."""
        if self._process.stdin is None or self._process.stdout is None:
            raise SystemExit("There is no way to the process of a side.")
        print(json.dumps([order, *arguments]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.name}, {order}{arguments}:\n{self._log.read_text()[-3000:]}")
        return json.loads(answer)

    def end(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()


def main() -> None:
    """Run everything, print the tables, and end with an error if a bound is not kept."""
    parser = argparse.ArgumentParser(
        prog="bench.pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="tiny cohorts and few rounds, to see that all works")
    parser.add_argument("--rounds", type=int, help="how often both sides take turns; else 15, and 3 when quick")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Terminated."))  # so that databases and servers go, too
    rounds = options.rounds or (3 if options.quick else 15)
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, both_servers(Path(directory)) as (server, broker):
        bench = Bench(server, broker, Path(directory), options.quick, rounds)
        with databases(bench):
            rows, outcomes = run(bench)
    _report(bench, rows, outcomes)


def run(bench: Bench) -> tuple[list[Row], list[Outcome]]:
    """Measure pages, the web server and the workers."""
    with ExitStack() as stack:
        for name in SIDES:
            fill(bench, name)
        sides = {name: Side(bench, name) for name in SIDES}
        for side in sides.values():
            stack.callback(side.end)
        known = {name: side.do("open") for name, side in sides.items()}
        rows = [measure_page(bench, sides, known, name) for name in known["large"]]
        outcomes = [measure_web(bench, known["large"]), *measure_workers(bench, sides["large"])]
    return rows, outcomes


def fill(bench: Bench, name: str) -> None:
    """Make a cohort, in a process that does nothing else: the one that is measured begins afresh."""
    begun, side = time.monotonic(), Side(bench, name)
    try:
        side.do("fill", f"quick-{name}" if bench.quick else name)
    finally:
        side.end()
    print(f"The {name} cohort is made, in {time.monotonic() - begun:.0f} s", flush=True)


@contextmanager
def databases(bench: Bench) -> Iterator[None]:
    """Make our databases; remove them afterwards, and what an earlier run left."""
    administrator = psycopg2.connect(bench.server)
    administrator.autocommit = True

    def drop() -> None:
        with administrator.cursor() as cursor:
            for side in SIDES:
                for name in (f"t4m_pages_{side}", f"t4m_pages_{side}_schema_template"):
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    drop()
    try:
        first, second = SIDES
        with administrator.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "t4m_pages_{first}" TEMPLATE template0')
            for command in (["migrate_schemas", "--shared"], ["prepare_template"], ["collectstatic", "--noinput"]):
                bench.manage(first, *command)
            cursor.execute(f'CREATE DATABASE "t4m_pages_{second}" TEMPLATE "t4m_pages_{first}"')
        yield
    finally:
        drop()
        administrator.close()


def measure_page(bench: Bench, sides: dict[str, Side], known: dict[str, Any], name: str) -> Row:
    """Ask both sides for a page by turns, as it is; then a list with as many rows on both sides, too."""
    facts = {side: known[side][name] for side in SIDES}
    as_it_is = by_turns(bench, sides, name, {side: facts[side]["shown"] for side in SIDES})
    shown = min(facts[side]["shown"] for side in SIDES)
    even = as_it_is
    if facts["large"]["is_list"] and facts["large"]["shown"] != facts["small"]["shown"]:
        even = by_turns(bench, sides, name, dict.fromkeys(SIDES, shown))
    row = Row(
        name,
        is_list=facts["large"]["is_list"],
        rows={side: facts[side]["rows"] for side in SIDES},
        shown={side: facts[side]["shown"] for side in SIDES},
        as_it_is=as_it_is,
        even=even,
    )
    print(f"  {row.line}", flush=True)
    return row


def by_turns(bench: Bench, sides: dict[str, Side], name: str, rows: dict[str, int]) -> dict[str, Taken]:
    """Ask both sides for a page by turns, each with so many rows on it at most."""
    before = {side: sides[side].do("show", name, rows[side]) for side in SIDES}
    cpu: dict[str, list[float]] = {side: [] for side in SIDES}
    for _ in range(bench.rounds):
        for side in SIDES:
            cpu[side].append(sides[side].do("visit", name))
    taken = {
        side: Taken(tuple(cpu[side]), sides[side].do("statements", name), sides[side].do("memory", name))
        for side in SIDES
    }
    for side in SIDES:
        sides[side].do("show", name, before[side])
    return taken


def measure_web(bench: Bench, known: dict[str, Any]) -> Outcome:
    """Ask a web server as production runs it for all pages, and see how much memory its processes held at most."""
    port = next_free_port(8100, "127.0.0.1")
    command = ("gunicorn", "--config", "deploy/gunicorn.conf.py", "tech4muni.wsgi:application")
    web = bench.spawn("large", "web", *command, BIND=f"127.0.0.1:{port}")
    asks = [
        Ask(fact["host"], fact["path"], {"Cookie": fact["cookie"], "X-Forwarded-Proto": "https"})
        for fact in known.values()
    ]
    try:
        if not wait_until(lambda: web.is_dead or _answers(port), READY_SECONDS) or web.is_dead:
            raise SystemExit(web.obituary())
        load(port, asks, len(asks) * (2 if bench.quick else WEB_ROUNDS), WEB_CLIENTS)
        peak = max(map(peak_memory, children(web.process.pid))) / 1e6
    finally:
        web.stop()
    return Outcome("memory of a web process at its peak", "≤ 250 MB", f"{peak:.0f} MB", met=peak <= 250)


def _answers(port: int) -> bool:
    try:
        return bool(load(port, [Ask("localhost", "/healthz")], 1, 1))
    except OSError:
        return False


def measure_workers(bench: Bench, side: Side) -> list[Outcome]:
    """Let two workers, started as production starts them, move the challenges and send 1,000 reminders."""
    side.do("prepare", 50 if bench.quick else 1000)
    workers: list[Child] = []
    try:
        for name in WORKERS:
            command = ["celery", "--app=tech4muni", "--quiet", "worker", "--queues=t4m_pages_large", "--concurrency=1"]
            workers.append(bench.spawn("large", name, *command, f"--hostname={name}@localhost"))
        pids = [worker.process.pid for worker in workers]
        turn = side.do("turn", [f"{name}@localhost" for name in WORKERS])
        before = [cpu_of([pid]) for pid in pids]
        remind = side.do("remind", len(WORKERS))
        spent = [cpu_of([pid]) - earlier for pid, earlier in zip(pids, before, strict=True)]
    finally:
        stop_all(workers)
    share = min(spent) / sum(spent)
    moved, reminded = turn["rows"] / turn["seconds"], remind["rows"] / remind["seconds"]
    sent = remind["rows"] / remind["sent"]
    return [
        Outcome(f"{turn['rows']} challenges moved at a window's turn, by two workers", "each once",
                f"{moved:.0f} rows/s ({turn['seconds']:.1f} s, {turn['mails']} mails)", met=True),
        Outcome(f"{remind['rows']:,} due reminders written by two workers", "each once",
                f"{reminded:.0f} rows/s ({remind['seconds']:.1f} s)", met=True),
        Outcome("the same, until the last mail had left", "each once", f"{sent:.0f} rows/s ({remind['sent']:.1f} s)",
                met=True),
        Outcome("share of the worker that did less of it", "≥ 25 %", f"{share:.0%}", met=share >= 0.25),
    ]  # fmt: skip


def _report(bench: Bench, rows: list[Row], outcomes: list[Outcome]) -> None:
    """Print the tables as Markdown, with the machine that they hold for; end with what is over its bound."""
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, ", end="")
    print(f"Python {platform.python_version()}, {bench.rounds} rounds, {time.strftime('%Y-%m-%d')}\n")
    print(table.of_pages(rows))
    print(f"\n{table.of_outcomes(outcomes)}")
    measured: list[Row | Outcome] = [*rows, *outcomes]
    if broken := [sentence for each in measured for sentence in each.broken()]:
        raise SystemExit("\n".join(["", *broken]))


if __name__ == "__main__":
    main()
