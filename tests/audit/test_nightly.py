"""Every night all trails are verified."""

import logging

import pytest
from django.core.cache import caches
from django_tenants.utils import tenant_context

from programs.models import Municipality
from tech4muni.audit import nightly
from tech4muni.audit.services import record
from tech4muni.audit.tasks import verify_trails
from tech4muni.core import clock
from tests.audit.helpers import tamper


@pytest.fixture(autouse=True)
def _unknown() -> None:
    caches["shared"].delete(nightly.KEY)


def test_nothing_is_known_before_the_first_night() -> None:
    assert nightly.last_verification() is None


def test_whole_trails_are_found_whole(strumica: Municipality) -> None:
    record("x.tested", actor=None)
    with tenant_context(strumica):
        record("x.tested", actor=None)

    with clock.at(clock.now()) as now:
        nightly.verify_trails()

    assert nightly.last_verification() == nightly.Verification(now, ())


def test_a_broken_trail_is_remembered_and_logged(strumica: Municipality, caplog: pytest.LogCaptureFixture) -> None:
    for _number in range(2):
        record("x.tested", actor=None)
    tamper("UPDATE audit_entry SET reason = 'other' WHERE number = 2")

    with caplog.at_level(logging.CRITICAL):
        verify_trails()

    last = nightly.last_verification()
    assert last is not None
    assert last.broken == ("public",)
    assert "The trail of public is broken at entry 2" in caplog.text
