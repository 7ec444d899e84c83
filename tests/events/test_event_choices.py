"""Choosing is private: nobody but a delegation's own people ever sees what it alone wants."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from events.enums import Choice, EventState
from events.models import Event, Preference, Timetable
from events.queries.problems import requests_of
from events.services import choices
from events.services import events as services
from programs.actors import Actor
from programs.enums import Role
from programs.models import Municipality
from programs.timing.models import Deadline, Due
from programs.timing.running import carry_out_due
from solutions.market.enums import CompanyRole
from solutions.market.models import CompanyMember
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tech4muni.notifications.models import Message
from tests.events.conftest import Fair
from tests.factories.challenges import acting_as
from tests.factories.events import choose, choose_all, member_of, plan, seat_company
from tests.factories.people import make_coordinator, make_member, make_user

PUBLIC = "tech4muni.urls_public"
TENANT = "tech4muni.urls_tenant"


def choose_path(fair: Fair, side: str) -> str:
    own = getattr(fair, side)
    urlconf = TENANT if own.municipality else PUBLIC
    return reverse("events:choose", urlconf=urlconf, args=[fair.event.public_id, own.public_id])


def test_opening_tells_all_and_sets_deadlines_for_municipalities(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)

    assert fair.again().state == EventState.CHOOSING
    kinds = set(Message.objects.filter(kind__startswith="events.").values_list("kind", flat=True))
    assert kinds == {"events.choose_city", "events.choose_company"}
    deadlines = Deadline.objects.filter(key__startswith="choices:")
    assert {deadline.municipality for deadline in deadlines} == {fair.strumica.municipality, fair.haifa.municipality}
    assert {deadline.due_at for deadline in deadlines} == {fair.event.choices_due_at}
    assert Due.objects.filter(kind="events.close_choices").count() == 1
    assert Due.objects.filter(kind="events.remind_companies").count() == 2


def test_nothing_opens_without_both_sides(fair: Fair) -> None:
    fair.event.delegations.filter(side="company").delete()

    with pytest.raises(Refused):
        services.open_choices(fair.event, actor=fair.actor)


def test_nothing_opens_after_it_is_due(fair: Fair) -> None:
    with clock.at(fair.event.choices_due_at), pytest.raises(Refused):
        services.open_choices(fair.event, actor=fair.actor)


def test_only_what_both_want_becomes_a_request(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    choose(fair.strumica, {fair.clean: Choice.MUST, fair.quiet: Choice.WANT})
    choose(fair.haifa, {fair.clean: Choice.WANT, fair.quiet: Choice.NO})
    choose(fair.clean, {fair.strumica: Choice.WANT, fair.haifa: Choice.NEUTRAL})
    choose(fair.quiet, {fair.strumica: Choice.NO, fair.haifa: Choice.MUST})
    services.close_choices(fair.event, actor=fair.actor)

    found = [(row.chooser, row.chosen, row.choice, row.answer) for row in requests_of(fair.again())]  # type: ignore[attr-defined]

    assert found == [(fair.strumica, fair.clean, Choice.MUST, Choice.WANT)]


def test_every_pair_of_choices(fair: Fair) -> None:
    wanted = {}
    for one, other in product([*Choice, None], repeat=2):
        Preference.objects.all().delete()
        for chooser, chosen, choice in ((fair.strumica, fair.clean, one), (fair.clean, fair.strumica, other)):
            if choice is not None:
                Preference.objects.create(chooser=chooser, chosen=chosen, choice=choice)
        wanted[one, other] = requests_of(fair.event).count()

    assert {pair for pair, count in wanted.items() if count} == set(product([Choice.MUST, Choice.WANT], repeat=2))
    assert set(wanted.values()) == {0, 1}


def test_who_has_chosen_about_all_is_reminded_no_more(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    deadline = Deadline.objects.get(key=f"choices:{fair.strumica.public_id}")

    choose(fair.strumica, {fair.clean: Choice.NO})
    deadline.refresh_from_db()
    assert deadline.is_open

    choose(fair.strumica, {fair.quiet: Choice.NEUTRAL})
    deadline.refresh_from_db()
    assert deadline.met_at is not None


def test_companies_that_have_not_chosen_are_reminded_once(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    choose(fair.clean, {fair.strumica: Choice.NO, fair.haifa: Choice.NO})

    for _twice in range(2):
        with clock.at(fair.event.choices_due_at - timedelta(days=1)):
            carry_out_due()

    owners = [member_of(fair.quiet).user]
    assert [
        row.user for row in Message.objects.filter(kind="events.remind_company", key__contains=":remind:2:")
    ] == owners


def test_choices_close_by_themselves_and_deadlines_go(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)

    with clock.at(fair.event.choices_due_at):
        carry_out_due()
        carry_out_due()

    assert fair.again().state == EventState.PLANNING
    assert not [row for row in Deadline.objects.filter(key__startswith="choices:") if row.is_open]
    assert Entry.objects.filter(verb="event.choices_closed").count() == 1


def test_a_due_time_that_was_moved_ahead_does_not_close(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    due = fair.event.choices_due_at
    services.save_event(fair.again(), actor=fair.actor, changes={"choices_due_at": due + timedelta(days=3)})

    with clock.at(due + timedelta(hours=1)):
        carry_out_due()
        assert fair.again().state == EventState.CHOOSING
    assert {row.due_at for row in Deadline.objects.filter(key__startswith="choices:")} == {due + timedelta(days=3)}
    with clock.at(due + timedelta(days=3)):
        carry_out_due()
    assert fair.again().state == EventState.PLANNING


def test_closing_touches_no_other_deadline_of_the_platform(fair: Fair) -> None:
    others = Deadline.objects.filter(key__startswith="stage:", met_at__isnull=True, withdrawn_at__isnull=True)
    before = others.count()
    assert before
    services.open_choices(fair.event, actor=fair.actor)
    services.close_choices(fair.event, actor=fair.actor)

    assert others.count() == before


def test_two_of_a_team_at_once_do_not_overwrite_each_other(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    choose(fair.clean, {fair.haifa: Choice.MUST})

    with pytest.raises(Conflict):
        choices.save_choices(
            fair.clean, actor=member_of(fair.clean), choices={fair.haifa.public_id: Choice.NO}, version=1
        )
    assert Preference.objects.get(chooser=fair.clean).choice == Choice.MUST


def test_nobody_chooses_about_their_own_side(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)

    with pytest.raises(Refused):
        choose(fair.clean, {fair.quiet: Choice.MUST})


ROLES: dict[str, str] = {
    "lead": "ok", "member": "ok", "evaluator": "forbidden", "approver": "forbidden", "viewer": "forbidden",
    "visitor": "forbidden", "coordinator": "forbidden", "owner": "ok", "editor": "ok", "watcher": "forbidden",
    "rival": "stranger", "stranger": "stranger", "nobody": "stranger", "elsewhere": "stranger",
}  # fmt: skip


def cast(fair: Fair, who: str, strumica: Municipality) -> tuple[Any, Actor]:
    """Return a delegation and somebody who tries to choose for it."""
    company = fair.clean.company
    assert company is not None
    if who in set(Role):
        return fair.strumica, acting_as(make_member(strumica, Role(who)), strumica)
    if who == "visitor":
        return fair.strumica, Actor(user=make_coordinator(), municipality=strumica, visit=object())  # type: ignore[arg-type]
    if who == "elsewhere":
        return fair.haifa, acting_as(make_member(strumica, Role.LEAD), strumica)
    if who in {"owner", "editor", "watcher"}:
        user = make_user()
        role = CompanyRole.VIEWER if who == "watcher" else CompanyRole(who)
        CompanyMember.objects.create(company=company, user=user, role=role)
        return fair.clean, Actor(user=user)
    people = {"coordinator": fair.actor, "rival": member_of(fair.quiet), "nobody": Actor()}
    return fair.clean, people.get(who) or Actor(user=make_user())


@pytest.mark.parametrize("who", ROLES)
def test_who_may_choose_when(fair: Fair, strumica: Municipality, who: str) -> None:
    own, actor = cast(fair, who, strumica)
    other = fair.clean if own.municipality else fair.strumica

    def attempt() -> str:
        with tenant_context(actor.municipality or strumica):
            try:
                choices.save_choices(own, actor=actor, choices={other.public_id: Choice.MUST}, version=1)
            except Http404:
                return "stranger"
            except Forbidden:
                return "forbidden"
        return "ok"

    for state in EventState:
        Event.objects.filter(pk=fair.event.pk).update(state=state)
        expected = "forbidden" if ROLES[who] == "ok" and state != EventState.CHOOSING else ROLES[who]
        before = Preference.objects.count()
        assert attempt() == expected, state
        assert Preference.objects.count() - before == (expected == "ok")


def test_nobody_chooses_after_it_is_due_though_nothing_closed_yet(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)

    with clock.at(fair.event.choices_due_at), pytest.raises(Forbidden):
        choose(fair.clean, {fair.haifa: Choice.MUST})


def test_a_company_chooses_in_the_browser_and_keeps_what_it_typed(
    fair: Fair, client_on: Callable[[str], Client]
) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    client = client_on("localhost")
    client.force_login(member_of(fair.clean).user)  # type: ignore[arg-type]
    path = choose_path(fair, "clean")
    assert (
        client.get(reverse("events:choices", urlconf=PUBLIC, args=[fair.event.public_id])).headers["Location"] == path
    )
    about = f"about_{fair.strumica.public_id}"

    bad = client.post(path, {about: "perhaps", f"about_{fair.haifa.public_id}": "must", "version": 1})
    assert bad.status_code == 422
    assert (
        b'value="must" checked' in bad.content.replace(b'class="form-check-input" ', b"") or b"checked" in bad.content
    )

    assert client.post(path, {about: "must", "version": 1}).status_code == 302
    late = client.post(path, {about: "no", "version": 1})
    assert late.status_code == 409
    assert "Must" in late.content.decode()
    assert Preference.objects.get().choice == Choice.MUST
    assert client.post(path, {about: "no", "version": 2}).status_code == 302
    assert Preference.objects.get().choice == Choice.NO


def test_a_municipality_chooses_on_its_host(fair: Fair, client_on: Callable[[str], Client]) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    client = client_on("strumica.localhost")
    client.force_login(member_of(fair.strumica).user)  # type: ignore[arg-type]

    answer = client.post(choose_path(fair, "strumica"), {f"about_{fair.clean.public_id}": "want", "version": 1})

    assert answer.status_code == 302
    assert Preference.objects.get().choice == Choice.WANT
    with tenant_context(fair.strumica.municipality):
        entry = Entry.objects.get(verb="choices.saved")
    assert entry.data == {"count": 1, "challenge": "Clean streets"}


def test_what_one_side_alone_wants_is_nowhere(
    fair: Fair, client_on: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each side is asked for all its pages before and after; only own words and mutual results are there."""
    services.open_choices(fair.event, actor=fair.actor)
    choose(fair.strumica, {fair.clean: Choice.MUST, fair.quiet: Choice.MUST})
    choose(fair.clean, {fair.strumica: Choice.WANT, fair.haifa: Choice.NO})
    choose(fair.haifa, {fair.clean: Choice.MUST, fair.quiet: Choice.NO})
    coordinator = client_on("localhost")
    coordinator.force_login(fair.actor.user)  # type: ignore[arg-type]
    before = [coordinator.get(path).content.decode() for path in coordinators_pages(fair)]
    assert "2 of 2" in before[0]

    # The other way round: every choice turned into its opposite shows the coordinator the very same pages.
    turned = {Choice.MUST: Choice.NO, Choice.WANT: Choice.NEUTRAL, Choice.NO: Choice.MUST}
    for row in Preference.objects.all():
        Preference.objects.filter(pk=row.pk).update(choice=turned[Choice(row.choice)])
    after = [coordinator.get(path).content.decode() for path in coordinators_pages(fair)]
    assert [without_tokens(page) for page in before] == [without_tokens(page) for page in after]

    quiet = client_on("localhost")
    quiet.force_login(member_of(fair.quiet).user)  # type: ignore[arg-type]
    page = quiet.get(choose_path(fair, "quiet"))
    assert "checked" not in page.content.decode()  # Strumica's "must" is not its own
    assert coordinator.get(choose_path(fair, "clean")).status_code == 403
    assert quiet.get(choose_path(fair, "clean")).status_code == 404


def coordinators_pages(fair: Fair) -> list[str]:
    names = ["events:event", "events:list"]
    paths = [
        reverse(name, urlconf=PUBLIC, args=[fair.event.public_id] if name == "events:event" else []) for name in names
    ]
    rows = (fair.strumica, fair.haifa, fair.clean, fair.quiet)
    ids = [(fair.event.public_id, row.public_id) for row in rows]
    return paths + [reverse("events:delegation", urlconf=PUBLIC, args=each) for each in ids]


def without_tokens(page: str) -> str:
    """Leave out what differs with each request."""
    return "\n".join(line for line in page.splitlines() if "csrf" not in line and "nonce" not in line)


def test_the_documents_of_a_timetable_hold_no_one_sided_choice(fair: Fair) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    choose(fair.strumica, {fair.clean: Choice.MUST, fair.quiet: Choice.MUST})
    choose(fair.clean, {fair.strumica: Choice.WANT, fair.haifa: Choice.MUST})
    choose(fair.quiet, {fair.strumica: Choice.NO, fair.haifa: Choice.MUST})
    services.close_choices(fair.event, actor=fair.actor)
    timetable = plan(fair.again(), actor=fair.actor)

    assert [request["parties"] for request in timetable.problem["requests"]] == [
        [str(fair.strumica.public_id), str(fair.clean.public_id)]
    ]
    assert timetable.problem["requests"][0]["choices"] is None
    for words in (json.dumps(timetable.problem), json.dumps(timetable.plan)):
        assert not {"must", "want", "neutral"} & set(words.replace('"', " ").split())
    public = json.dumps(list(Entry.objects.values_list("data", flat=True)))
    assert not {"must", "want", "neutral"} & set(public.replace('"', " ").split())
    assert not [row for row in Message.objects.filter(kind__startswith="events.") if "Must" in row.text]


def test_after_closing_each_side_sees_its_own_words_and_what_both_want(
    fair: Fair, client_on: Callable[[str], Client]
) -> None:
    services.open_choices(fair.event, actor=fair.actor)
    choose(fair.strumica, {fair.clean: Choice.MUST, fair.quiet: Choice.MUST})
    choose(fair.clean, {fair.strumica: Choice.WANT})
    choose(fair.haifa, {fair.clean: Choice.MUST})
    services.close_choices(fair.event, actor=fair.actor)
    client = client_on("localhost")
    client.force_login(member_of(fair.clean).user)  # type: ignore[arg-type]

    page = client.get(choose_path(fair, "clean")).content.decode()

    assert page.count("Both want to meet") == 1
    assert page.count("<td>Want</td>") == 1
    assert "Must" not in page
    assert client.post(choose_path(fair, "clean"), {"version": 2}).status_code == 403


@pytest.mark.parametrize("companies", [1, 3])
def test_queries_do_not_grow_with_delegations(
    fair: Fair, client_on: Callable[[str], Client], companies: int, django_assert_num_queries: Any
) -> None:
    fair.event.delegations.filter(pk=fair.quiet.pk).delete()
    for _more in range(companies - 1):
        seat_company(fair.event)
    services.open_choices(fair.event, actor=fair.actor)
    choose_all(fair.event)
    city, coordinator = client_on("strumica.localhost"), client_on("localhost")
    city.force_login(member_of(fair.strumica).user)  # type: ignore[arg-type]
    coordinator.force_login(fair.actor.user)  # type: ignore[arg-type]
    event_page = reverse("events:event", urlconf=PUBLIC, args=[fair.event.public_id])
    city.get(choose_path(fair, "strumica")), coordinator.get(event_page)

    with django_assert_num_queries(9):
        city.get(choose_path(fair, "strumica"))
    with django_assert_num_queries(9):
        coordinator.get(event_page)
    assert Timetable.objects.count() == 0
