"""Which worker does what."""

import os
import subprocess
import sys
from typing import Final

import pytest

ROUTE: Final = """
from tech4muni.celery import app
for task in ("programs.tasks.provision_waiting", "programs.tasks.provision_municipality", "notifications.deliver"):
    print(app.amqp.router.route({}, task)["queue"].name)
"""


@pytest.mark.parametrize(
    ("setting", "queues"),
    [("", ["celery", "celery", "celery"]), ("provisioning", ["provisioning", "provisioning", "celery"])],
)
def test_schemas_can_be_made_by_a_worker_of_their_own(setting: str, queues: list[str]) -> None:
    changes = {"DJANGO_SETTINGS_MODULE": "tech4muni.settings.test", "PROVISIONING_QUEUE": setting}
    done = subprocess.run(
        [sys.executable, "-c", ROUTE], env={**os.environ, **changes}, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == queues
