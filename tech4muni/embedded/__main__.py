"""`python -m tech4muni.embedded status|start|stop [--testing]`: the embedded servers by hand."""

import argparse
import sys
from pathlib import Path

from .servers import servers_dir, status, stop, urls
from .system import ServerError

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Do what the command line says and print which servers run then."""
    parser = argparse.ArgumentParser(prog="tech4muni.embedded", description=__doc__)
    parser.add_argument("action", choices=["status", "start", "stop"])
    parser.add_argument("--testing", action="store_true", help="the servers of the tests, not of the demonstration")
    options = parser.parse_args()
    state = servers_dir(ROOT, testing=options.testing)
    if options.action == "start":
        urls(ROOT, testing=options.testing)
    elif options.action == "stop":
        stop(state)
    for name, url in status(state).items():
        sys.stdout.write(f"{name}: {url or 'not running'}\n")


if __name__ == "__main__":
    try:
        main()
    except ServerError as error:
        raise SystemExit(f"error: {error}") from None
