"""Programs, their windows, and who takes part."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from programs.brand import brand_of
from programs.cohorts import services
from programs.cohorts.models import Brand, JointChallenge, Program, name_in
from programs.cohorts.queries import program_of, programs_of, sender_of, windows_of
from programs.enums import Role, Stage
from programs.mails import MEMBERSHIP_ENDED
from programs.models import Municipality
from programs.people.messages import tell
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Refused
from tech4muni.notifications.delivery import as_mail
from tests.factories.challenges import make_brand, make_program
from tests.factories.people import make_coordinator, make_member, make_user

FIELDS: dict[str, Any] = {
    "names": {"en-gb": "CityTech Ruhr", "de": "CityTech Ruhr"}, "country": "DE", "languages": ["de"],
    "time_zone": "Europe/Berlin",
}  # fmt: skip


def test_a_brand_is_worn_by_everybody_who_takes_part(strumica: Municipality, haifa: Municipality) -> None:
    brand = make_brand(name="CityTech", sender_name="CityTech Ruhr", sender_email="hello@citytech.example")
    make_program(strumica, brand=brand)
    strumica.refresh_from_db()
    assert brand_of(strumica).name == "CityTech"
    assert brand_of(haifa).name == "Tech4Muni"

    services.save_brand(brand, actor=None, changes={"name": "CityTech 2"})
    strumica.refresh_from_db()
    assert brand_of(strumica).name == "CityTech 2"
    assert sender_of("CityTech 2") == "CityTech Ruhr <hello@citytech.example>"


def test_mails_come_from_the_brand_of_the_program(strumica: Municipality) -> None:
    person = make_member(strumica)
    make_program(strumica, brand=make_brand(sender_name="CityTech", sender_email="hello@citytech.example"))
    strumica.refresh_from_db()

    message = tell(MEMBERSHIP_ENDED, person, strumica, {})

    assert as_mail(message).from_email == "CityTech <hello@citytech.example>"


def test_without_an_address_of_its_own_the_platform_sends(strumica: Municipality, settings: Any) -> None:
    make_program(strumica)
    strumica.refresh_from_db()

    message = tell(MEMBERSHIP_ENDED, make_member(strumica), strumica, {})

    assert as_mail(message).from_email == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize(
    ("field", "value"),
    [("names", {}), ("country", "ZZ"), ("languages", []), ("time_zone", "Europe/Atlantis"), ("brand", None)],
)
def test_a_program_with_nonsense_is_refused(db: None, field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        services.save_program(Program(), actor=None, changes={**FIELDS, "brand": make_brand(), field: value})

    assert field in refused.value.message_dict
    assert not Program.objects.exists()


def test_fields_that_are_none_are_a_mistake_of_ours(db: None) -> None:
    with pytest.raises(TypeError, match="figures"):
        services.save_program(Program(), actor=None, changes={"figures": {}})


def test_windows_come_in_the_order_of_the_stages(db: None) -> None:
    program = make_program()
    first = program.windows.get(stage=Stage.CHALLENGE)
    with pytest.raises(Refused) as backwards:
        services.set_window(
            program, Stage.EVENT, actor=None, opens_at=first.closes_at, closes_at=first.closes_at - timedelta(days=1)
        )
    with pytest.raises(Refused) as disorder:
        services.set_window(
            program, Stage.EVENT, actor=None, opens_at=first.opens_at - timedelta(days=9), closes_at=first.closes_at
        )

    assert (backwards.value.field, disorder.value.field) == ("closes_at", "opens_at")
    assert list(windows_of(program)) == list(Stage)
    assert windows_of(None) == {}


def test_taking_part_once_and_no_more(strumica: Municipality) -> None:
    program = make_program(strumica)
    with pytest.raises(Refused) as twice:
        services.join(program, strumica, actor=None)
    assert twice.value.field == "municipality"
    participation = program.participations.get()
    with pytest.raises(Refused):
        services.end_participation(participation, actor=None, reason=" ")

    services.end_participation(participation, actor=None, reason="Elections")

    assert program_of(strumica) is None
    with pytest.raises(Refused):
        services.end_participation(participation, actor=None, reason="Again")
    assert services.join(program, strumica, actor=None).pk != participation.pk


def test_the_latest_program_is_the_one_that_counts(strumica: Municipality) -> None:
    make_program(strumica)
    with clock.at(clock.now() + timedelta(days=1)):
        later = make_program(strumica)

    assert program_of(strumica) == later
    assert programs_of(strumica).count() == 2


def test_a_joint_challenge_is_led_by_somebody_who_takes_part(strumica: Municipality, haifa: Municipality) -> None:
    program = make_program(strumica)
    changes = {"names": {"en-gb": "Stray dogs"}, "program": program, "lead": haifa}
    with pytest.raises(Refused) as refused:
        services.save_joint(JointChallenge(), actor=None, changes=changes)
    assert refused.value.field == "lead"

    joint = services.save_joint(JointChallenge(), actor=None, changes={**changes, "lead": strumica})
    assert str(joint) == "Stray dogs"


@pytest.mark.parametrize("who", ["stranger", "lead", "coordinator"])
@pytest.mark.parametrize("what", ["brand", "program", "window", "join", "coordinator", "end", "joint"])
def test_coordinators_alone_decide(strumica: Municipality, haifa: Municipality, who: str, what: str) -> None:
    people = {"stranger": make_user, "lead": lambda: make_member(strumica, Role.LEAD), "coordinator": make_coordinator}
    actor = people[who]()
    program = make_program(strumica)
    window = program.windows.get(stage=Stage.PILOT)
    steps: dict[str, Any] = {
        "brand": lambda: services.save_brand(Brand(), actor=actor, changes={"name": "B", "sender_name": "B"}),
        "program": lambda: services.save_program(program, actor=actor, changes={"notes": "x"}),
        "window": lambda: services.set_window(
            program, Stage.PILOT, actor=actor, opens_at=window.opens_at, closes_at=window.closes_at
        ),
        "join": lambda: services.join(program, haifa, actor=actor),
        "coordinator": lambda: services.change_coordinator(program.participations.get(), actor=actor, coordinator=None),
        "end": lambda: services.end_participation(program.participations.get(), actor=actor, reason="So"),
        "joint": lambda: services.save_joint(
            JointChallenge(), actor=actor, changes={"names": {"en-gb": "J"}, "program": program, "lead": strumica}
        ),
    }
    before = Entry.objects.count()
    if who == "coordinator":
        steps[what]()
        assert Entry.objects.count() == before + 1
    else:
        with pytest.raises(Http404):
            steps[what]()
        assert Entry.objects.count() == before


def test_a_name_is_found_in_any_language() -> None:
    assert name_in({"mk": "Струмица"}) == "Струмица"
    assert name_in({"mk": "Струмица", "en-gb": "Strumica"}) == "Strumica"
    assert name_in({}) == ""
