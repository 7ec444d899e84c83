"""The portal: which calls it shows in which order, and how a call reads in whose language."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from django_tenants.utils import tenant_context

from challenges.models import Challenge
from programs.cohorts.models import JointChallenge
from programs.enums import Stage
from programs.models import Municipality
from solutions.market.models import Call, CallCity
from solutions.market.queries.portal import Wanted, wanted_calls
from solutions.market.queries.reading import read, steps_of
from tech4muni.core import clock
from tech4muni.core.dates import day_words
from tests.factories.challenges import fill_brief, make_challenge, make_program
from tests.factories.market import make_call, make_question

ClientOn = Callable[[str], Client]
OTHER = "11111111-1111-4111-8111-111111111111"


def days(number: float) -> Any:
    return clock.now() + timedelta(days=number)


def call_in(municipality: Municipality, title: str = "Bins", *languages: str, **fields: Any) -> Call:
    """Publish a challenge; `texts` overwrites texts by language."""
    texts = fields.pop("texts", {})
    asked = {name: fields.pop(name) for name in ("opens_at", "closes_at") if name in fields}
    with tenant_context(municipality):
        challenge = make_challenge(municipality, title=title, stage=Stage.MAPPING, **fields)
        fill_brief(challenge, *languages)
    call = make_call(municipality, challenge, **asked)
    for language, changed in texts.items():
        call.content["texts"][language] |= changed
    call.save()
    return call


@pytest.fixture
def portal(db: None, client_on: ClientOn) -> Client:
    return client_on("localhost")


def page_of(client: Client, **query: str) -> str:
    answer = client.get("/calls/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def path(name: str, *args: Any) -> str:
    return reverse(f"market:{name}", urlconf="tech4muni.urls_public", args=args)


def test_open_calls_come_first_then_those_ahead_then_the_past(strumica: Municipality, haifa: Municipality) -> None:
    now = clock.now()
    names = {
        "open, late": call_in(strumica, closes_at=days(20)),
        "past, old": call_in(strumica, opens_at=days(-90), closes_at=days(-60)),
        "ahead, late": call_in(haifa, opens_at=days(9), closes_at=days(10)),
        "open, soon": call_in(haifa, closes_at=days(2)),
        "past, new": call_in(haifa, opens_at=days(-90), closes_at=days(-1)),
        "ahead, soon": call_in(strumica, opens_at=days(3), closes_at=days(50)),
        "in grace": call_in(strumica, closes_at=now - timedelta(minutes=5)),
        "withdrawn": call_in(strumica, closes_at=days(1)),
    }
    withdrawn = names["withdrawn"]
    withdrawn.withdrawn_at, withdrawn.withdrawal_reason = now, "No budget"
    withdrawn.save()

    found = [next(name for name, one in names.items() if one == call) for call in wanted_calls(Wanted(), now)]

    assert found == [
        "in grace", "open, soon", "open, late", "ahead, soon", "ahead, late", "withdrawn", "past, new", "past, old",
    ]  # fmt: skip
    assert wanted_calls(Wanted(state="open"), now).count() == 5
    assert wanted_calls(Wanted(state="closed"), now).count() == 3
    assert wanted_calls(Wanted(state="nonsense"), now).count() == 8


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("отпад", True),
        ("ОТПАД", True),
        ("КОНТЕЈНЕРИ", True),
        ("פחים", True),
        ("overflowing", True),
        ("OVERFLOWING", True),
        ("ÜBERFÜLLT", True),
        ('"full"', True),
        ("100%", True),
        ("100_", False),
        ("problem in", False),  # a key of the content, and what stood there before
        ("eligibility", True),  # a text that the factory wrote
        ("Waste department", False),  # of a figure, not of a text
        ("sewage", False),
    ],
)
def test_words_are_found_in_every_language_and_case(strumica: Municipality, words: str, found: bool) -> None:
    call_in(
        strumica,
        "Bins",
        *("mk", "he", "en-gb", "de"),
        texts={
            "mk": {"title": "Паметен отпад", "problem": "Контејнери преполни"},
            "he": {"question": "איך נרוקן פחים?", "problem": "x"},
            "en-gb": {"problem": 'Overflowing: "full" by 100%'},
            "de": {"problem": "überfüllt"},
        },
    )

    assert wanted_calls(Wanted(text=words), clock.now()).exists() == found


def test_filters_by_country_and_municipality_see_those_who_joined(strumica: Municipality, haifa: Municipality) -> None:
    alone, shared = call_in(strumica, "Alone"), call_in(strumica, "Shared")
    CallCity.objects.create(call=shared, municipality=haifa, challenge_id=OTHER, joined_at=clock.now())
    now = clock.now()

    assert set(wanted_calls(Wanted(country="MK"), now)) == {alone, shared}
    assert list(wanted_calls(Wanted(country="IL"), now)) == [shared]
    assert list(wanted_calls(Wanted(municipality="haifa"), now)) == [shared]
    assert not wanted_calls(Wanted(country="DE"), now).exists()


def test_the_list_keeps_what_is_looked_for(portal: Client, strumica: Municipality, haifa: Municipality) -> None:
    call_in(strumica, "Bins")
    call_in(haifa, "Beaches")

    page = page_of(portal, q="bins", country="MK", state="open")

    assert "Bins" in page
    assert "Beaches" not in page
    assert 'value="bins"' in page
    assert '<option value="MK" selected>' in page


def test_the_list_pages_and_keeps_the_filter(portal: Client, strumica: Municipality) -> None:
    calls = [call_in(strumica, f"Bins {number}", closes_at=days(number + 1)) for number in range(13)]

    first, second = page_of(portal, q="bins"), page_of(portal, q="bins", page="2")

    assert str(calls[11].public_id) in first
    assert str(calls[12].public_id) not in first
    assert str(calls[12].public_id) in second
    assert "q=bins&amp;page=2" in first


@pytest.mark.parametrize(
    ("query", "words"),
    [({}, "No challenge yet"), ({"q": "nothing"}, "No challenge fits"), ({"country": "ZZ"}, "No challenge yet")],
)
def test_an_empty_list_teaches(portal: Client, query: dict[str, str], words: str) -> None:
    assert words in page_of(portal, **query)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_list(
    portal: Client, strumica: Municipality, haifa: Municipality, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        call_in(strumica if number % 2 else haifa)
    page_of(portal)

    with django_assert_num_queries(4):
        page_of(portal)
    with django_assert_num_queries(4):
        page_of(portal, q="bins", country="MK", municipality="strumica", state="open")


def test_a_card_names_its_municipality_question_and_two_clocks(portal: Client, strumica: Municipality) -> None:
    call_in(strumica, "Bins")
    portal.cookies["zone"] = "America/Sao_Paulo"

    page = page_of(portal)

    assert "How might we solve Bins?" in page
    assert "Strumica" in page
    assert "(Skopje)" in page


# -- the page of a call


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_call(
    portal: Client, strumica: Municipality, haifa: Municipality, rows: int, django_assert_num_queries: Any
) -> None:
    program = make_program(strumica, haifa)
    call = call_in(strumica, program=program)
    for _number in range(rows):
        make_question(call, answer="Yes.")
    if rows > 1:
        CallCity.objects.create(
            call=call, municipality=haifa, challenge_id=OTHER, joined_at=clock.now(), annex={"pilot": {"weeks": 8}}
        )
    portal.get(path("call", call.public_id))

    with django_assert_num_queries(5):
        portal.get(path("call", call.public_id))


def test_a_call_says_all_that_was_published(portal: Client, strumica: Municipality) -> None:
    call = call_in(strumica, "Bins", program=make_program(strumica))

    page = portal.get(path("call", call.public_id)).content.decode()

    for words in (
        "How might we solve Bins?", "problem in en-gb", "eligibility in en-gb", "Waste department, 2026", "50 %",
        "Bins emptied when nearly empty", "Less is better", "Sensors in 40 bins", "Fit to the challenge", "30 %",
        "20,000 EUR", "12 weeks", "Ana Petrova", "mailto:ana@example.org", "What happens next", "Current situation",
        "Applications close", "days left",
    ):  # fmt: skip
        assert words in page, words
    assert 'lang="en-gb" dir="ltr"' in page


@pytest.mark.parametrize(
    ("viewer", "asked", "shown", "other"),
    [
        ("he", "", "he", False),
        ("mk", "", "mk", False),
        ("sq", "", "mk", True),  # the municipality's first language
        ("sq", "he", "he", False),
        ("mk", "he", "he", False),
        ("mk", "xx", "mk", True),
        ("he", "sq", "mk", True),
    ],
)
def test_a_call_reads_in_the_viewers_language_if_it_was_approved(
    portal: Client, strumica: Municipality, viewer: str, asked: str, shown: str, other: bool
) -> None:
    call = call_in(strumica, "Bins", "mk", "he")
    portal.cookies["__Host-language"] = portal.cookies["language"] = viewer

    page = portal.get(
        path("call", call.public_id), {"lang": asked} if asked else {}, headers={"accept-language": viewer}
    ).content.decode()

    assert f"problem in {shown}" in page
    assert f'<div lang="{shown}" dir="{"rtl" if shown == "he" else "ltr"}">' in page
    assert 'href="?lang=he"' in page
    assert 'href="?lang=mk"' in page
    now = clock.now()
    with override(viewer):
        reading = read(call, asked or viewer, now)
    assert (reading.language, reading.language != (asked or viewer)) == (shown, other)


def test_a_language_that_nobody_approved_leads_to_one_that_is(strumica: Municipality) -> None:
    call = call_in(strumica, "Bins", "sq")

    assert read(call, "de", clock.now()).language == "sq"
    assert read(call, "de", clock.now()).title == "Bins"


def test_a_municipality_that_joined_speaks_for_itself(
    portal: Client, strumica: Municipality, haifa: Municipality
) -> None:
    call = call_in(strumica)
    CallCity.objects.create(
        call=call,
        municipality=haifa,
        challenge_id=OTHER,
        joined_at=clock.now(),
        annex={
            "texts": {"he": {"situation": "עשרה פחים", "assets": ""}},
            "figures": [{"names": {"he": "פחים"}, "value": "1250.500", "unit": "bins", "source": "Haifa, 2026"}],
            "pilot": {"budget": None, "currency": "ILS", "weeks": 8},
            "decision_on": "2030-05-01",
            "contact": {"name": "Dana", "email": "dana@example.org"},
        },
    )

    page = portal.get(path("call", call.public_id)).content.decode()

    for words in ("In <bdi>Haifa</bdi>", "עשרה פחים", "1,250.5 bins", "not fixed", "8 weeks", "dana@example.org"):
        assert words in page, words
    assert '<div lang="he" dir="rtl">' in page


def test_what_happens_next_follows_the_program(strumica: Municipality) -> None:
    program = make_program(strumica)
    window = program.windows.get(stage=Stage.EVENT)
    call = call_in(strumica, program=program)

    steps = steps_of(read(call, "en-gb", clock.now()))

    assert [step.done for step in steps] == [True, False, False, False, False, False]
    assert "event" in steps[3].name
    assert day_words(window.opens_at) in steps[3].when
    assert steps[4].when.startswith("By ")
    assert steps[5].when == "12 weeks"


def test_what_happens_next_without_a_program(strumica: Municipality) -> None:
    call = call_in(strumica)
    call.content["pilot"]["weeks"] = None

    assert len(steps_of(read(call, "en-gb", clock.now()))) == 4


def test_a_withdrawn_call_says_why(portal: Client, strumica: Municipality) -> None:
    call = call_in(strumica)
    call.withdrawn_at, call.withdrawal_reason = clock.now(), "The <b>budget</b> is gone"
    call.save()

    page = portal.get(path("call", call.public_id)).content.decode()

    assert "was withdrawn on" in page
    assert "The &lt;b&gt;budget&lt;/b&gt; is gone" in page
    assert "Ask a question" not in page


@pytest.mark.parametrize(
    ("closes", "words", "missing"),
    [(1, "Ask a question", "Applications closed"), (-0.003, "Last moment", "Ask a question"),
     (-1, "Applications closed", "Last moment")],
)  # fmt: skip
def test_the_page_follows_the_clock(
    portal: Client, strumica: Municipality, closes: float, words: str, missing: str
) -> None:
    call = call_in(strumica, opens_at=days(-30), closes_at=days(closes))

    page = portal.get(path("call", call.public_id)).content.decode()

    assert words in page
    assert missing not in page


def test_a_call_that_is_not_there(portal: Client) -> None:
    assert portal.get(path("call", OTHER)).status_code == 404


# -- the feed


def test_the_feed_names_open_calls_for_other_sites(
    portal: Client, strumica: Municipality, django_assert_num_queries: Any
) -> None:
    call = call_in(strumica, "Отпад", "mk")
    call.refresh_from_db()
    call_in(strumica, opens_at=days(-9), closes_at=days(-1))
    call_in(strumica, opens_at=days(1), closes_at=days(2))
    call_in(strumica, "Second")
    portal.get("/calls.json")

    with django_assert_num_queries(2):
        answer = portal.get("/calls.json")

    first, second = answer.json()["calls"]
    assert first["id"] == str(call.public_id)
    assert first["titles"] == {"mk": "Отпад"}
    assert first["municipalities"] == [{"names": strumica.names, "country": "MK"}]
    assert first["url"] == f"https://localhost/calls/{call.public_id}/"
    assert date.fromisoformat(first["decision_on"]) == call.decision_on
    assert second["titles"] == {"en-gb": "Second"}
    assert {"public", "max-age=300"} <= set(answer.headers["Cache-Control"].split(", "))
    assert "Set-Cookie" not in answer.headers


def test_the_feed_tells_no_more_than_the_portal(portal: Client, strumica: Municipality) -> None:
    call = call_in(strumica)
    make_question(call, email="asker@example.org")

    assert "asker@example.org" not in portal.get("/calls.json").content.decode()
    assert not JointChallenge.objects.exists()
    with tenant_context(strumica):
        assert Challenge.objects.count() == 1
