"""Past editions are taken over as they are on record: once, with their sources, and never as more than is known."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_tenants.utils import tenant_context

from challenges.models import BriefText, Challenge
from programs.brand import brand_of
from programs.cohorts.models import JointChallenge, Participation, Program, Progress
from programs.enums import Ending, Stage
from programs.models import Municipality
from solutions.market.models import Company, PilotEntry
from tech4muni.audit.models import Entry
from tech4muni.home.past.reading import FILE, editions
from tech4muni.notifications.models import Message
from tests.home.pages import text_of


def imported(*arguments: str) -> str:
    """Run the command and return what it says."""
    said = StringIO()
    call_command("import_cohort", *arguments, stdout=said)
    return said.getvalue()


def test_without_ids_it_lists_what_there_is(db: None) -> None:
    said = imported()

    assert "tech4muni-mk-2019" in said
    assert len(said.splitlines()) == 39
    assert not Program.objects.exists()


def test_the_joint_challenges_of_2019_are_in_each_of_their_municipalities(strumica: Municipality) -> None:
    said = imported("tech4muni-mk-2019")

    assert "Program Tech4Muni North Macedonia 2019" in said
    assert set(Municipality.objects.values_list("schema_name", flat=True)) == {"strumica", "haifa", "gostivar", "veles"}
    joint = JointChallenge.objects.get(names={"en-gb": "Stray dogs"})
    assert Progress.objects.filter(joint=joint).count() == 3
    for name in ("strumica", "gostivar", "veles"):
        municipality = Municipality.objects.get(schema_name=name)
        with tenant_context(municipality):
            assert set(Challenge.objects.values_list("title", flat=True)) == {
                "Stray dogs", "Under-developed local tourism",
            }  # fmt: skip
            assert "20,000" in BriefText.objects.get(title="Stray dogs").problem
            assert Entry.objects.filter(verb="challenge.imported").count() == 2
    row = Progress.objects.filter(joint=joint).first()
    assert row is not None
    assert (row.stage, row.ending, row.sources) == (
        Stage.MAPPING, Ending.NOT_KNOWN, ["https://tech4muni.mk/challenges/"],
    )  # fmt: skip
    program = Program.objects.get()
    assert program.figures["meetings"] == 70
    assert program.sources
    assert not Message.objects.exists()
    strumica.refresh_from_db()
    assert brand_of(strumica).name == "Tech4Muni"
    assert not Participation.objects.filter(ended_at__isnull=True).exists()


def everything() -> dict[str, list[Any]]:
    """Return all rows that an import may make."""
    models = (Program, Municipality, Participation, JointChallenge, Progress, Company, PilotEntry)
    rows: dict[str, list[Any]] = {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
    for municipality in Municipality.objects.all():
        with tenant_context(municipality):
            rows[municipality.schema_name] = list(Entry.objects.values_list("digest", flat=True))
    return rows


def test_twice_is_as_once(db: None) -> None:
    imported("sf-eir-2014")
    first = everything()

    assert imported("sf-eir-2014") == ""
    assert everything() == first


def test_results_name_company_outcome_and_source(db: None) -> None:
    imported("sf-eir-2014")

    entry = PilotEntry.objects.get(company__name="MobilePD")
    assert entry.result == {
        "imported": True,
        "challenge": "Field-interview notes in the police department",
        "outcome": "pilot",
        "certain": True,
        "year": 2014,
        "sources": ["https://www.govtech.com/archive/san-francisco-demos-entrepreneurship-in-residence-results.html"],
    }
    assert entry.municipality.schema_name == "san_francisco"
    assert Progress.objects.filter(ending=Ending.FINISHED, stage=Stage.PILOT).count() == 2


def test_the_portal_shows_past_results_as_what_they_are(db: None, client_on: Callable[[str], Client]) -> None:
    imported("sf-eir-2014")
    portal = client_on("localhost")
    entry = PilotEntry.objects.get(company__name="MobilePD")

    assert "MobilePD" in text_of(portal.get("/results/"))
    page = text_of(portal.get(f"/results/{entry.public_id}/"))
    assert "A past edition, known from public pages alone." in page
    assert "https://www.govtech.com/archive/" in page
    assert "By the figures alone" not in page


def test_every_edition_of_the_file_can_be_read() -> None:
    found = editions()

    assert len(found) == 39
    names = [place.schema_name for edition in found.values() for place in edition.cities]
    assert all(3 <= len(name) <= 41 for name in names)
    assert {edition.country for edition in found.values()}


def test_an_unknown_id_makes_nothing(db: None) -> None:
    with pytest.raises(CommandError, match="atlantis-1999"):
        imported("tech4muni-mk-2019", "atlantis-1999")

    assert not Program.objects.exists()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"programs": [{"id": "x"}]}', '{"programs": 3}', '{"programs": [{"id": "x", "challenges": 5}]}']
)
def test_a_file_of_something_else_is_refused(db: None, tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)

    with pytest.raises(CommandError, match=r"odd\.json"):
        imported("--all", "--file", str(path))


def test_a_challenge_of_nowhere_is_refused(db: None, tmp_path: Path) -> None:
    record = json.loads(FILE.read_text())["programs"][0]
    record["challenges"][0]["municipality_id"] = "us-atlantis"
    path = tmp_path / "odd.json"
    path.write_text(json.dumps({"programs": [record]}))

    with pytest.raises(CommandError, match="us-atlantis"):
        imported("--all", "--file", str(path))
