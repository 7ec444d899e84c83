"""Coordinators add, edit, suspend and resume municipalities, and give them hosts."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from programs.enums import MunicipalityState, Role
from programs.models import Domain, Municipality
from programs.municipalities import add_host, suspend
from programs.schemas import jobs
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tests.factories.municipalities import make_municipality
from tests.factories.people import make_member
from tests.home.pages import ask_for_step, take_step, text_of

LIST = "/admin/programs/municipality/"
HOSTS = "/admin/programs/domain/"
TYPED: dict[str, Any] = {
    "names_en-gb": "Bitola", "names_de": "", "names_he": "", "names_mk": "Битола", "names_sq": "Manastiri",
    "country": "MK", "schema_name": "bitola", "host": "bitola.localhost",
    "main_language": "mk", "languages": ["en-gb", "sq"], "time_zone": "Europe/Skopje",
    "working_days": ["1", "2", "3", "4", "5"], "population": "85164", "latitude": "41.03", "longitude": "21.34",
    "colour": "#0b5d7a",
}  # fmt: skip


def verbs() -> list[str]:
    """Return what the platform's trail says was done, newest first."""
    return list(Entry.objects.values_list("verb", flat=True))


def test_added_municipality_waits_for_its_schema(
    desk: Client, coordinator: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks() as later:
        response = desk.post(f"{LIST}add/", TYPED, follow=True)

    bitola = Municipality.objects.get(schema_name="bitola")
    assert response.redirect_chain == [(LIST, 302)]
    assert bitola.names == {"en-gb": "Bitola", "mk": "Битола", "sq": "Manastiri"}
    assert bitola.languages == ["mk", "en-gb", "sq"]
    assert bitola.working_days == [1, 2, 3, 4, 5]
    assert [domain.domain for domain in bitola.domains.all()] == ["bitola.localhost"]
    assert bitola.state == MunicipalityState.PREPARING
    assert "Being prepared" in text_of(response)
    assert Entry.objects.get(verb="municipality.created").actor_id == coordinator.pk
    assert later


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("schema_name", "Bitola!", "3 to 41 small Latin letters"),
        ("schema_name", "strumica", "already exists"),
        ("schema_name", "public", "3 to 41 small Latin letters"),
        ("host", "strumica.localhost", "already exists"),
        ("host", "Not a host", "host name in small letters"),
        ("host", "localhost", "the platform's own host"),
        ("time_zone", "Europe/Atlantis", "Select a valid choice"),
        ("working_days", [], "Choose at least one day."),
        ("colour", "red", "Write the colour as"),
        ("longitude", "", "Give both latitude and longitude"),
        ("latitude", "91", "less than or equal to 90"),
        ("population", "-1", "greater than or equal to 0"),
        ("names_en-gb", "x" * 121, "at most 120 characters"),
    ],
)
def test_what_does_not_hold_is_told_beside_its_field_and_what_was_typed_stays(
    field: str, value: Any, words: str, desk: Client
) -> None:
    response = desk.post(f"{LIST}add/", {**TYPED, field: value})

    assert response.status_code == 422
    assert words in text_of(response)
    assert "There is a problem" in text_of(response)
    assert 'value="Битола"' in response.content.decode()
    assert not Municipality.objects.filter(schema_name="bitola").exists()
    assert verbs() == []


def typed_of(municipality: Municipality, **changes: Any) -> dict[str, Any]:
    """Return what the form of a municipality sends, with some changes."""
    names = {f"names_{code}": municipality.names.get(code, "") for code in (("en-gb", "de", "he", "mk", "sq"))}
    return {
        **names, "country": municipality.country, "main_language": municipality.languages[0],
        "languages": municipality.languages, "time_zone": municipality.time_zone,
        "working_days": municipality.working_days, "population": municipality.population or "", "latitude": "",
        "longitude": "", "colour": municipality.colour, **changes,
    }  # fmt: skip


def test_edited_fields_are_saved_and_on_record(desk: Client, haifa: Municipality) -> None:
    desk.post(
        f"{LIST}{haifa.pk}/change/", typed_of(haifa, names_de="Haifa", population="285316", main_language="en-gb")
    )

    haifa.refresh_from_db()
    assert haifa.names == {"en-gb": "Haifa", "de": "Haifa", "he": "חיפה"}
    assert haifa.languages == ["en-gb", "he"]
    assert haifa.population == 285_316
    assert Entry.objects.get().data == {
        "names": [{"en-gb": "Haifa", "he": "חיפה"}, {"en-gb": "Haifa", "de": "Haifa", "he": "חיפה"}],
        "languages": [["he", "en-gb"], ["en-gb", "he"]],
        "population": [None, 285_316],
    }


def test_saving_what_is_there_changes_nothing(desk: Client, haifa: Municipality) -> None:
    desk.post(f"{LIST}{haifa.pk}/change/", typed_of(haifa))

    before = haifa.working_days, haifa.languages, haifa.names
    haifa.refresh_from_db()
    assert (haifa.working_days, haifa.languages, haifa.names) == before
    assert Entry.objects.get().data == {}


def test_logo_is_stored_as_a_new_picture_and_shown_in_the_workspace(
    desk: Client, strumica: Municipality, client_on: Callable[[str], Client], settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = BytesIO()
    Image.new("RGB", (20, 10), "red").save(file, "JPEG")
    upload = SimpleUploadedFile("wappen.jpg", file.getvalue() + b"CANARY")

    desk.post(f"{LIST}{strumica.pk}/change/", typed_of(strumica, logo=upload))

    strumica.refresh_from_db()
    response: Any = client_on("strumica.localhost").get("/brand/logo/")
    shown = b"".join(response.streaming_content)
    assert "wappen" not in str(strumica.logo)
    assert shown.startswith(b"\x89PNG")
    assert b"CANARY" not in shown


def test_bad_logo_is_refused_beside_its_field(desk: Client, strumica: Municipality) -> None:
    upload = SimpleUploadedFile("logo.png", b"GIF89a nothing")

    response = desk.post(f"{LIST}{strumica.pk}/change/", typed_of(strumica, logo=upload))

    assert response.status_code == 422
    assert "Choose a picture: PNG, JPEG or WebP." in text_of(response)


def test_suspending_asks_for_a_reason_and_shuts_the_workspace(
    desk: Client, strumica: Municipality, client_on: Callable[[str], Client]
) -> None:
    lead = client_on("strumica.localhost")
    lead.force_login(make_member(strumica, Role.LEAD))

    question = ask_for_step(desk, LIST, "suspend", strumica)
    silent = take_step(desk, LIST, "suspend", strumica, reason=" ")
    told = take_step(desk, LIST, "suspend", strumica, reason="The contract ended")

    assert "Suspend 1 municipality?" in text_of(question)
    assert (question.status_code, silent.status_code) == (200, 422)
    assert "1 municipality is suspended." in text_of(told)
    assert lead.get("/").status_code == 503
    entry = Entry.objects.get(verb="municipality.suspended")
    assert (entry.reason, entry.target_label) == ("The contract ended", "Strumica")


def test_resuming_opens_it_again(desk: Client, strumica: Municipality, coordinator: User) -> None:
    suspend(strumica, actor=coordinator, reason="Rest")

    response = take_step(desk, LIST, "resume", strumica)

    strumica.refresh_from_db()
    assert strumica.state == MunicipalityState.ACTIVE
    assert "1 municipality is open again." in text_of(response)
    assert verbs()[0] == "municipality.resumed"


def test_what_is_refused_is_told_and_the_rest_is_done(
    desk: Client, strumica: Municipality, haifa: Municipality, coordinator: User
) -> None:
    suspend(strumica, actor=coordinator, reason="Rest")

    response = take_step(desk, LIST, "suspend", strumica, haifa, reason="All rest")

    assert "1 municipality is suspended." in text_of(response)
    assert "Strumica: Only an active municipality can be suspended." in text_of(response)
    haifa.refresh_from_db()
    assert haifa.state == MunicipalityState.SUSPENDED


def test_preparing_that_failed_is_told_and_asked_for_again(
    desk: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    bitola = make_municipality()
    jobs.fail(bitola, "1", RuntimeError("the disk is full"))

    shown = text_of(desk.get(f"{LIST}?q=bitola"))
    with django_capture_on_commit_callbacks() as later:
        take_step(desk, LIST, "prepare", bitola)

    assert "Preparing failed" in shown
    assert "the disk is full" in shown
    assert verbs()[0] == "municipality.schema_asked"
    assert later


def test_own_page_offers_what_the_state_allows(desk: Client, strumica: Municipality, coordinator: User) -> None:
    page = desk.get(f"{LIST}{strumica.pk}/change/")
    active = text_of(page)
    suspend(strumica, actor=coordinator, reason="Rest")
    resting = text_of(desk.get(f"{LIST}{strumica.pk}/change/"))

    assert f'<form method="post" action="{LIST}">' in page.content.decode()
    assert "Suspend Enter History" in active
    assert "Resume History" in resting


def test_step_from_the_own_page_leads_back_there(desk: Client, strumica: Municipality) -> None:
    response = take_step(desk, LIST, "suspend", strumica, reason="Rest", from_row=str(strumica.pk))

    assert response.redirect_chain == [(f"{LIST}{strumica.pk}/change/", 302)]


def test_list_that_changed_meanwhile_asks_again(desk: Client, strumica: Municipality, haifa: Municipality) -> None:
    everything = {"action": "suspend", "_selected_action": [strumica.pk], "select_across": "1", "reason": "All rest"}

    response = desk.post(LIST, {**everything, "confirm": "yes", "count": "1"})

    assert "The list has changed in the meantime." in text_of(response)
    assert "Suspend 2 municipalities?" in text_of(response)
    haifa.refresh_from_db()
    assert haifa.state == MunicipalityState.ACTIVE


def test_history_is_the_trail(desk: Client, strumica: Municipality, coordinator: User) -> None:
    suspend(strumica, actor=coordinator, reason="The contract ended")

    text = text_of(desk.get(f"{LIST}{strumica.pk}/history/"))

    assert "Municipality Strumica suspended The contract ended Dana Levi" in text


def test_history_of_nothing_is_not_found(desk: Client) -> None:
    assert desk.get(f"{LIST}999999/history/").status_code == 404


def test_list_shows_hosts_people_and_schema(desk: Client, strumica: Municipality, coordinator: User) -> None:
    make_member(strumica)
    make_member(strumica)
    add_host(strumica, actor=coordinator, host="zz.example.org")
    Municipality.objects.filter(pk=strumica.pk).update(schema_version="00000-old")

    text = text_of(desk.get(f"{LIST}?q=strumica"))

    assert "Strumica Active North Macedonia strumica.localhost zz.example.org 2 strumica Behind" in text
    assert "Haifa" not in text


@pytest.mark.parametrize(("query", "found"), [("state__exact=suspended", []), ("country__exact=IL", ["haifa"])])
def test_filters(query: str, found: list[str], desk: Client, haifa: Municipality) -> None:
    rows = desk.get(f"{LIST}?{query}").context["cl"].result_list

    assert [row.schema_name for row in rows] == found


def test_host_is_added_changed_made_primary_and_removed(desk: Client, strumica: Municipality) -> None:
    desk.post(f"{HOSTS}add/", {"tenant": strumica.pk, "host": "grad.localhost"})
    added = Domain.objects.get(domain="grad.localhost")
    desk.post(f"{HOSTS}{added.pk}/change/", {"host": "gradot.localhost"})
    take_step(desk, HOSTS, "make_primary", added)
    first = Domain.objects.get(domain="strumica.localhost")
    response = take_step(desk, HOSTS, "remove", first, from_row=str(first.pk))

    assert [domain.domain for domain in strumica.domains.all()] == ["gradot.localhost"]
    assert strumica.domains.get().is_primary
    assert response.redirect_chain == [(HOSTS, 302)]
    assert verbs() == ["host.removed", "host.made_primary", "host.changed", "host.added"]


def test_primary_host_is_not_removed(desk: Client, strumica: Municipality) -> None:
    response = take_step(desk, HOSTS, "remove", strumica.domains.get())

    assert "Make another host the primary one first." in text_of(response)
    assert strumica.domains.count() == 1


def test_host_of_somebody_else_is_refused_beside_its_field(desk: Client, strumica: Municipality) -> None:
    response = desk.post(f"{HOSTS}add/", {"tenant": strumica.pk, "host": "haifa.localhost"})

    assert response.status_code == 422
    assert 'value="haifa.localhost"' in response.content.decode()
    assert response.context["adminform"].form.errors.keys() == {"host"}
