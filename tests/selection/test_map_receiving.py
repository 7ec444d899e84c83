"""Applications come into the municipality's schema and stay there as they were submitted."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from challenges.models import Challenge
from challenges.services.snapshots import digest_of
from programs.enums import Stage
from programs.models import Municipality
from programs.timing.models import Deadline
from solutions.market import handover
from solutions.market.models import ApplicationFile, Call, Release
from solutions.selection.models import Lead, ReceivedApplication, ReceivedFile, TakenBack
from solutions.selection.queries.received import answers_of, counted
from solutions.selection.services.receiving import CityReceiver
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Refused
from tests.factories.challenges import make_challenge
from tests.factories.market import make_company
from tests.factories.selection import close_call, content_of, make_received, send_again


@pytest.fixture
def challenge(in_strumica: Municipality) -> Challenge:
    return make_challenge(in_strumica, stage=Stage.MAPPING)


def release_of(received: ReceivedApplication) -> Release:
    """The public row of an application."""
    return Release.objects.select_related("application__company", "city__call", "city__municipality").get(
        public_id=received.release_id
    )


def test_the_market_knows_the_receiver() -> None:
    assert isinstance(handover.receiver(), CityReceiver)


def test_a_submission_is_kept_as_it_was(challenge: Challenge) -> None:
    company = make_company(name="Binsight", website="https://binsight.example.org", country="DE")

    received = make_received(challenge, company=company, text="It counts bins.")

    assert (received.company_name, received.company_id, received.round) == ("Binsight", company.public_id, 1)
    assert received.content["sections"][0]["fields"][0]["value"] == "It counts bins."
    assert received.digest == digest_of(received.content)
    [entry] = Entry.objects.filter(verb="application.received")
    assert entry.target_id == str(received.public_id)
    assert "Binsight" not in f"{entry.target_label} {entry.data}", "the trail is read by people with a conflict too"


def test_the_receiver_returns_the_digest_of_what_was_kept(challenge: Challenge) -> None:
    release = release_of(make_received(challenge))
    release.round = 2

    digest = handover.receiver().receive(release, content_of(release, "Better."), [])

    assert ReceivedApplication.objects.get(round=2).digest == digest


def test_files_are_copied_into_the_municipalitys_folder(challenge: Challenge) -> None:
    received = make_received(challenge, files=[("offer.pdf", b"%PDF offer"), ("plan.pdf", b"%PDF plan")])

    offer, plan = ReceivedFile.objects.filter(received=received)
    assert str(offer.file.name).startswith("municipalities/strumica/received/")
    assert str(ApplicationFile.objects.get(name="offer.pdf").file.name).startswith("public/applications/")
    with offer.file.open("rb") as copy:
        assert copy.read() == b"%PDF offer"
    assert plan.sha256 == hashlib.sha256(b"%PDF plan").hexdigest()
    assert [file["sha256"] for file in received.content["files"]] == [offer.sha256, plan.sha256]


def test_a_later_round_shares_the_copies_that_it_has_again(challenge: Challenge) -> None:
    received = make_received(challenge, files=[("offer.pdf", b"%PDF offer")])
    release = release_of(received)
    release.round = 2

    handover.receiver().receive(release, content_of(release, "Better."), list(ApplicationFile.objects.all()))

    first, second = ReceivedFile.objects.order_by("pk")
    assert first.file.name == second.file.name
    assert first.received_id != second.received_id


def test_a_damaged_file_fails_the_submission(challenge: Challenge) -> None:
    received = make_received(challenge, files=[("offer.pdf", b"%PDF offer")])
    ApplicationFile.objects.update(sha256="0" * 64)
    release = release_of(received)
    release.round = 2

    with pytest.raises(Refused, match=r"offer\.pdf"):
        handover.receiver().receive(release, content_of(release, "x"), list(ApplicationFile.objects.all()))

    assert ReceivedApplication.objects.count() == 1


@pytest.mark.parametrize("table", ["receivedapplication", "receivedfile", "takenback"])
@pytest.mark.parametrize(
    "statement", ["UPDATE selection_{} SET id = id", "DELETE FROM selection_{}", "TRUNCATE selection_{} CASCADE"]
)
def test_the_database_refuses_changes(challenge: Challenge, table: str, statement: str) -> None:
    received = make_received(challenge, files=[("offer.pdf", b"%PDF offer")])
    handover.receiver().withdraw(release_of(received))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check may wait when a table is emptied

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table))


def test_the_last_round_counts(challenge: Challenge) -> None:
    first = make_received(challenge)
    second = send_again(first)

    assert ReceivedApplication.objects.count() == 2
    assert list(counted(challenge)) == [second]
    assert Lead.objects.count() == 1


def test_the_same_round_comes_in_once(challenge: Challenge) -> None:
    release = release_of(make_received(challenge))

    with pytest.raises(DatabaseError), transaction.atomic():
        handover.receiver().receive(release, content_of(release, "x"), [])


def test_what_is_taken_back_counts_no_more_until_it_is_sent_again(challenge: Challenge) -> None:
    received = make_received(challenge)

    for _twice in range(2):
        handover.receiver().withdraw(release_of(received))

    assert TakenBack.objects.count() == 1
    assert not counted(challenge).exists()
    assert Entry.objects.filter(verb="application.withdrawn").count() == 1
    again = send_again(received)
    assert list(counted(challenge)) == [again]


def test_an_applicant_is_on_the_map_by_its_public_profile_alone(challenge: Challenge) -> None:
    company = make_company(name="Binsight", website="https://binsight.example.org", country="DE")
    received = make_received(challenge, company=company)
    lead = Lead.objects.get()
    Lead.objects.update(sector="Parcels", readiness=6)

    company.name = "Binsight AG"
    company.save(update_fields=["name"])
    send_again(received)

    assert (lead.kind, lead.country, lead.readiness) == ("applied", "DE", None)
    assert lead.name == "Solution of Binsight"
    lead.refresh_from_db()
    assert (lead.company_name, lead.sector, lead.readiness) == ("Binsight AG", "Parcels", 6), "the team's notes stay"


def test_screening_has_a_deadline_ten_days_after_the_call(challenge: Challenge) -> None:
    for _number in range(2):
        make_received(challenge)

    deadline = Deadline.objects.get(key=f"screening:{challenge.public_id}")
    call = Call.objects.get()
    assert deadline.due_at == call.closes_at + timedelta(minutes=call.grace_minutes, days=10)
    assert deadline.is_open
    assert deadline.path == f"/challenges/{challenge.public_id}/applications/"
    assert challenge.title in deadline.label["mk"]


def test_nothing_is_left_to_screen_when_all_take_theirs_back(challenge: Challenge) -> None:
    received = make_received(challenge)
    release = release_of(received)
    handover.receiver().withdraw(release)
    deadline = Deadline.objects.get(key=f"screening:{challenge.public_id}")
    assert deadline.met_at is None, "the call is open: others may still apply"

    again = send_again(received)
    close_call(challenge)
    release = release_of(again)
    release.withdraw()
    release.save(update_fields=["state"])
    handover.receiver().withdraw(release)

    deadline.refresh_from_db()
    assert deadline.met_at is not None


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ({"sections": []}, []),
        ({}, []),
        ({"sections": [{"name": "team"}]}, [("team", [])]),
        (
            {"sections": [{"label": "Team", "fields": [{"name": "size", "value": 3}]}]},
            [("Team", [("size", "3")])],
        ),
        (
            {"sections": [{"label": "Team", "fields": [{"label": "Who", "value": ["Ana", "Dana"]}]}]},
            [("Team", [("Who", "Ana, Dana")])],
        ),
        (
            {"sections": [{"label": "Team", "fields": [{"label": "Land", "value": "MK", "shown": "North Macedonia"}]}]},
            [("Team", [("Land", "North Macedonia")])],
        ),
        ({"sections": [{"label": "Team", "fields": [{"label": "Who", "value": None}]}]}, [("Team", [("Who", "")])]),
    ],
)
def test_answers_are_shown_whatever_their_form(content: Any, shown: Any) -> None:
    assert answers_of(content) == shown


def test_received_at_is_now(challenge: Challenge) -> None:
    with clock.at(clock.now()) as now:
        assert make_received(challenge).received_at == now
