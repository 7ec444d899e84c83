"""What coordinators do to a municipality and its hosts."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from programs.enums import MunicipalityState
from programs.models import Domain, Municipality
from programs.municipalities import (
    add_host,
    change_host,
    create_municipality,
    edit_municipality,
    remove_host,
    resume,
    suspend,
)
from tech4muni.audit.models import Entry
from tech4muni.core.errors import Refused
from tests.factories.municipalities import FIELDS, make_municipality
from tests.factories.people import make_coordinator

pytestmark = pytest.mark.django_db


def last_entry() -> Entry:
    return Entry.objects.latest("number")


def test_create_makes_a_waiting_municipality_with_a_primary_host_and_an_entry() -> None:
    coordinator = make_coordinator()

    made = create_municipality(actor=coordinator, schema_name="bitola", host="bitola.example.org", **FIELDS)

    assert made.state == MunicipalityState.PREPARING
    assert [(domain.domain, domain.is_primary) for domain in made.domains.all()] == [("bitola.example.org", True)]
    entry = last_entry()
    assert (entry.verb, entry.actor_id, entry.target_id) == (
        "municipality.created",
        coordinator.pk,
        str(made.public_id),
    )
    assert entry.data == {"schema": "bitola", "host": "bitola.example.org"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"schema_name": "Bitola"}, "schema_name"),
        ({"schema_name": "pg_bitola"}, "schema_name"),
        ({"schema_name": "strumica"}, "schema_name"),
        ({"names": {}}, "names"),
        ({"names": {"fr": "Bitola"}}, "names"),
        ({"country": "ZZ"}, "country"),
        ({"languages": ["fr"]}, "languages"),
        ({"time_zone": "Europe/Bitola"}, "time_zone"),
        ({"working_days": [8]}, "working_days"),
        ({"latitude": Decimal(91), "longitude": Decimal(20)}, "latitude"),
        ({"colour": "blue"}, "colour"),
        ({"host": "Bitola.example.org"}, "host"),
        ({"host": "bitola.example.org:8000"}, "host"),
        ({"host": "strumica.localhost"}, "host"),
        ({"host": "localhost"}, "host"),
    ],
)
def test_create_says_which_field_is_wrong_and_makes_nothing(wrong: dict[str, object], field: str) -> None:
    fields = {"schema_name": "bitola", "host": "bitola.example.org", **FIELDS, **wrong}

    with pytest.raises(ValidationError) as refused:
        create_municipality(actor=None, **fields)

    assert field in refused.value.message_dict
    assert Municipality.objects.count() == 2
    assert Domain.objects.count() == 2


def test_edit_changes_only_what_may_change_and_tells_what_it_was(strumica: Municipality) -> None:
    edited = edit_municipality(strumica, actor=None, changes={"population": 45_000, "time_zone": "Europe/Skopje"})

    strumica.refresh_from_db()
    assert strumica.population == edited.population == 45_000
    assert last_entry().data == {"population": [None, 45_000]}


@pytest.mark.parametrize("name", ["schema_name", "state", "schema_version", "shard"])
def test_edit_leaves_the_rest_alone(strumica: Municipality, name: str) -> None:
    with pytest.raises(TypeError, match=name):
        edit_municipality(strumica, actor=None, changes={name: "other"})


def test_edit_refuses_nonsense(strumica: Municipality) -> None:
    with pytest.raises(ValidationError) as refused:
        edit_municipality(strumica, actor=None, changes={"colour": "#xyzxyz"})

    assert "colour" in refused.value.message_dict


def test_suspend_and_resume(strumica: Municipality) -> None:
    coordinator = make_coordinator()

    suspended = suspend(strumica, actor=coordinator, reason=" Contract ended ")
    assert (suspended.state, suspended.suspension_reason) == (MunicipalityState.SUSPENDED, "Contract ended")
    assert (last_entry().verb, last_entry().reason) == ("municipality.suspended", "Contract ended")

    resumed = resume(strumica, actor=coordinator, reason="Signed again")
    assert (resumed.state, resumed.suspension_reason) == (MunicipalityState.ACTIVE, "")
    assert (last_entry().verb, last_entry().reason) == ("municipality.resumed", "Signed again")


def test_suspend_needs_a_reason_and_an_active_municipality(strumica: Municipality) -> None:
    with pytest.raises(Refused) as refused:
        suspend(strumica, actor=None, reason="  ")
    assert refused.value.field == "reason"
    with pytest.raises(Refused):
        suspend(make_municipality(), actor=None, reason="Too early")
    with pytest.raises(Refused):
        resume(strumica, actor=None)


def test_a_new_primary_host_takes_the_place_of_the_one_before(strumica: Municipality) -> None:
    add_host(strumica, actor=None, host="inovacii.strumica.gov.mk", is_primary=True)

    assert dict(strumica.domains.values_list("domain", "is_primary")) == {
        "inovacii.strumica.gov.mk": True,
        "strumica.localhost": False,
    }


def test_hosts_are_added_changed_and_removed_on_record(strumica: Municipality) -> None:
    added = add_host(strumica, actor=None, host="old.example.org")
    changed = change_host(added, actor=None, host="new.example.org")
    remove_host(changed, actor=None)

    assert list(strumica.domains.values_list("domain", flat=True)) == ["strumica.localhost"]
    verbs = list(Entry.objects.order_by("number").values_list("verb", flat=True))
    assert verbs == ["host.added", "host.changed", "host.removed"]


def test_a_host_has_one_municipality(strumica: Municipality, haifa: Municipality) -> None:
    with pytest.raises(ValidationError) as refused:
        change_host(strumica.domains.get(), actor=None, host="haifa.localhost")

    assert "host" in refused.value.message_dict


def test_the_primary_host_stays(strumica: Municipality) -> None:
    with pytest.raises(Refused):
        remove_host(strumica.domains.get(), actor=None)
