"""The virtual environment: filled from a lock, left alone while that stays, plainly refused where it cannot be made."""

import ast
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tech4muni.launcher import environment
from tech4muni.launcher.environment import RUN_LOCK, TEST_LOCK, UV_LOCK, SetUpError, prepare

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [ROOT / "bin" / "demo", ROOT / "bin" / "test"]


def wheel(directory: Path, name: str, version: str, source: str) -> str:
    """Make a wheel that holds one module and return its line for a lock."""
    directory.mkdir(exist_ok=True)
    path = directory / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": "",
        f"{name}/__main__.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
        digests = {
            file: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()) for file, text in files.items()
        }
        records = [f"{file},sha256={digest.decode().rstrip('=')}," for file, digest in digests.items()]
        archive.writestr(f"{info}/RECORD", "\n".join([*records, f"{info}/RECORD,,"]))
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose path has a space, with a virtual environment that later tests find again."""
    return tmp_path_factory.mktemp("a checkout")


@pytest.fixture
def wheels(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of wheels, the only place that pip may look at."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", (root / "wheels").as_uri())
    return root / "wheels"


def said(python: Path, module: str) -> str:
    return subprocess.run([python, "-m", module], capture_output=True, text=True, check=True).stdout.strip()


def test_a_fresh_checkout_gets_what_its_lock_names(root: Path, wheels: Path) -> None:
    (root / RUN_LOCK).write_text(wheel(wheels, "sample", "1.0", "print('one')"))
    python = prepare(root, RUN_LOCK)
    assert python == root / ".venv" / "bin" / "python"
    assert said(python, "sample") == "one"


def test_an_unchanged_lock_installs_nothing(root: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / RUN_LOCK).write_text(wheel(wheels, "sample", "1.0", "print('one')"))
    prepare(root, RUN_LOCK)
    monkeypatch.setenv("PIP_FIND_LINKS", str(root / "nowhere"))
    before = (root / ".venv" / "installed.json").stat().st_mtime_ns
    assert said(prepare(root, RUN_LOCK), "sample") == "one"
    assert (root / ".venv" / "installed.json").stat().st_mtime_ns == before


def test_a_changed_lock_is_followed(root: Path, wheels: Path) -> None:
    (root / RUN_LOCK).write_text(wheel(wheels, "sample", "2.0", "print('two')"))
    assert said(prepare(root, RUN_LOCK), "sample") == "two"


def test_the_lock_of_the_tests_satisfies_the_other_one(
    root: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / RUN_LOCK).write_text(line := wheel(wheels, "sample", "3.0", "print('three')"))
    (root / TEST_LOCK).write_text(line + wheel(wheels, "checker", "1.0", "print('checks')"))
    prepare(root, TEST_LOCK)
    monkeypatch.setenv("PIP_FIND_LINKS", str(root / "nowhere"))
    assert said(prepare(root, RUN_LOCK), "checker") == "checks"


def test_a_wheel_with_another_hash_is_refused(root: Path, wheels: Path) -> None:
    line = wheel(wheels, "sample", "4.0", "print('four')")
    (root / RUN_LOCK).write_text(re.sub(r"[0-9a-f]{64}", "0" * 64, line))
    with pytest.raises(SetUpError, match=r"(?s)could not install requirements.lock.*HASHES"):
        prepare(root, RUN_LOCK)


def test_what_pip_was_told_reaches_uv(root: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a stand-in for uv keeps what it hears and gives up, so pip has to step in."""
    told = root / "told.json"
    configuration = root / "pip.conf"
    configuration.write_text(
        "[global]\nindex-url = https://index.example/simple\nextra-index-url = file:///a file:///b\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    source = f"import json, os, sys\njson.dump(dict(os.environ), open({str(told)!r}, 'w'))\nsys.exit(2)"
    (root / UV_LOCK).write_text(wheel(wheels, "uv", "0.0.1", source))
    (root / RUN_LOCK).write_text(wheel(wheels, "sample", "5.0", "print('five')"))
    assert said(prepare(root, RUN_LOCK), "sample") == "five"
    heard = json.loads(told.read_text())
    assert heard["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert heard["UV_INDEX"] == "file:///a file:///b"
    assert heard["UV_FIND_LINKS"] == wheels.as_uri()
    assert heard["UV_NO_INDEX"] == "1"


def test_an_environment_of_another_python_is_made_anew(root: Path, wheels: Path) -> None:
    (root / RUN_LOCK).write_text(wheel(wheels, "sample", "6.0", "print('six')"))
    prepare(root, RUN_LOCK)
    installed = root / ".venv" / "installed.json"
    installed.write_text(json.dumps(json.loads(installed.read_text()) | {"python": "3.11.0 of yesterday"}))
    (root / ".venv" / "rest").touch()
    assert said(prepare(root, RUN_LOCK), "sample") == "six"
    assert not (root / ".venv" / "rest").exists()


def test_a_python_without_ensurepip_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = tmp_path / "python3"
    bare.write_text("#!/bin/sh\necho ensurepip is not available.\nexit 1\n")
    bare.chmod(0o755)
    (tmp_path / RUN_LOCK).touch()
    monkeypatch.setattr(sys, "_base_executable", str(bare))
    with pytest.raises(SetUpError, match=r"(?s)ensurepip is not available.*sudo apt install python3-venv"):
        prepare(tmp_path, RUN_LOCK)
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda path: path.name)
def test_an_older_python_is_refused_in_words(command: Path) -> None:
    ast.parse(command.read_text(), feature_version=(3, 6))  # so that an old Python comes as far as the refusal
    pretend = "import sys; sys.version_info = (3, 10, 12, 'final', 0); exec(open(sys.argv[1]).read())"
    done = subprocess.run([sys.executable, "-c", pretend, command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"bin/{command.name} needs Python 3.11 or newer; this is Python 3.10.\n"


def test_the_set_up_needs_nothing_that_it_has_yet_to_install() -> None:
    """Both modules load without site-packages, and under the name that the two commands use."""
    code = f"import sys; sys.path.append({str(ROOT / 'tech4muni')!r}); import launcher.environment, launcher.console"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^\S+==[^\s\\]+", (ROOT / lock).read_text(), re.MULTILINE))


def test_the_tests_run_on_the_versions_that_are_shipped() -> None:
    assert pins(RUN_LOCK)
    assert pins(RUN_LOCK) <= pins(TEST_LOCK)


@pytest.mark.parametrize("lock", [RUN_LOCK, TEST_LOCK, UV_LOCK])
def test_a_lock_has_a_hash_for_every_package_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(lock))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_prepare_is_what_the_commands_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing set-up ends the command with one plain line, not with a traceback."""

    def refuse(_root: Path, _lock: str) -> Path:
        raise SetUpError("no way")

    monkeypatch.setattr(environment, "prepare", refuse)
    with pytest.raises(SystemExit, match="error: no way"):
        environment.run_inside(RUN_LOCK, "tech4muni.launcher.demo", [])
