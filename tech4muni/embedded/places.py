"""Where the embedded servers keep their data and find their programs."""

import hashlib
import os
import re
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from .system import Account, ServerError, passable_directory

ROOT_STATE = Path("/var/lib/tech4muni")


def state_dir(root: Path) -> Path:
    """Return the directory, made if need be, that holds the servers' data for the checkout at `root`.

    `T4M_STATE_DIR` names another one. As root it lies outside the checkout, which may be closed (as /root is) to the
    account that the servers run as.
    """
    chosen = os.environ.get("T4M_STATE_DIR")
    if chosen:
        state = Path(chosen).absolute()
    elif os.geteuid() == 0:
        state = ROOT_STATE / key_of(root)
    else:
        state = root.resolve() / ".state"
    return passable_directory(state)


def key_of(path: Path) -> str:
    """Return a short file name that is unique to an absolute path and still tells which one it is."""
    resolved = path.resolve()
    name = re.sub(r"[^a-z0-9]+", "-", resolved.name.lower()).strip("-")[:20]
    return f"{name}-{hashlib.sha256(os.fsencode(resolved)).hexdigest()[:12]}"


def first_port(path: Path) -> int:
    """Return the port to try first for what lives at `path`: its own, and below the range of outgoing connections."""
    return 20000 + int(key_of(path)[-6:], 16) % 10000


def programs(package: str, distribution: str, state: Path, account: Account | None) -> Path:
    """Return the directory of a wheel's package, never importing it.

    Root gets a copy in the state directory, since the account of the servers may not reach the virtual environment.
    Raises ServerError if the wheel is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"The package {distribution} is not installed in this Python.")
    installed = Path(spec.submodule_search_locations[0])
    if account is None:
        return installed
    return _copied(installed, passable_directory(state / "programs") / f"{distribution}-{version(distribution)}")


def _copied(installed: Path, home: Path) -> Path:
    """Copy a package and its libraries once; a copy that was cut short is never taken for whole."""
    if not home.exists():
        draft = home.with_name(f"{home.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        # The programs look for their libraries beside the package, under this very name.
        for source in (installed, installed.with_name(f"{installed.name}.libs")):
            if source.exists():
                shutil.copytree(source, draft / source.name, symlinks=True)
        _open_to_all(draft)
        draft.rename(home)
    return home / installed.name


def _open_to_all(directory: Path) -> None:
    """Let every account read and run the copy, whatever umask root has."""
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
