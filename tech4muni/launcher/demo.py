"""`bin/demo`: the whole product on this machine, with the demonstration's data, until Ctrl-C."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from tech4muni.embedded import servers, system
from tech4muni.embedded.system import ServerError
from tech4muni.launcher.children import Child, spawn, stop_all
from tech4muni.launcher.console import say, step
from tech4muni.launcher.single import RunsAlreadyError, only_one

ROOT = Path(__file__).resolve().parents[2]
FIRST_PORT = 8000
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What replaces an embedded server, by the names that servers.status() uses.
SERVERS = {"PostgreSQL": "DATABASE_URL", "Valkey": "REDIS_URL"}
# What `--fresh` leaves: the files that are locked, and the copied programs of the servers.
KEPT = {"demo.lock", "lock", "programs"}
READY_SECONDS = 90


class DemoError(Exception):
    """The demonstration cannot start or go on; the text tells a person why."""


class Stop(BaseException):
    """Somebody asked us to end: Ctrl-C, a TERM signal, a closed terminal."""


def main() -> int:
    """Start everything, say where it is, wait; stop everything, however far it came."""
    options = _options()
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # that is nohup's wish
            signal.signal(number, _ask_to_stop)
    with ExitStack() as stack:
        try:
            _run(stack, options)
        except Stop:
            say("\nStopping ...")
        except (DemoError, RunsAlreadyError, ServerError) as error:
            say(f"\nerror: {error}")
            return 1
        finally:
            _finish(stack)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="begin anew: remove all data of the demonstration")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="first port to try (default: %(default)s)")
    return parser.parse_args()


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def _finish(stack: ExitStack) -> None:
    """Stop all that was started, last first; impatience must not leave half of it running."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    try:
        stack.close()
    except ServerError as error:
        say(f"error: {error}")


def _run(stack: ExitStack, options: argparse.Namespace) -> None:
    state = servers.servers_dir(ROOT)
    stack.enter_context(only_one(state / "demo.lock", "bin/demo"))
    say(f"Tech4Muni, the demonstration. Its data and logs are in {state}")
    if options.fresh:
        _remove_data(state)
    # Free for both ways in which a browser may read `localhost`.
    port = system.next_free_port(options.port, "127.0.0.1", "::1")
    env = _start_servers(stack, state) | {"WEB_PORT": str(port)}
    _prepare(stack, state, env)
    children = _start_children(stack, state, port, env)
    _wait_till_ready(children, port)
    _say_addresses(port, env)
    _watch(state, children, env)


def _remove_data(state: Path) -> None:
    """Remove the embedded servers' data, the mails and the files people sent."""
    if named := [variable for variable in SERVERS.values() if os.environ.get(variable)]:
        raise DemoError(f"--fresh removes the embedded data, but {named[0]} names a server of yours.")
    with step("Removing the data of the last time"):
        servers.stop(state)
        for path in state.iterdir():
            if path.is_dir() and path.name not in KEPT:
                shutil.rmtree(path)
            elif path.name not in KEPT:
                path.unlink()


def _start_servers(stack: ExitStack, state: Path) -> dict[str, str]:
    """Start what no URL replaces and return the environment of the programs that use them."""
    stack.callback(servers.stop, state)
    with step("Starting PostgreSQL and Valkey"):
        database, broker = servers.urls(ROOT)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tech4muni.settings.dev",
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "PYTHONUNBUFFERED": "1",  # a log shows the last words of who was killed
        "MEDIA_ROOT": os.environ.get("MEDIA_ROOT") or str(state / "media"),
        "EMAIL_FILE_PATH": os.environ.get("EMAIL_FILE_PATH") or str(state / "mail"),
    }


def _prepare(stack: ExitStack, state: Path, env: dict[str, str]) -> None:
    """Bring database and files up to date, in a process that a Ctrl-C does not hit in the middle of a statement."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tech4muni.launcher.prepare"], cwd=ROOT, env=env, start_new_session=True
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    if process.wait():
        raise DemoError("The demonstration could not be prepared.")


def _start_children(stack: ExitStack, state: Path, port: int, env: dict[str, str]) -> list[Child]:
    logs = state / "logs"
    logs.mkdir(exist_ok=True)
    children: list[Child] = []
    stack.callback(stop_all, children)
    for name, command in _commands(state, port).items():
        children.append(spawn(name, [sys.executable, "-m", *command], log=logs / f"{name}.log", cwd=ROOT, env=env))
    return children


def _commands(state: Path, port: int) -> dict[str, list[str]]:
    celery = ["celery", "--app", "tech4muni"]
    return {
        "web": [
            *("gunicorn", "tech4muni.wsgi:application", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--no-control-socket"),
        ],
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"],
        "beat": [*celery, "beat", "--schedule", str(state / "beat"), "--pidfile", "", "--loglevel", "INFO"],
    }


def _wait_till_ready(children: list[Child], port: int) -> None:
    """Wait till the web answers. Raises DemoError if a program ends or none answers in 90 seconds."""
    with step("Starting web, worker and beat"):
        ready = system.wait_until(lambda: _all_live(children) and _answers(port), READY_SECONDS)
    if not ready:
        raise DemoError(f"The web does not answer. See {children[0].log}")


def _answers(port: int) -> bool:
    # By number and Host header, since Python, other than browsers, knows no *.localhost.
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _all_live(children: list[Child]) -> bool:
    """Return True, or raise DemoError with the last words of a program that has ended."""
    for child in children:
        if child.is_dead:
            raise DemoError(child.obituary())
    return True


def _say_addresses(port: int, env: dict[str, str]) -> None:
    say(f"\nTech4Muni is at http://localhost:{port}\n")
    subprocess.run([sys.executable, "manage.py", "demo", "--addresses"], cwd=ROOT, env=env, check=False)
    say("\nCtrl-C ends it; the data stay for the next time.")


def _watch(state: Path, children: list[Child], env: dict[str, str]) -> None:
    """Wait as long as all programs live, and bring a server back that was killed: it has lost nothing."""
    while _all_live(children):
        ours = [name for name, variable in SERVERS.items() if not os.environ.get(variable)]
        dead = [name for name, url in servers.status(state).items() if name in ours and url is None]
        if dead:
            with step(f"{' and '.join(dead)} had ended; starting again"):
                _revive(env)
        time.sleep(1)


def _revive(env: dict[str, str]) -> None:
    if servers.urls(ROOT) != (env["DATABASE_URL"], env["REDIS_URL"]):
        raise DemoError("The port of a server was taken meanwhile. Start the demonstration again.")


if __name__ == "__main__":
    sys.exit(main())
