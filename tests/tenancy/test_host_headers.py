"""Hosts as attackers write them: the right status, nobody's page, and no link to anywhere else."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programs.models import Municipality

pytestmark = pytest.mark.django_db

KNOWN = ("localhost", "strumica.localhost", "haifa.localhost")
GOOD = [spelling for host in KNOWN for spelling in (host, host.upper(), host.title(), f"{host}:8000", f"{host}:1")]
UNKNOWN = [
    spelling
    for host in KNOWN
    for spelling in (
        f"{host}.", f"{host}..", f".{host}", f"www.{host}", f"x.{host}", f"{host}.evil.example", f"evil-{host}",
        f"{host}-evil", f"{host}0", f"-{host}", f"{host}-", f"{host}.:80", host.replace("o", "0"), host[:-1], host[1:],
        host.replace(".", "-") + ".evil.example", f"xn--{host}", f"{host}.localhost.localhost", f"{host}.local",
        f"a.b.c.d.e.f.{host}", f"{'a' * 63}.{host}", f"{'a' * 64}.{host}", f"{'a.' * 130}{host}",
    )
] + [
    "evil.example", "127.0.0.1", "127.0.0.1:8000", "0.0.0.0", "2130706433", "[::1]", "[::1]:8000", "[::ffff:127.0.0.1]",
    "10.0.0.1", "169.254.169.254", "public", "template", "pg-catalog.localhost", "admin", "admin.localhost",
    "localhost.", "strumica", "haifa", "xn--80ak6aa92e.localhost", "0", "a", "-", "--", "..",
    "a..b", "com", "co.uk", "1.1",
]  # fmt: skip
MALFORMED = [
    spelling
    for host in KNOWN
    for spelling in (
        f"{host}:", f"{host}:port", f"{host}:80:80", f"{host}:-1", f"{host}: 80", f"{host}:80a", f"user@{host}",
        f"user:pw@{host}", f"{host}@evil.example", f"http://{host}", f"//{host}", f"{host}/", f"{host}/path",
        f"{host}?x=1", f"{host}#x", f"{host}\\evil.example", f" {host}", f"{host} ", f"{host} evil.example",
        f"{host},evil.example", f"{host};evil.example", f"{host}\t", f"{host}\n", f"{host}\r\nX-Evil: 1", f"{host}\0",
        f"{host}\x7f", f"{host}\x1b[0m", f"{host}%00", f"{host}%2eevil.example", f"{host}'", f'{host}"',
        f"<script>{host}", f"{host}$", f"{host}*", f"*.{host}", f"{host}_", f"_{host}", f"{host}\u3002evil.example",
        f"{host}\u200b", f"\u202e{host}", host.replace("l", "\u217c"), host.replace("o", "\u043e"), f"{host}é",
        f"[{host}]", f"[::1].{host}", f"{{{host}}}", f"${{{host}}}", f"{host}&", f"{host}=", f"{host}|id",
    )
] + [
    "струмица.localhost", "חיפה.localhost", "ﬁ.localhost", "☃.example", "[", "]", "[]", "[::1", "::1", "@", ":",
    ":80", "*", ".",
]  # fmt: skip


@pytest.fixture(autouse=True)
def both(strumica: Municipality, haifa: Municipality) -> None:
    """Both municipalities are there to be reached."""


def hosts_named(response: Any) -> set[str]:
    """Return the hosts of all absolute addresses in the answer: in the body and in its headers."""
    text = response.content.decode() + "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    addresses = re.findall(r"""(?:https?:)?//[^\s"'<>]+""", re.sub(r"xmlns=\S+|www\.w3\.org\S*", "", text))
    return {urlsplit(address).hostname or "" for address in addresses}


def test_there_are_enough_of_them() -> None:
    assert len(set(UNKNOWN + MALFORMED)) > 200


@pytest.mark.parametrize("host", GOOD)
def test_case_and_port_do_not_matter(host: str, client_on: Callable[[str], Client]) -> None:
    response = client_on(host).get("/account/login/")

    assert response.status_code == 200
    assert hosts_named(response) <= set(KNOWN)


def test_unknown_hosts(client_on: Callable[[str], Client]) -> None:
    for host in UNKNOWN:
        response = client_on(host).get("/account/login/")
        assert (host, response.status_code) == (host, 404)
        assert (host, hosts_named(response) - {"localhost"}) == (host, set())


@pytest.mark.parametrize("path", ["/", "/admin/", "/account/logout/", "/nothing/", "/language/"])
def test_unknown_hosts_have_no_pages(path: str, client_on: Callable[[str], Client]) -> None:
    assert client_on("evil.example").get(path).status_code == 404


def test_malformed_hosts(client_on: Callable[[str], Client]) -> None:
    for host in MALFORMED:
        response = client_on(host).get("/")
        assert (host, response.status_code) == (host, 400)
        assert (host, hosts_named(response) - {"localhost"}) == (host, set())


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "head", "options", "trace"])
def test_no_method_gets_past(method: str, client_on: Callable[[str], Client]) -> None:
    assert getattr(client_on("evil.example"), method)("/").status_code == 404
    assert getattr(client_on("user@localhost"), method)("/").status_code == 400


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host", "X-Forwarded-Server", "X-HTTP-Host-Override"],
)
def test_no_other_header_names_the_host(header: str, client_on: Callable[[str], Client]) -> None:
    value = "host=haifa.localhost" if header == "Forwarded" else "haifa.localhost"

    here = client_on("strumica.localhost").get("/account/login/", headers={header: value, "accept-language": "en-gb"})
    nowhere = client_on("evil.example").get("/", headers={header: value})

    assert "Strumica" in here.content.decode()
    assert "Haifa" not in here.content.decode()
    assert "haifa.localhost" not in hosts_named(here)
    assert nowhere.status_code == 404


def test_an_address_in_the_request_line_does_not_count(client_on: Callable[[str], Client]) -> None:
    response = client_on("strumica.localhost").get("//haifa.localhost/account/login/")

    assert "Haifa" not in response.content.decode()
    assert hosts_named(response) <= {"localhost", "strumica.localhost"}


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        st.text(st.sampled_from("localhstrumicaLH.-:@[]/0189 \t\n"), max_size=40),
        st.tuples(st.sampled_from(KNOWN), st.text(max_size=5)).map("".join),
    )
)
def test_whatever_is_sent_is_answered(host: str) -> None:
    response = Client(headers={"host": host}).get("/", secure=True)

    known = host.lower().split(":")[0] in KNOWN and re.fullmatch(r"[^:]*(:[0-9]+)?", host, re.ASCII)
    assert response.status_code in ({200, 302} if known else {400, 404})
    assert hosts_named(response) <= {"localhost", *KNOWN}
