"""A coordinator's visit: one hand-over, one municipality, one hour, on record in both trails."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from programs.enums import Role
from programs.middleware import VISIT_KEY
from programs.models import Municipality, Visit
from programs.people.services import visits
from programs.people.services.lifecycle import deactivate_person
from programs.tasks import end_overdue_visits
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.core.errors import Conflict
from tests.access.world import CAST, World, make_world
from tests.accounts.steps import session_owner
from tests.factories.people import make_coordinator, make_member
from tests.programs.steps import logged_in, on_tenant

ClientOn = Callable[[str], Client]
HERE, ELSEWHERE, PUBLIC = "strumica.localhost", "haifa.localhost", "localhost"
ENTER = "/enter/"
REASON = "Help with the <b>brief</b>"


@pytest.fixture
def coordinator(db: None) -> User:
    return make_coordinator(name="Carla Coordinator")


def prepared(client: Client, municipality: Municipality, reason: str = REASON) -> str:
    """Prepare a visit on the platform's host, and return the path of the link."""
    response = client.post(ENTER, {"municipality": municipality.public_id, "reason": reason})
    found = re.search(r'href="https://[\w.]+(/visit/[^"]+)"', response.content.decode())
    assert found, response.content.decode()
    return found.group(1)


@pytest.fixture
def path(coordinator: User, strumica: Municipality, client_on: ClientOn) -> str:
    """The link of a prepared visit to Strumica."""
    return prepared(logged_in(client_on(PUBLIC), coordinator), strumica)


@pytest.fixture
def visitor(path: str, client_on: ClientOn) -> Client:
    """A coordinator in the middle of a visit."""
    client = client_on(HERE)
    assert client.post(path).status_code == 302
    return client


def trails(municipality: Municipality) -> list[list[str]]:
    """The visits on record in the municipality, and on the platform, the oldest first."""
    visits_only = Entry.objects.filter(verb__startswith="visit.").order_by("number")
    with tenant_context(municipality):
        own = list(visits_only.values_list("verb", flat=True))
    return [own, list(visits_only.values_list("verb", flat=True))]


def test_coordinator_enters_with_a_reason(
    coordinator: User, strumica: Municipality, path: str, client_on: ClientOn
) -> None:
    client = client_on(HERE)
    before = timezone.now()

    asked = client.get(path).content.decode()
    entered = client.post(path)
    page = client.get("/").content.decode()

    assert "Carla Coordinator" in asked
    assert entered["Location"] == "/"
    assert "until" in page
    assert "Help with the &lt;b&gt;brief&lt;/b&gt;" in page
    visit = Visit.objects.get()
    assert visit.entered_at is not None
    assert visit.ends_at == visit.entered_at + timedelta(minutes=60)
    assert visit.entered_at >= before
    assert trails(strumica) == [["visit.began"], ["visit.began"]]


def test_municipality_reads_it_in_its_history(visitor: Client, strumica: Municipality, client_on: ClientOn) -> None:
    visitor.post(on_tenant("people:leave_visit"))
    viewer = logged_in(client_on(HERE), make_member(strumica, Role.VIEWER))

    page = viewer.get("/history/").content.decode()

    assert "Carla Coordinator" in page
    assert "Help with the &lt;b&gt;brief&lt;/b&gt;" in page
    assert trails(strumica) == [["visit.began", "visit.ended"]] * 2


def test_looking_at_the_link_begins_nothing(path: str, strumica: Municipality, client_on: ClientOn) -> None:
    client = client_on(HERE)

    answers = [client.get(path).status_code for _time in range(5)]

    assert answers == [200] * 5
    assert Visit.objects.get().entered_at is None
    assert not session_owner(client).is_authenticated
    assert client.post(path).status_code == 302


def test_link_works_once(visitor: Client, path: str, client_on: ClientOn) -> None:
    other = client_on(HERE)

    assert (other.get(path).status_code, other.post(path).status_code) == (410, 410)
    assert not session_owner(other).is_authenticated


@pytest.mark.parametrize(("age", "status"), [(timedelta(seconds=55), 302), (timedelta(seconds=61), 410)])
def test_link_works_for_a_minute(
    age: timedelta, status: int, path: str, client_on: ClientOn, later: Callable[[timedelta], None]
) -> None:
    later(age)

    assert client_on(HERE).post(path).status_code == status


@pytest.mark.parametrize("host", [ELSEWHERE, PUBLIC])
def test_link_is_unknown_on_other_hosts(host: str, path: str, haifa: Municipality, client_on: ClientOn) -> None:
    client = client_on(host)

    assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)
    assert Visit.objects.get().entered_at is None


def test_forged_and_changed_links_are_unknown(path: str, client_on: ClientOn) -> None:
    token, stamp, _signature = path.removeprefix("/visit/").removesuffix("/").split(":")
    client = client_on(HERE)

    for forged in ("x", token, f"{token}:{stamp}:x", f"{token}x:{stamp}:{_signature}", "leave2", "::", "%00"):
        assert client.post(f"/visit/{forged}/").status_code == 404


@pytest.mark.parametrize("cast", CAST)
def test_who_may_prepare_a_visit(cast: str, strumica: Municipality, haifa: Municipality, client_on: ClientOn) -> None:
    world: World = make_world(here=strumica, there=haifa)
    client = client_on(PUBLIC)
    world.log_in(client, cast, on_municipality=False)
    before = Visit.objects.count()

    answers = [
        client.get(ENTER).status_code,
        client.post(ENTER, {"municipality": haifa.public_id, "reason": "x"}).status_code,
    ]

    wanted = {"coordinator": 200, "visitor": 200, "nobody": 302, "deactivated": 302}.get(cast, 404)
    assert answers == [wanted, wanted]
    assert Visit.objects.count() - before == (1 if wanted == 200 else 0)


def test_coordinator_without_a_second_factor_sets_one_up_first(strumica: Municipality, client_on: ClientOn) -> None:
    client = logged_in(client_on(PUBLIC), make_coordinator(second_factor=False))

    response = client.post(ENTER, {"municipality": strumica.public_id, "reason": "x"})

    assert response["Location"] == "/account/second-factor/"
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "This field is required"),
        ({"reason": "   "}, "This field is required"),
        ({"reason": "x" * 301}, "at most 300"),
        ({"municipality": "00000000-0000-4000-8000-000000000000"}, "Select a valid choice"),
        ({"municipality": "nonsense"}, "is not a valid"),
    ],
)
def test_form_says_what_is_missing(
    fields: dict[str, str], words: str, coordinator: User, strumica: Municipality, client_on: ClientOn
) -> None:
    client = logged_in(client_on(PUBLIC), coordinator)

    response = client.post(ENTER, {"municipality": strumica.public_id, "reason": "Because", **fields})

    assert response.status_code == 422
    assert words in response.content.decode()


def test_suspended_municipality_cannot_be_visited(
    coordinator: User, strumica: Municipality, client_on: ClientOn
) -> None:
    Municipality.objects.filter(pk=strumica.pk).update(state="suspended")

    response = logged_in(client_on(PUBLIC), coordinator).post(
        ENTER, {"municipality": strumica.public_id, "reason": "x"}
    )

    assert response.status_code == 422


def test_municipality_can_be_chosen_by_a_link(coordinator: User, haifa: Municipality, client_on: ClientOn) -> None:
    page = logged_in(client_on(PUBLIC), coordinator).get(f"{ENTER}?municipality={haifa.public_id}")

    assert f'<option value="{haifa.public_id}" selected>' in page.content.decode()


def test_session_of_a_visit_ends_with_it(visitor: Client, strumica: Municipality) -> None:
    response = visitor.post(on_tenant("people:leave_visit"))
    over = visitor.get(response["Location"])
    home = visitor.get("/")

    assert (over.status_code, home.status_code) == (200, 302)
    assert "https://localhost/" in over.content.decode()
    assert not session_owner(visitor).is_authenticated
    assert Visit.objects.get().left_at is not None


def test_logging_out_ends_the_visit(visitor: Client, strumica: Municipality) -> None:
    visitor.post("/account/logout/")

    assert Visit.objects.get().left_at is not None
    assert trails(strumica)[0] == ["visit.began", "visit.ended"]


def test_after_an_hour_the_session_is_nobody(
    visitor: Client, strumica: Municipality, later: Callable[[timedelta], None]
) -> None:
    later(timedelta(minutes=59))
    inside = visitor.get("/").status_code
    later(timedelta(minutes=60, seconds=1))

    outside = visitor.get("/")

    assert (inside, outside.status_code) == (200, 302)
    assert outside["Location"].startswith("/account/login/")
    assert not session_owner(visitor).is_authenticated
    visit = Visit.objects.get()
    assert visit.left_at == visit.ends_at
    assert trails(strumica) == [["visit.began", "visit.ran_out"]] * 2


def test_visits_that_nobody_left_are_ended_once(
    visitor: Client, strumica: Municipality, later: Callable[[timedelta], None]
) -> None:
    end_overdue_visits()
    early = trails(strumica)
    later(timedelta(minutes=61))

    end_overdue_visits()
    end_overdue_visits()

    assert early == [["visit.began"]] * 2
    assert trails(strumica) == [["visit.began", "visit.ran_out"]] * 2
    assert visitor.get("/").status_code == 302


def test_deactivated_coordinator_is_out_at_once(visitor: Client, coordinator: User) -> None:
    deactivate_person(coordinator, actor=make_coordinator(), reason="Left")

    assert visitor.get("/").status_code == 302
    assert Visit.objects.get().left_at is not None


def test_former_coordinator_is_out_at_once(visitor: Client, coordinator: User) -> None:
    User.objects.filter(pk=coordinator.pk).update(is_coordinator=False)

    assert visitor.get("/").status_code == 302
    assert not session_owner(visitor).is_authenticated


def test_coordinator_who_stopped_being_one_within_the_minute_does_not_get_in(
    path: str, coordinator: User, client_on: ClientOn
) -> None:
    User.objects.filter(pk=coordinator.pk).update(is_coordinator=False)
    client = client_on(HERE)

    assert client.post(path).status_code == 403
    assert not session_owner(client).is_authenticated


@pytest.mark.parametrize(
    "page",
    [
        "/account/", "/account/sessions/", "/account/password/change/", "/account/password/set/",
        "/account/second-factor/", "/account/second-factor/app/", "/account/second-factor/passkeys/add/",
        "/account/second-factor/recovery-codes/", "/account/again/", "/account/login/",
    ],
)  # fmt: skip
def test_own_account_is_out_of_reach_on_a_visit(page: str, visitor: Client, coordinator: User) -> None:
    answers = [visitor.get(page).status_code, visitor.post(page, {"name": "Changed"}).status_code]

    coordinator.refresh_from_db()
    assert answers == [403, 403]
    assert coordinator.name == "Carla Coordinator"


def test_language_is_switched_for_the_visit_only(visitor: Client, coordinator: User) -> None:
    visitor.post("/language/", {"language": "de"})

    page = visitor.get("/").content.decode()
    coordinator.refresh_from_db()

    assert '<html lang="de"' in page
    assert coordinator.language == "en-gb"


def test_banner_is_on_error_pages_too(visitor: Client) -> None:
    page = visitor.get("/account/")

    assert page.status_code == 403
    assert "Help with the" in page.content.decode()


def test_whoever_was_logged_in_before_is_logged_out(
    path: str, coordinator: User, strumica: Municipality, client_on: ClientOn
) -> None:
    member = make_member(strumica, Role.MEMBER)
    client = logged_in(client_on(HERE), member)
    before = client.session.session_key

    client.post(path)

    assert session_owner(client) == coordinator
    assert client.session.session_key != before
    assert not client.session.exists(str(before))


def test_second_visit_in_the_same_browser_ends_the_first(
    visitor: Client, coordinator: User, strumica: Municipality, client_on: ClientOn
) -> None:
    second = prepared(logged_in(client_on(PUBLIC), coordinator), strumica, "Again")

    visitor.post(second)

    first, latest = Visit.objects.order_by("created_at")
    assert first.left_at is not None
    assert latest.left_at is None
    assert "Again" in visitor.get("/").content.decode()


def test_visits_session_counts_on_its_host_only(visitor: Client, client_on: ClientOn) -> None:
    cookie = visitor.cookies["__Host-session"].value
    for host in (ELSEWHERE, PUBLIC):
        thief = client_on(host)
        thief.cookies["__Host-session"] = cookie

        assert thief.get(ENTER if host == PUBLIC else "/").status_code == 302


def test_visit_opens_no_other_municipality(
    coordinator: User, visitor: Client, haifa: Municipality, client_on: ClientOn
) -> None:
    client = logged_in(client_on(ELSEWHERE), coordinator)
    session = client.session
    session[VISIT_KEY] = str(Visit.objects.get().public_id)
    session.save()

    assert client.get("/").status_code == 302
    assert not session_owner(client).is_authenticated


def test_leaving_without_a_visit_is_not_found(strumica: Municipality, client_on: ClientOn) -> None:
    client = logged_in(client_on(HERE), make_member(strumica, Role.LEAD))

    assert client.post(on_tenant("people:leave_visit")).status_code == 404
    assert client.get(on_tenant("people:leave_visit")).status_code == 405


def test_visit_is_in_the_list_of_sessions(visitor: Client, coordinator: User, client_on: ClientOn) -> None:
    page = logged_in(client_on(PUBLIC), coordinator).get("/account/sessions/").content.decode()

    assert "strumica.localhost" in page


def test_ending_the_other_sessions_ends_the_visit(visitor: Client, coordinator: User, client_on: ClientOn) -> None:
    client = logged_in(client_on(PUBLIC), coordinator)

    client.post("/account/sessions/")

    assert visitor.get("/").status_code == 302
    assert Visit.objects.get().left_at is not None


def test_link_used_many_times_at_once_begins_one_visit(
    transactional_db: None, in_own_connection: Callable[..., Any]
) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    token = visits.prepare(make_coordinator(), strumica, reason="Race")

    @in_own_connection
    def use(_number: int) -> bool:
        try:
            visit = visits.find(strumica, token)
            assert visit is not None
            visits.enter(visit)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(use, range(6)))

    assert done.count(True) == 1
    assert trails(strumica) == [["visit.began"]] * 2


def test_leaving_many_times_at_once_is_on_record_once(
    transactional_db: None, in_own_connection: Callable[..., Any]
) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    visit = visits.find(strumica, visits.prepare(make_coordinator(), strumica, reason="Race"))
    assert visit is not None
    visits.enter(visit)

    @in_own_connection
    def leave(_number: int) -> None:
        visits.leave(visit.pk)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(leave, range(4)))

    assert trails(strumica) == [["visit.began", "visit.ended"]] * 2
