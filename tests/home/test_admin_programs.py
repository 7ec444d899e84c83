"""Coordinators make programs, set their windows, say who takes part, and see all challenges in the cockpit."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from programs.cohorts.models import Brand, JointChallenge, Participation, Program, Progress
from programs.cohorts.services import change_coordinator, end_participation
from programs.enums import Ending, Stage
from programs.models import Municipality
from programs.timing.services import set_deadline
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tests.factories.challenges import make_brand, make_challenge, make_program
from tests.home.pages import take_step, text_of

PROGRAMS = "/admin/programs/program/"
PARTS = "/admin/programs/participation/"
COCKPIT = "/admin/programs/progress/"


def typed(brand: Brand, **changes: Any) -> dict[str, Any]:
    """Return what the form of a new program sends."""
    return {
        "names_en-gb": "Tech4Muni 2027", "names_de": "", "names_he": "", "names_mk": "Тек4Муни 2027", "names_sq": "",
        "brand": brand.pk, "country": "MK", "main_language": "mk", "languages": ["sq"], "time_zone": "Europe/Skopje",
        "partner": "UNDP", "funder": "EU", "notes": "", **changes,
    }  # fmt: skip


def test_a_brand_then_a_program_then_its_windows(desk: Client, strumica: Municipality) -> None:
    desk.post("/admin/programs/brand/add/", {"name": "Tech4Muni MK", "colour": "#0b5d7a", "sender_name": "Tech4Muni"})
    brand = Brand.objects.get()
    response = desk.post(f"{PROGRAMS}add/", typed(brand))
    program = Program.objects.get()
    assert response["Location"] == f"{PROGRAMS}{program.pk}/change/"
    assert program.languages == ["mk", "sq"]

    windows = {
        "challenge_opens": "2027-01-11T09:00", "challenge_closes": "2027-02-05T17:00", "challenge_by_itself": "on",
        "validation_opens": "2027-02-05T17:00", "validation_closes": "2027-03-05T17:00",
    }  # fmt: skip
    response = desk.post(f"{PROGRAMS}{program.pk}/change/", typed(brand, **windows))
    assert response.status_code == 302
    first = program.windows.get(stage=Stage.CHALLENGE)
    assert (first.closes_at.isoformat(), first.moves_by_itself) == ("2027-02-05T16:00:00+00:00", True)
    assert "2027-02-05T17:00" in desk.get(f"{PROGRAMS}{program.pk}/change/").content.decode()


def test_the_ends_of_windows_name_the_clock_of_the_program(desk: Client) -> None:
    program = make_program(time_zone="Asia/Jerusalem")

    text = text_of(desk.get(f"{PROGRAMS}{program.pk}/change/"))

    assert "Begins (time in Jerusalem)" in text
    assert "Ends (time in Jerusalem)" in text
    assert "time in UTC" not in text


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ({"challenge_opens": "2027-01-11T09:00"}, "Give both ends of the stage"),
        ({"challenge_opens": "2027-01-11T09:00", "challenge_closes": "2027-01-10T09:00"}, "must end after it begins"),
        (
            {
                "challenge_opens": "2027-01-11T09:00", "challenge_closes": "2027-02-11T09:00",
                "validation_opens": "2027-01-01T09:00", "validation_closes": "2027-03-01T09:00",
            },
            "must begin in their order",
        ),
    ],
)  # fmt: skip
def test_windows_that_do_not_hold_are_told_beside_their_field(
    desk: Client, windows: dict[str, str], words: str
) -> None:
    program = make_program()
    program.windows.all().delete()

    response = desk.post(f"{PROGRAMS}{program.pk}/change/", typed(program.brand, **windows))

    assert response.status_code == 422
    assert words in text_of(response)
    for value in windows.values():
        assert value in response.content.decode()
    assert not program.windows.exists()


def test_a_municipality_takes_part_and_is_looked_after(desk: Client, coordinator: User, strumica: Municipality) -> None:
    program = make_program()
    desk.post(f"{PARTS}add/", {"program": program.pk, "municipality": strumica.pk, "coordinator": coordinator.pk})
    participation = Participation.objects.get()
    assert participation.coordinator == coordinator

    again = desk.post(f"{PARTS}add/", {"program": program.pk, "municipality": strumica.pk, "coordinator": ""})
    assert again.status_code == 422
    assert "takes part already" in text_of(again)

    desk.post(f"{PARTS}{participation.pk}/change/", {"coordinator": ""})
    assert Participation.objects.get().coordinator is None
    take_step(desk, PARTS, "end", participation, reason="Elections")
    assert Participation.objects.get().ended_at is not None


def test_a_participation_that_ended_is_read_only(desk: Client, coordinator: User, strumica: Municipality) -> None:
    participation = make_program(strumica).participations.get()
    change_coordinator(participation, actor=None, coordinator=coordinator)
    end_participation(participation, actor=coordinator, reason="Elections")
    page = desk.get(f"{PARTS}{participation.pk}/change/")

    assert page.status_code == 200
    assert "Ended" in text_of(page)
    assert coordinator.name in text_of(page)
    assert 'name="coordinator"' not in page.content.decode()


def test_a_joint_challenge_needs_a_lead_that_takes_part(
    desk: Client, strumica: Municipality, haifa: Municipality
) -> None:
    program = make_program(strumica)
    asked = {"names_en-gb": "Stray dogs", "program": program.pk, "lead": haifa.pk}
    response = desk.post("/admin/programs/jointchallenge/add/", asked)
    assert response.status_code == 422
    assert "takes no part in this program" in text_of(response)

    desk.post("/admin/programs/jointchallenge/add/", {**asked, "lead": strumica.pk})
    assert JointChallenge.objects.get().name == "Stray dogs"


def test_the_cockpit_shows_stages_late_items_and_silent_teams(
    desk: Client, strumica: Municipality, haifa: Municipality
) -> None:
    with clock.at(clock.now() - timedelta(days=50)), tenant_context(strumica):
        slow = make_challenge(strumica, title="Bins")
    with tenant_context(haifa):
        fresh = make_challenge(haifa, title="Parking", stage=Stage.VALIDATION)
    set_deadline(
        "x", label={"en-gb": "Score"}, due_at=clock.now() - timedelta(days=2), time_zone="Asia/Jerusalem",
        municipality=haifa, challenge_id=fresh.public_id,
    )  # fmt: skip

    page = text_of(desk.get(COCKPIT))
    assert "Bins" in page
    assert "1. Challenge creation" in page
    assert "Silent" in page
    assert "1 item" in page
    assert "50" in page

    def shown(query: str) -> list[Any]:
        found = desk.get(f"{COCKPIT}?{query}").context["cl"].result_list
        return [row.challenge_id for row in found]

    assert shown("health=late") == [fresh.public_id]
    assert shown("health=silent") == [slow.public_id]
    assert shown("health=slow") == [slow.public_id]
    assert shown("stage__exact=validation") == [fresh.public_id]
    assert shown("way=ended") == []
    row = Progress.objects.get(challenge_id=fresh.public_id)
    assert "Score" in text_of(desk.get(f"{COCKPIT}{row.pk}/change/"))
    assert f"/enter/?municipality={haifa.public_id}" in desk.get(f"{COCKPIT}{row.pk}/change/").content.decode()


@pytest.mark.parametrize("order", ["", "?o=2", "?o=3", "?o=-3", "?o=-7"])
def test_past_editions_stand_last_with_a_short_word(desk: Client, strumica: Municipality, order: str) -> None:
    with tenant_context(strumica):
        past, own = (make_challenge(strumica, title=title) for title in ("Bins", "Parking"))
    long_ago = clock.now() - timedelta(days=2000)
    Progress.objects.filter(challenge_id=past.public_id).update(
        import_key="tech4muni-mk-2019:1", since=long_ago, ended_at=long_ago, active_at=long_ago, ending=Ending.NOT_KNOWN
    )

    response = desk.get(f"{COCKPIT}{order}")

    rows = response.context["cl"].result_list
    assert [row.challenge_id for row in rows] == [own.public_id, past.public_id]
    assert "Result not known" in text_of(response)
    assert "Before this platform" not in text_of(response)


def test_what_is_late_and_how_long_it_stands_is_next_to_the_title(desk: Client) -> None:
    shown = [name for name in desk.get(COCKPIT).context["cl"].list_display if name != "action_checkbox"]

    assert shown[:3] == ["challenge", "late_shown", "in_stage"]


def test_the_first_page_says_how_many_challenges_are_late_and_how_many_teams_are_silent(
    desk: Client, strumica: Municipality
) -> None:
    with clock.at(clock.now() - timedelta(days=20)), tenant_context(strumica):
        silent = [make_challenge(strumica) for _number in range(2)]
    with tenant_context(strumica):
        late = make_challenge(strumica)
    set_deadline(
        "x", label={"en-gb": "Score"}, due_at=clock.now() - timedelta(days=2), time_zone="Europe/Skopje",
        municipality=strumica, challenge_id=late.public_id,
    )  # fmt: skip

    tasks = desk.get("/admin/").context["attention"]

    assert [str(task.title) for task in tasks] == ["1 challenge is late", "2 teams are silent"]
    found = [{row.challenge_id for row in desk.get(task.url).context["cl"].result_list} for task in tasks]
    assert found == [{late.public_id}, {challenge.public_id for challenge in silent}]


def test_brands_are_found_by_name(desk: Client) -> None:
    make_brand(name="CityTech")

    assert "CityTech" in text_of(desk.get("/admin/programs/brand/?q=city"))
