"""What things cost: CPU out of /proc and of Valkey, time, and the load that makes them."""

import http.client
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU (of all processes that took part) and of waiting; the waiting of each request, where there are."""

    cpu: float
    wall: float
    latencies: tuple[float, ...] = ()

    @property
    def p50(self) -> float:
        """The median of the requests' waiting, in seconds."""
        return statistics.median(self.latencies)


class Meter:
    """Adds up the CPU of PostgreSQL's processes, of Valkey and of programs that we started."""

    def __init__(self, backend_pid: int, valkey: Any) -> None:
        self._postmaster = _stat(backend_pid)[1] if Path(f"/proc/{backend_pid}/stat").exists() else 0
        self._valkey = valkey

    @property
    def sees_server(self) -> bool:
        """Whether PostgreSQL runs on this machine, so that its CPU counts."""
        return self._postmaster > 0

    def measure(self, work: Callable[[], object], roots: Sequence[int] = ()) -> Cost:
        """Run `work` and return what it cost, with the processes `roots` and all that descends from them.

        A list that it returns holds the waiting of each request.
        """
        before, start = self._cpu(roots), time.monotonic()
        latencies = work()
        wall = time.monotonic() - start
        return Cost(self._cpu(roots) - before, wall, tuple(latencies) if isinstance(latencies, list) else ())

    def _cpu(self, roots: Sequence[int]) -> float:
        told = self._valkey.info("cpu")
        cache = float(told["used_cpu_user"]) + float(told["used_cpu_sys"])
        own = os.times()
        ended = 0.0 if os.getpid() in roots else own.children_user + own.children_system
        return cache + ended + cpu_of((*roots, self._postmaster) if self.sees_server else roots)


def cpu_of(roots: Sequence[int]) -> float:
    """Return the CPU of processes, of their living descendants, and of those that ended."""
    numbers = (entry.name for entry in Path("/proc").iterdir())
    stats = {int(number): _stat(int(number)) for number in numbers if number.isdigit()}
    wanted, total = set(roots), 0.0
    grew = True
    while grew:
        more = {pid for pid, (_cpu, parent) in stats.items() if parent in wanted} - wanted
        wanted |= more
        grew = bool(more)
    for pid in wanted:
        total += stats.get(pid, (0.0, 0))[0]
    return total


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that live."""
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return sorted(number for number in numbers if _stat(number)[1] == pid)


def peak_memory(pid: int) -> int:
    """Return the bytes of memory that a process has held at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def computed(pid: int) -> float:
    """Return the seconds that a process's first thread has computed, to the nanosecond; 0 where none can be seen."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def _stat(pid: int) -> tuple[float, int]:
    """Return a process's seconds of CPU, with those of its children that ended, and its parent."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0, 0
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS, int(fields[1])


@dataclass(frozen=True, slots=True)
class Ask:
    """A page of a host, and who asks for it."""

    host: str
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)


def load(port: int, asks: Sequence[Ask], requests: int, clients: int = 2) -> list[float]:
    """Ask `requests` times, the pages in turn, over `clients` lasting connections; return each waiting in seconds."""

    def ask(client: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        waits = []
        for number in range(client, requests, clients):
            start = time.monotonic()
            wanted = asks[(number // clients) % len(asks)]
            connection.request("GET", wanted.path, headers={"Host": wanted.host, **wanted.headers})
            response = connection.getresponse()
            body = response.read()
            waits.append(time.monotonic() - start)
            if response.status != http.HTTPStatus.OK:
                raise RuntimeError(f"{wanted.host}{wanted.path}: {response.status}: {body[:200]!r}")
        connection.close()
        return waits

    with ThreadPoolExecutor(clients) as pool:
        return [wait for waits in pool.map(ask, range(clients)) for wait in waits]


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the ratios round by round: what disturbs a round disturbs both sides."""
    return statistics.median(mine / theirs for mine, theirs in zip(one, other, strict=True))
