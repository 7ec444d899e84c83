"""Makes a past edition: its program, its municipalities, its challenges, companies and results. Twice is as once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django_tenants.utils import tenant_context

from challenges.services.past import keep_past
from programs.cohorts.models import Brand, JointChallenge, Participation, Program
from programs.enums import Ending, MunicipalityState, Stage
from programs.models import Municipality
from programs.municipalities import create_municipality
from programs.schemas.provisioning import provision
from solutions.market.models import Company, PilotEntry
from tech4muni.core import clock
from tech4muni.home.past.reading import ZONES, Edition, Place

Say = Callable[[str], object]
LANGUAGE: Final = "en-gb"


def import_edition(edition: Edition, say: Say = lambda _words: None) -> Program:
    """Make what is missing of an edition and return its program; `say` is told each thing that was made.

    Municipalities are committed one by one, since each gets a schema of its own; an import that was cut off goes on
    where it was when it is started again.
    """
    program = _program(edition, say)
    cities = {place.key: _municipality(place, say) for place in edition.cities}
    for municipality in cities.values():
        _participation(program, municipality)
    companies = {record["id"]: _company(edition, record, say) for record in edition.record["companies"]}
    chosen = {record["challenge_id"] for record in edition.record["selected"]}
    for record in edition.record["challenges"]:
        _challenge(edition, program, record, cities, say, was_chosen=record["id"] in chosen)
    for record in edition.record["selected"]:
        _result(edition, record, cities, companies, say)
    return program


@transaction.atomic
def _program(edition: Edition, say: Say) -> Program:
    found = Program.objects.filter(import_key=edition.key).first()
    if found is not None:
        return found
    record = edition.record
    brand, _made = Brand.objects.get_or_create(
        name=record["organiser"][:80], defaults={"sender_name": record["organiser"][:80]}
    )
    program = Program.objects.create(
        names={LANGUAGE: edition.name},
        brand=brand,
        country=edition.country,
        languages=[LANGUAGE],
        time_zone=ZONES[edition.country],
        partner=record["organiser"][:200],
        notes=record["notes"],
        import_key=edition.key,
        sources=record["source"],
        figures={"year": record["year"], **record["stats"]},
    )
    say(f"Program {program}")
    return program


def _municipality(place: Place, say: Say) -> Municipality:
    """Return the municipality, which may be there already under its own name, with its workspace open."""
    schema = place.schema_name
    found = Municipality.objects.filter(schema_name=schema, country=place.country).first()
    if found is None:
        taken = Municipality.objects.filter(schema_name=schema).exists()
        schema = f"{schema}_{place.country.lower()}"[:41] if taken or len(schema) < 3 else schema
        found = Municipality.objects.filter(schema_name=schema).first()
    if found is None:
        found = create_municipality(
            actor=None,
            schema_name=schema,
            host=f"{schema.replace('_', '-')}.{settings.PLATFORM_HOST}",
            **_fields(place),
        )
        say(f"Municipality {found}")
    if found.state == MunicipalityState.PREPARING:
        provision(found)
    return found


def _fields(place: Place) -> dict[str, Any]:
    return {
        "names": {LANGUAGE: place.name[:120]},
        "country": place.country,
        "languages": [LANGUAGE],
        "time_zone": ZONES[place.country],
        "working_days": [1, 2, 3, 4, 5],
        "population": place.population,
        "latitude": _degrees(place.latitude),
        "longitude": _degrees(place.longitude),
    }


def _degrees(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.00001"))


def _participation(program: Program, municipality: Municipality) -> None:
    """Note that it took part; its workspace does not wear the brand of an edition that is over."""
    if not Participation.objects.filter(program=program, municipality=municipality).exists():
        now = clock.now()
        Participation.objects.create(program=program, municipality=municipality, ended_at=now)


def _company(edition: Edition, record: dict[str, Any], say: Say) -> Company:
    company, made = Company.objects.get_or_create(
        import_key=f"{edition.key}:{record['id']}",
        defaults={
            "name": record["name"][:200],
            "description": record["description"],
            "sources": [record["source"]],
        },
    )
    if made:
        say(f"Company {company}")
    return company


def _challenge(
    edition: Edition,
    program: Program,
    record: dict[str, Any],
    cities: dict[str, Municipality],
    say: Say,
    *,
    was_chosen: bool,
) -> None:
    places = edition.cities_of(record)
    joint = _joint(program, record, cities[places[0].key]) if len(places) > 1 else None
    for place in places:
        municipality = cities[place.key]
        with tenant_context(municipality):
            kept = keep_past(
                municipality,
                key=f"{record['id']}:{place.key}",
                program=program,
                texts={
                    "title": record["title"][:200],
                    "problem": record["problem"],
                    "outcome": record.get("desired_outcome", ""),
                },
                language=LANGUAGE,
                stage=Stage.PILOT if was_chosen else Stage.MAPPING,
                ending=Ending.FINISHED if was_chosen else Ending.NOT_KNOWN,
                sources=[record["source"]],
                joint=joint,
            )
        if kept is not None:
            say(f"Challenge {kept} in {municipality}")


def _joint(program: Program, record: dict[str, Any], lead: Municipality) -> JointChallenge:
    names = {LANGUAGE: record["title"]}
    found = JointChallenge.objects.filter(program=program, names=names).first()
    return found or JointChallenge.objects.create(program=program, names=names, lead=lead)


def _result(
    edition: Edition,
    record: dict[str, Any],
    cities: dict[str, Municipality],
    companies: dict[str, Company],
    say: Say,
) -> None:
    """Keep what came of a challenge, as the public pages tell it."""
    challenge = next(row for row in edition.record["challenges"] if row["id"] == record["challenge_id"])
    municipality = cities[edition.cities_of(challenge)[0].key]
    company = companies[record["company_id"]]
    label = {LANGUAGE: f"{company.name}: {challenge['title']}"}
    if PilotEntry.objects.filter(municipality=municipality, company=company, label=label).exists():
        return
    result = {
        "imported": True,
        "challenge": challenge["title"],
        "outcome": record["outcome"],
        "certain": record["label"] == "direct",
        "year": edition.record["year"],
        "sources": sorted({record["source"], challenge["source"]}),
    }
    PilotEntry.objects.create(
        municipality=municipality,
        company=company,
        pilot_id=uuid4(),
        label=label,
        state="decided",
        result=result,
        published_at=clock.now(),
    )
    say(f"Result {label[LANGUAGE]}")
