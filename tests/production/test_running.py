"""A deployment from its first start: what it answers, what it writes down, and what a killed worker leaves behind."""

import json
import re
import ssl
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.production.deployment import CITY, PLATFORM, SECRETS, Deployment
from tests.smtp_sink import SmtpSink
from tests.waiting import wait_until

ABOUT = (
    "--host", CITY, "--name", "en-gb=Strumica", "--country", "MK", "--languages", "mk,en-gb",
    "--time-zone", "Europe/Skopje", "--working-days", "1,2,3,4,5",
)  # fmt: skip
SEND = """
from tech4muni.notifications.mails import TRIAL
from tech4muni.notifications.services import enqueue
enqueue(TRIAL.name, key="kill", email="dana@example.org", language="mk", context=TRIAL.sample)
"""

CREATE = f"""
from programs.municipalities import create_municipality
create_municipality(
    actor=None, schema_name="haifa", host="haifa.{PLATFORM}", names={{"en-gb": "Haifa"}}, country="IL",
    languages=["he"], time_zone="Asia/Jerusalem", working_days=[7, 1, 2, 3, 4],
)
"""


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """The mail server."""
    with SmtpSink().running() as running:
        yield running


@pytest.fixture
def deployment(state: Path, sink: SmtpSink) -> Iterator[Deployment]:
    """A deployment whose database is empty and whose programs do not run yet."""
    made = Deployment(state, sink.port)
    yield made
    made.stop()


def answers(ask: Callable[[], HTTPResponse]) -> HTTPResponse | None:
    """What is answered, None while nobody does."""
    try:
        return ask()
    except (OSError, HTTPException):
        return None


def content(response: HTTPResponse) -> str:
    """The body as text."""
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_deployment_from_its_first_start(deployment: Deployment, sink: SmtpSink) -> None:
    deployment.make_database()
    deployment.run("python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    said = deployment.run("deploy/migrate.sh")
    assert "0 failed" in said
    deployment.run("python", "manage.py", "provision", "strumica", *ABOUT)
    assert "0 migrated, 0 failed" in deployment.run("deploy/migrate.sh")  # again: nothing is left to do

    for name in ("web", "worker", "provisioner", "beat"):
        deployment.start(name)
    deployment.start_proxy()
    wait_until(lambda: answers(lambda: deployment.ask_web("/healthz", "10.1.2.3")), "the web")
    wait_until(lambda: answers(lambda: deployment.ask("/")), "the proxy")

    check_readiness(deployment)
    check_tls(deployment)
    check_static_files(deployment)
    check_forms_and_cookies(deployment)
    check_killed_worker(deployment, sink)
    check_new_municipality(deployment)
    check_all_is_well(deployment)
    check_logs(deployment)
    check_rights(deployment)


def check_readiness(deployment: Deployment) -> None:
    """The web is ready on its own network, and the proxy tells nobody."""
    ready = deployment.ask_web("/readyz", "10.1.2.3")

    assert ready.status == 200
    states = {name: check["state"] for name, check in json.loads(content(ready))["checks"].items()}
    assert states.items() >= {"database": "ok", "broker": "ok", "cache": "ok", "migrations": "ok"}.items()
    assert states["municipalities"] == "ok"
    for path in ("/readyz", "/healthz", "/known-host"):
        assert deployment.ask(path).status == 404


def check_tls(deployment: Deployment) -> None:
    """Plain requests are sent to TLS; only the proxy can say that a request came over it; hosts need be known."""
    plain = deployment.ask_web("/account/?a=1", CITY)
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{CITY}/account/?a=1")
    assert deployment.ask_web("/", PLATFORM, X_Forwarded_Proto="https").status == 200
    assert deployment.ask_web("/", PLATFORM, source="127.0.0.2", X_Forwarded_Proto="https").status == 301
    assert deployment.ask_web("/", "nowhere.example").status == 404

    page = deployment.ask("/")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "upgrade-insecure-requests" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Server" not in page.headers
    with pytest.raises(ssl.SSLError):
        deployment.ask("/", "nowhere.tech4muni.example")


def check_static_files(deployment: Deployment) -> None:
    """The style sheet has a digest in its name, is compressed, and may be kept for ever."""
    [path] = re.findall(r'href="(/static/css/theme\.[0-9a-f]{12}\.css)"', content(deployment.ask("/")))

    style = deployment.ask(path, Accept_Encoding="gzip")

    assert style.status == 200
    assert style.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert style.headers["Content-Encoding"] == "gzip"
    assert style.headers["X-Content-Type-Options"] == "nosniff"


def check_forms_and_cookies(deployment: Deployment) -> None:
    """A form goes through the proxy, with the cookies of its host."""
    page = deployment.ask("/", PLATFORM)
    [cookie] = [each for each in page.headers.get_all("Set-Cookie", []) if each.startswith("__Host-csrf=")]
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', content(page))[0]
    action = re.findall(r'action="(/language/)"', content(page))[0]

    chosen = deployment.ask(
        action,
        method="POST",
        body=f"csrfmiddlewaretoken={token}&language=mk&next=/",
        Content_Type="application/x-www-form-urlencoded",
        Origin=f"https://{PLATFORM}:{deployment.https}",
        Cookie=cookie.split(";")[0],
    )

    assert chosen.status == 302
    assert chosen.headers["Set-Cookie"].startswith("__Host-language=mk;")


def check_killed_worker(deployment: Deployment, sink: SmtpSink) -> None:
    """A mail that was asked for while no worker lived leaves when one does."""
    deployment.kill("worker")
    deployment.run("python", "manage.py", "shell", "--verbosity", "0", "--command", SEND, name="web")
    assert sink.mails == []

    deployment.start("worker")

    wait_until(lambda: sink.mails, "the mail")
    assert sink.recipients == ["dana@example.org"]


def check_new_municipality(deployment: Deployment) -> None:
    """The web asks for a new municipality as a role that may make no schema; the provisioner makes it."""
    deployment.run("python", "manage.py", "shell", "--verbosity", "0", "--command", CREATE, name="web")

    wait_until(lambda: deployment.ask_web("/", f"haifa.{PLATFORM}").status != 404, "the new municipality")


def check_all_is_well(deployment: Deployment) -> None:
    """Once beat has spoken, every check is well."""

    def report() -> Any:
        return json.loads(content(deployment.ask_web("/readyz", "10.1.2.3")))

    wait_until(lambda: report()["state"] == "ok", "beat's first sign of life", 120)
    assert [
        path for path in deployment.home.glob("beat*") if path.suffix != ".log"
    ]  # what beat's health check looks at


def check_logs(deployment: Deployment) -> None:
    """Every line that a program writes is JSON, with its context, and tells no secret."""
    for name in ("web", "worker", "provisioner", "beat"):
        lines = [json.loads(line) for line in deployment.log(name)]
        assert lines
        assert all({"time", "level", "logger", "message", "schema", "request_id"} <= line.keys() for line in lines)
        assert not [line for line in lines if line["level"] in {"ERROR", "CRITICAL"}]
    web = [json.loads(line) for line in deployment.log("web")]
    assert [line for line in web if line.get("method") == "POST" and line["status"] == 302]
    everything = "\n".join(line for name in deployment.children for line in deployment.log(name))
    assert not [name for name, value in SECRETS.items() if value in everything]


def check_rights(deployment: Deployment) -> None:
    """The web's role changes nothing in a trail, and owns nothing."""
    for statement in ("UPDATE strumica.audit_entry SET reason = ''", "DROP TABLE programs_domain"):
        code = f"from django.db import connection as c; c.cursor().execute({statement!r})"
        with pytest.raises(AssertionError, match=r"permission denied|must be owner"):
            deployment.run("python", "manage.py", "shell", "--verbosity", "0", "--command", code, name="web")
