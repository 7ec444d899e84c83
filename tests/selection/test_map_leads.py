"""The market map: leads, requirements, the fit matrix, and how much of the market is covered."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from programs.enums import Role, Stage
from programs.models import Municipality
from solutions.selection.enums import Fit, LeadKind
from solutions.selection.models import Lead, LeadFit, Requirement
from solutions.selection.queries.market_map import coverage_of, matrix
from solutions.selection.services import market_map as service
from tech4muni.audit.models import Entry
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.factories.challenges import make_challenge
from tests.factories.people import make_member
from tests.factories.selection import close_call, make_lead, make_received
from tests.selection.casts import INSIDE, make_actor

MAP_QUERIES = 13
FIT_QUERIES = 13
LEAD = {
    "kind": "scouted", "name": "Parcel counter", "company_name": "Parcels", "country": "DE", "sector": "Logistics",
    "from_elsewhere": "on", "readiness": "8", "source": "Fair in Munich", "notes": "Counts by camera.",
    "website": "https://parcels.example.org",
}  # fmt: skip


@pytest.fixture
def challenge(in_strumica: Municipality) -> Challenge:
    return make_challenge(in_strumica, stage=Stage.MAPPING)


@pytest.fixture
def desk(client_on: Callable[[str], Client], in_strumica: Municipality) -> Client:
    """A browser in which a member is logged in."""
    client = client_on("strumica.localhost")
    client.force_login(make_member(in_strumica, Role.MEMBER))
    return client


SCOUTED = {"kind": "scouted", "name": "A", "company_name": "B"}


def at(page: str, challenge: Challenge, *more: object) -> str:
    """The address of a page."""
    return reverse(f"selection:{page}", urlconf="tech4muni.urls_tenant", args=[challenge.public_id, *more])


def text_of(response: Any) -> str:
    """The page as text."""
    text: str = response.content.decode()
    return text


@pytest.mark.usefixtures("_without_gates")
@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_often_for_many_as_for_one(
    challenge: Challenge, desk: Client, django_assert_num_queries: Any, number: int
) -> None:
    for _number in range(number):
        lead = make_lead(challenge)
        requirement = Requirement.objects.create(challenge=challenge, text=f"Works {lead}")
        LeadFit.objects.create(lead=lead, requirement=requirement, fit=Fit.MEETS)
    desk.get(at("map", challenge))

    with django_assert_num_queries(MAP_QUERIES):
        desk.get(at("map", challenge))
    with django_assert_num_queries(FIT_QUERIES):
        desk.get(at("map_fit", challenge))


@pytest.mark.parametrize("name", INSIDE)
def test_who_maps(in_strumica: Municipality, challenge: Challenge, name: str) -> None:
    actor = make_actor(name, in_strumica)
    lead, requirement = make_lead(challenge), Requirement.objects.create(challenge=challenge, text="Cheap")
    version = service.version_of(lead)

    def judge() -> None:
        fresh = service.version_of(Lead.objects.get(pk=lead.pk))
        service.judge_lead(lead, actor=actor, fits={requirement.pk: Fit.MEETS}, version=fresh)

    def steps() -> list[Callable[[], object]]:
        return [
            lambda: service.add_lead(challenge, actor=actor, changes=SCOUTED),
            lambda: service.edit_lead(lead, actor=actor, changes={"name": "A"}, version=version),
            judge,
            lambda: service.add_requirement(challenge, actor=actor, text="Fast", must=False),
            lambda: service.remove_requirement(requirement, actor=actor),
        ]  # fmt: skip

    for step in steps():
        if name in {"lead", "member", "visitor"}:
            step()
        else:
            with pytest.raises(Forbidden):
                step()


def test_a_solution_is_added_and_changed(challenge: Challenge, desk: Client) -> None:
    assert "Add a solution" in text_of(desk.get(at("map", challenge)))

    assert desk.post(at("map_add", challenge), LEAD).status_code == 302
    lead = Lead.objects.get()
    assert (lead.kind, lead.country, lead.readiness, lead.from_elsewhere) == ("scouted", "DE", 8, True)
    assert lead.by is not None
    assert Entry.objects.filter(verb="lead.added", target_id=str(lead.public_id)).exists()
    assert "Parcel counter" in text_of(desk.get(at("map_lead", challenge, lead.public_id)))

    changes = {**LEAD, "name": "Bin counter", "version": service.version_of(lead)}
    assert desk.post(at("map_lead", challenge, lead.public_id), changes).status_code == 302
    assert "Bin counter" in text_of(desk.get(at("map", challenge)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("company_name", ""), ("kind", "applied"), ("kind", ""), ("country", "Germany"),
        ("country", "de"), ("readiness", "10"), ("readiness", "0"), ("website", "javascript:alert(1)"),
        ("source", "x" * 301),
    ],
)  # fmt: skip
def test_nonsense_keeps_what_was_typed(challenge: Challenge, desk: Client, field: str, value: str) -> None:
    response = desk.post(at("map_add", challenge), {**LEAD, field: value})

    assert response.status_code == 422
    assert "Counts by camera." in text_of(response)
    assert not Lead.objects.exists()


def test_who_was_slower_sees_both_texts(challenge: Challenge, desk: Client) -> None:
    lead = make_lead(challenge, name="Theirs")
    address = at("map_lead", challenge, lead.public_id)

    response = desk.post(address, {**LEAD, "name": "Mine", "version": "2020-01-01T00:00:00+00:00"})

    assert response.status_code == 422
    assert "Theirs" in text_of(response)
    assert 'value="Mine"' in text_of(response)
    lead.refresh_from_db()
    assert lead.name == "Theirs"
    assert service.version_of(lead) in text_of(response).replace("&#x2B;", "+"), "now they know, and may save"


def test_of_an_applicant_the_team_writes_notes_alone(
    in_strumica: Municipality, challenge: Challenge, desk: Client
) -> None:
    received = make_received(challenge)
    lead = Lead.objects.get()
    address = at("map_lead", challenge, lead.public_id)
    assert desk.get(address).status_code == 404, "the call is open"
    close_call(challenge)

    response = desk.post(address, {**LEAD, "version": service.version_of(lead)})

    assert response.status_code == 302
    lead.refresh_from_db()
    assert (lead.kind, lead.company_name, lead.sector) == (LeadKind.APPLIED, received.company_name, "Logistics")
    entry = Entry.objects.get(verb="application.mapped")
    assert entry.target_label == received.reference


def test_the_fit_is_judged(challenge: Challenge, desk: Client) -> None:
    lead = make_lead(challenge)
    must = Requirement.objects.create(challenge=challenge, text="Works offline", must=True)
    other = Requirement.objects.create(challenge=challenge, text="Cheap")
    address = at("map_judge", challenge, lead.public_id)
    assert "Must: Works offline" in text_of(desk.get(address))

    sent = {"version": service.version_of(lead), f"fit_{must.pk}": "fails", f"fit_{other.pk}": "meets"}
    assert desk.post(address, sent).status_code == 302

    page = text_of(desk.get(at("map_fit", challenge)))
    assert "A must is not met" in page
    assert "1 of 2" in page
    assert dict(lead.fits.values_list("requirement_id", "fit")) == {must.pk: "fails", other.pk: "meets"}
    assert Entry.objects.filter(verb="lead.judged").count() == 1

    response = desk.post(address, {**sent, f"fit_{must.pk}": "partly"})
    assert response.status_code == 422
    assert "As it was saved in the meantime" in text_of(response)
    assert desk.post(address, {**sent, f"fit_{must.pk}": "nonsense"}).status_code == 422


def test_the_matrix_says_unknown_where_nobody_judged(challenge: Challenge) -> None:
    lead, other = make_lead(challenge), make_lead(challenge)
    rows = [Requirement.objects.create(challenge=challenge, text=text) for text in ("A", "B")]
    LeadFit.objects.create(lead=lead, requirement=rows[1], fit=Fit.PARTLY)

    first, second = matrix([lead, other], rows)

    assert (first.cells, first.met) == ([Fit.UNKNOWN, Fit.PARTLY], 0)
    assert second.cells == [Fit.UNKNOWN, Fit.UNKNOWN]


def test_requirements_come_and_go(challenge: Challenge, desk: Client) -> None:
    address = at("map_requirements", challenge)

    assert desk.post(address, {"text": "Works offline", "must": "on"}).status_code == 302
    requirement = Requirement.objects.get()
    assert requirement.must
    assert desk.post(address, {"text": "works OFFLINE"}).status_code == 422
    assert desk.post(address, {"text": ""}).status_code == 422
    assert desk.post(address, {"text": "x" * 201}).status_code == 422

    LeadFit.objects.create(lead=make_lead(challenge), requirement=requirement, fit=Fit.MEETS)
    remove = at("map_requirement_remove", challenge, requirement.public_id)
    assert "Works offline" in text_of(desk.get(remove))
    assert desk.post(remove).status_code == 302
    assert not Requirement.objects.exists()
    assert not LeadFit.objects.exists()
    assert desk.post(remove).status_code == 404


def test_who_removes_what_is_gone_learns_it(in_strumica: Municipality, challenge: Challenge) -> None:
    actor, requirement = make_actor("lead", in_strumica), Requirement.objects.create(challenge=challenge, text="A")
    Requirement.objects.filter(pk=requirement.pk).delete()

    with pytest.raises(Conflict):
        service.remove_requirement(requirement, actor=actor)


def test_there_is_an_end_to_requirements(in_strumica: Municipality, challenge: Challenge) -> None:
    actor = make_actor("lead", in_strumica)
    for number in range(service.MOST_REQUIREMENTS):
        service.add_requirement(challenge, actor=actor, text=f"Number {number}", must=False)

    with pytest.raises(Refused, match="enough"):
        service.add_requirement(challenge, actor=actor, text="One more", must=False)


def test_coverage_counts(challenge: Challenge) -> None:
    assert coverage_of(Lead.objects.all()).share_elsewhere == 0
    make_lead(challenge, country="DE", sector="Logistics", source="Fair", readiness=4, from_elsewhere=True)
    make_lead(challenge, country="DE", sector="logistics", source="fair", readiness=8)
    make_lead(challenge, country="MK", sector="", source="", kind=LeadKind.SUGGESTED)

    found = coverage_of(Lead.objects.all())

    assert (found.leads, found.kinds, found.sources, found.sectors, found.countries) == (3, 2, 1, 1, 2)
    assert (found.levels, found.lowest, found.highest) == (2, 4, 8)
    assert found.share_elsewhere == 33, "rounded down: a goal is not met by rounding"
    assert [measure.now for measure in found.measures] == [3, 2, 1, 1, 2, 2, 33]
    assert "from 4 to 8" in str(found.measures[5].label)


def test_the_map_says_how_many_wait_for_the_end_of_the_call(challenge: Challenge, desk: Client) -> None:
    received = make_received(challenge)

    page = text_of(desk.get(at("map", challenge)))

    assert "1 application came in" in page
    assert received.company_name not in page
