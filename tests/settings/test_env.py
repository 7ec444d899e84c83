"""The environment is read strictly: nonsense is refused with the variable's name, and no secret is repeated."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tech4muni.settings import env

Read = Callable[[], Any]
POSTGRES = ("postgres", "postgresql")


def yes_or_no() -> bool:
    return env.boolean("X", default=False)


def one_to_ten() -> int:
    return env.integer("X", default=3, low=1, high=10)


def colour() -> str:
    return env.choice("X", ("red", "green"), default="red")


def address() -> str:
    return env.url("X", POSTGRES)


@pytest.mark.parametrize(
    ("read", "given", "expected"),
    [
        (lambda: env.text("X"), "  kept ", "kept"),
        (lambda: env.text("X", "other"), None, "other"),
        (lambda: env.text("X", "other"), "   ", "other"),
        (lambda: env.text("X", ""), None, ""),
        (yes_or_no, "1", True),
        (yes_or_no, "YES", True),
        (yes_or_no, " on ", True),
        (yes_or_no, "True", True),
        (yes_or_no, "0", False),
        (yes_or_no, "off", False),
        (yes_or_no, None, False),
        (lambda: env.boolean("X", default=True), None, True),
        (lambda: env.boolean("X", default=True), "no", False),
        (one_to_ten, "1", 1),
        (one_to_ten, "10", 10),
        (one_to_ten, None, 3),
        (lambda: env.words("X"), "a, b,,c ,", ["a", "b", "c"]),
        (lambda: env.words("X", ("d",)), None, ["d"]),
        (colour, "green", "green"),
        (colour, None, "red"),
        (lambda: env.secret("X", length=4), "long", "long"),
        (lambda: env.host("X"), "city-tech.example", "city-tech.example"),
        (lambda: env.host("X", "localhost"), None, "localhost"),
        (address, "postgresql://a@b/c", "postgresql://a@b/c"),
        (lambda: env.url("X", POSTGRES, ""), None, ""),
    ],
)
def test_sense_is_read(read: Read, given: str | None, expected: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X", raising=False)
    if given is not None:
        monkeypatch.setenv("X", given)

    assert read() == expected


@pytest.mark.parametrize(
    ("read", "given"),
    [
        (lambda: env.text("X"), None),
        (lambda: env.text("X"), " "),
        (yes_or_no, "2"),
        (yes_or_no, "maybe"),
        (yes_or_no, "tru"),
        (one_to_ten, "0"),
        (one_to_ten, "11"),
        (one_to_ten, "-1"),
        (one_to_ten, "3.5"),
        (one_to_ten, "three"),
        (one_to_ten, "0x3"),
        (colour, "blue"),
        (colour, "Red"),
        (lambda: env.secret("X"), None),
        (lambda: env.secret("X"), "x" * 49),
        (lambda: env.host("X"), None),
        (lambda: env.host("X"), "https://tech4muni.example"),
        (lambda: env.host("X"), "tech4muni.example:8000"),
        (lambda: env.host("X"), "tech4muni.example/"),
        (lambda: env.host("X"), "Tech4Muni.example"),
        (lambda: env.host("X"), "tech4muni..example"),
        (lambda: env.host("X"), ".tech4muni.example"),
        (lambda: env.host("X"), "*"),
        (lambda: env.host("X"), "a" * 64),
        (address, None),
        (address, "mysql://a@b/c"),
        (address, "postgres:///c"),
        (address, "b/c"),
        (address, "postgres://a@b:port/c"),
        (address, "postgres://a@b:99999/c"),
        (address, "postgres://a@b:0/c"),
        (address, "postgres://[b/c"),
    ],
)
def test_nonsense_is_refused_by_name(read: Read, given: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X", raising=False)
    if given is not None:
        monkeypatch.setenv("X", given)

    with pytest.raises(ImproperlyConfigured, match=r"\bX\b"):
        read()


def test_database_url_is_taken_apart() -> None:
    settings = env.database("postgres://us%40er:p%2Fass@db.example:6543/t4m?sslmode=verify-full&sslrootcert=/ca.pem")

    assert settings == {
        "NAME": "t4m",
        "USER": "us@er",
        "PASSWORD": "p/ass",
        "HOST": "db.example",
        "PORT": "6543",
        "OPTIONS": {"connect_timeout": 5, "sslmode": "verify-full", "sslrootcert": "/ca.pem"},
    }


def test_database_url_needs_little() -> None:
    assert env.database("postgresql://localhost/t4m").items() >= {"PORT": "5432", "USER": "", "PASSWORD": ""}.items()


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "t4m",
        "redis://u:canary@host/0",
        "postgres://u:canary@host",
        "postgres://u:canary@host/",
        "postgres://u:canary@host/a/b",
        "postgres://u:canary@/t4m",
        "postgres://u:canary@host:many/t4m",
        "postgres://u:canary@host/t4m?pool_mode=transaction",
        "postgres://u:canary@host/t4m?options=-c%20search_path=x",
    ],
)
def test_wrong_database_url_is_refused_without_repeating_its_password(nonsense: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as refusal:
        env.database(nonsense)

    assert "canary" not in str(refusal.value)


@pytest.mark.parametrize("value", ["mysql://u:canary@host/0", "postgres://u:canary@host:x/0"])
def test_wrong_url_is_refused_without_repeating_its_password(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        address()

    assert "canary" not in str(refusal.value)


def test_short_secret_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "canary")

    with pytest.raises(ImproperlyConfigured, match="50 characters; it has 6") as refusal:
        env.secret("X")

    assert "canary" not in str(refusal.value)


def test_variable_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X", raising=False)
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))

    assert env.text("X") == "from a file"


def test_variable_and_file_together_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "one")
    monkeypatch.setenv("X_FILE", str(tmp_path))

    with pytest.raises(ImproperlyConfigured, match="X or X_FILE"):
        env.text("X")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_file_that_cannot_be_read_is_refused(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("X", raising=False)
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))
    if content is not None:
        (tmp_path / "secret").write_bytes(content)

    with pytest.raises(ImproperlyConfigured, match="X_FILE"):
        env.text("X", "default")
