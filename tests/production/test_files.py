"""The files of a deployment say what the code reads, and give away no more than they must."""

import ast
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.architecture.source import ROOT, Module, texts
from tests.production.compose import Missing, compose, example_variables, filled, service

SECRETS = {
    "DATABASE_PASSWORD", "EMAIL_HOST_PASSWORD", "POSTGRES_SUPERUSER_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY",
    "SECRET_KEY", "SECRET_KEY_FALLBACKS", "SENTRY_DSN", "VALKEY_PASSWORD", "WEB_DATABASE_PASSWORD",
}  # fmt: skip
NEEDED = {
    "DATABASE_PASSWORD", "POSTGRES_SUPERUSER_PASSWORD", "SECRET_KEY", "VALKEY_PASSWORD", "WEB_DATABASE_PASSWORD",
}  # fmt: skip
FILLED = {**example_variables(), **{name: f"secret-of-{name.lower()}".ljust(60, "0") for name in NEEDED}}
APPS = ["web", "worker", "provisioner", "beat", "migrate"]
LASTING = [name for name in compose()["services"] if name != "migrate"]
# Set by the image, or by whoever runs the programs by hand.
FIXED = {"PROVISIONING_QUEUE"}  # by docker-compose.yml
PLACES = {"BIND", "MEDIA_ROOT", "STATIC_ROOT"}


def read_by_the_code() -> set[str]:
    """The variables that production's settings and gunicorn's ask the environment for."""
    paths = [f"tech4muni/settings/{name}.py" for name in ("base", "production", "files")] + ["deploy/gunicorn.conf.py"]
    return {
        str(ast.literal_eval(call.args[0]))
        for path in paths
        for _name, call in Module(path, texts()[path]).calls()
        if ast.unparse(call.func).startswith("env.") and call.args and isinstance(call.args[0], ast.Constant)
    }


def test_compose_file_is_valid() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_every_variable_that_the_code_reads_is_explained_and_handed_on() -> None:
    read = read_by_the_code() - PLACES

    assert len(read) > 25
    assert read - example_variables().keys() == FIXED
    for name in APPS:
        assert read - service(name, FILLED)["environment"].keys() == set()


def test_every_variable_that_is_explained_is_read() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    assert example_variables().keys() - set(re.findall(r"\$\{(\w+)", text)) == set()


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_example_holds_no_secret(name: str) -> None:
    assert example_variables()[name] == ""


@pytest.mark.parametrize("name", sorted(NEEDED | {"PLATFORM_HOST", "EMAIL_HOST", "DEFAULT_FROM_EMAIL"}))
def test_nothing_starts_without_what_is_needed(name: str) -> None:
    with pytest.raises(Missing, match=name):
        filled(compose()["services"], {**FILLED, name: ""})


def test_servers_of_ones_own_replace_ours() -> None:
    own = {
        **FILLED,
        "DATABASE_URL": "postgres://owner@b/c",
        "WEB_DATABASE_URL": "postgres://web@b/c",
        "REDIS_URL": "redis://b/1",
    }

    found = service("web", own)["environment"]

    assert (found["DATABASE_URL"], found["REDIS_URL"]) == ("postgres://web@b/c", "redis://b/1")
    assert service("provisioner", own)["environment"]["DATABASE_URL"] == "postgres://owner@b/c"


def test_only_who_makes_schemas_is_the_owner_of_the_tables() -> None:
    addresses = {name: service(name, FILLED)["environment"]["DATABASE_URL"] for name in APPS}

    owner = f"postgres://tech4muni:{FILLED['DATABASE_PASSWORD']}@postgres:5432/tech4muni"
    web = f"postgres://tech4muni_web:{FILLED['WEB_DATABASE_PASSWORD']}@postgres:5432/tech4muni"
    assert addresses == {"web": web, "worker": web, "beat": web, "provisioner": owner, "migrate": owner}
    assert [
        name for name in ("web", "worker", "beat") if FILLED["DATABASE_PASSWORD"] in str(service(name, FILLED))
    ] == []


def test_every_queue_has_a_worker() -> None:
    commands = {name: " ".join(service(name, FILLED)["command"]) for name in ("worker", "provisioner")}

    assert "--queues=celery " in commands["worker"]
    queue = service("web", FILLED)["environment"]["PROVISIONING_QUEUE"]
    assert f"--queues={queue} " in commands["provisioner"]


@pytest.mark.parametrize("name", APPS)
def test_programs_of_the_product_have_no_more_rights_than_they_need(name: str) -> None:
    found = service(name, FILLED)

    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in found["security_opt"]
    assert "ports" not in found
    assert "privileged" not in found
    assert "POSTGRES_PASSWORD" not in found["environment"]
    assert "secret-of-postgres_superuser_password" not in str(found)


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_starts_again_and_is_watched(name: str) -> None:
    found = service(name, FILLED)

    assert found["restart"] == "unless-stopped"
    assert found.get("healthcheck", {}).get("test") or name == "web"  # the image's own watches the web
    assert found["logging"]["options"]["max-size"]


def test_only_the_proxy_is_open_to_the_world() -> None:
    assert [name for name in compose()["services"] if "ports" in compose()["services"][name]] == ["proxy"]
    assert service("proxy", FILLED)["networks"] == ["front"]
    assert service("postgres", FILLED)["networks"] == ["back"]
    assert service("valkey", FILLED)["networks"] == ["back"]


def test_proxy_is_believed_and_nobody_else() -> None:
    front = filled(compose()["networks"]["front"], FILLED)

    [network] = front["ipam"]["config"]
    assert network["subnet"] == service("web", FILLED)["environment"]["TRUSTED_PROXY_ADDRESSES"]


@pytest.mark.parametrize("name", ["web", "worker", "provisioner", "beat"])
def test_programs_wait_for_the_migration(name: str) -> None:
    assert service(name, FILLED)["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_data_outlive_their_containers() -> None:
    named = set(compose()["volumes"])
    mounted = {
        volume.split(":")[0] for name in compose()["services"] for volume in service(name, FILLED).get("volumes", [])
    }

    assert named <= mounted
    assert {"postgres", "valkey", "media", "certificates"} <= named


def test_tasks_are_kept_when_memory_ends() -> None:
    command = " ".join(service("valkey", FILLED)["command"])

    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command


def test_migration_has_its_three_steps_in_order() -> None:
    script = (ROOT / "deploy" / "migrate.sh").read_text(encoding="utf-8")

    assert re.findall(r"^python manage\.py (\S+)", script, re.MULTILINE) == [
        "migrate_schemas",
        "prepare_template",
        "migrate_tenants",
    ]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each on one line."""
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], " ".join(line.split(maxsplit=1)[1].split())) for line in lines]


def last_stage() -> dict[str, list[str]]:
    """The instructions of the image that runs."""
    begins = max(index for index, (name, _rest) in enumerate(instructions()) if name == "FROM")
    stage: dict[str, list[str]] = {}
    for name, rest in instructions()[begins:]:
        stage.setdefault(name, []).append(rest)
    return stage


def test_image_is_made_in_two_stages_and_runs_as_nobody_special() -> None:
    assert [name for name, _rest in instructions()].count("FROM") == 2
    assert last_stage()["USER"] == ["tech4muni"]
    assert any("useradd --uid 10001" in step for step in last_stage()["RUN"])
    assert all(step.startswith("--from=build") for step in last_stage()["COPY"])


def test_image_installs_from_the_lock_alone() -> None:
    [install] = [rest for name, rest in instructions() if "pip install" in rest]

    assert "--require-hashes" in install
    assert "--no-deps" in install
    assert install.endswith("--requirement requirements.lock")
    assert not [rest for name, rest in instructions() if name == "ADD"]


def test_image_brings_catalogues_and_static_files() -> None:
    build = " ".join(rest for name, rest in instructions() if name == "RUN")

    assert "manage.py compile_catalogues" in build
    assert "manage.py collectstatic --noinput" in build


def test_image_keeps_no_secret_and_starts_the_web() -> None:
    stage = last_stage()
    environment = " ".join(stage["ENV"])

    assert "DJANGO_SETTINGS_MODULE=tech4muni.settings.production" in environment
    assert not [name for name in SECRETS if f"{name}=" in environment]
    assert ast.literal_eval(stage["CMD"][0]) == service("web", FILLED)["command"]
    assert "/healthz" in stage["HEALTHCHECK"][0]


def test_image_leaves_secrets_and_state_outside() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert {".*", "*.env", "tests", "media", "staticfiles"} <= set(ignored)


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """A wildcard certificate of one's own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "*.tech4muni.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("*.tech4muni.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "certificate.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return {"CERTIFICATE": str(tmp_path / "certificate.pem"), "CERTIFICATE_KEY": str(tmp_path / "key.pem")}


@pytest.mark.parametrize("mode", ["automatic", "files", "internal"])
def test_proxy_takes_its_configuration(mode: str, certificate: dict[str, str], tmp_path: Path) -> None:
    environment: dict[str, Any] = {**service("proxy", {**FILLED, "TLS_MODE": mode})["environment"], **certificate}
    checked = subprocess.run(
        [Path(sys.executable).parent / "caddy", "validate", "--config", "deploy/Caddyfile"],
        cwd=ROOT,
        env={**environment, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "not formatted" not in checked.stderr


def test_proxy_refuses_a_mode_that_it_does_not_know(tmp_path: Path) -> None:
    checked = subprocess.run(
        [Path(sys.executable).parent / "caddy", "validate", "--config", "deploy/Caddyfile"],
        cwd=ROOT,
        env={"TLS_MODE": "none", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode != 0
    assert "tls_none" in checked.stderr
