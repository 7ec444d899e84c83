"""Programs that run beside the launcher and end with it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tech4muni.embedded.system import tail

STOP_SECONDS = 15
SET_PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Child:
    """A running program and the file that takes what it says."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def is_dead(self) -> bool:
        """Whether the program has ended."""
        return self.process.poll() is not None

    def obituary(self) -> str:
        """Tell that the program has ended, how, and what it said last."""
        return f"{self.name} ended by itself (code {self.process.returncode}). The end of {self.log}:\n{tail(self.log)}"

    def stop(self) -> None:
        """End the program and all that it started: first asked to finish, after 15 seconds made to."""
        if not self.is_dead:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _kill_group(self.process.pid)
        self.process.wait()
        _kill_group(self.process.pid)


def stop_all(children: Sequence[Child]) -> None:
    """End all programs, each in its own time and none waiting for another."""
    for child in children:
        if not child.is_dead:
            child.process.terminate()
    for child in children:
        child.stop()


def spawn(name: str, command: Sequence[str | Path], *, log: Path, cwd: Path, env: Mapping[str, str]) -> Child:
    """Start a program in a session of its own, so that a Ctrl-C reaches the launcher alone."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  we have one thread
        )
    return Child(name, process, log)


def _end_with_parent() -> None:
    """Have the kernel ask this program to finish should the launcher be killed."""
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nobody is left in it
        os.killpg(leader, signal.SIGKILL)
