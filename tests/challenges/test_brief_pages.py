"""The pages on which a brief is written and read: saving by hand and by script, conflicts, print."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from challenges.enums import CardKind, RowKind, Section
from challenges.models import BriefText, Challenge
from challenges.services import briefs, rows, workshops
from programs.actors import Actor
from programs.models import Municipality
from tech4muni.core import clock
from tests.challenges.conftest import Browsing
from tests.challenges.test_briefs import FIGURE, mark, write
from tests.factories.challenges import acting_as, fill_brief, make_challenge, make_program
from tests.factories.people import make_member

LogIn = Callable[[Actor], Browsing]


def place(challenge: Challenge, section: str = "problem", language: str = "mk") -> dict[str, Any]:
    """Name a section in the address."""
    return {"challenge_id": challenge.public_id, "language": language, "section": section}


def texts(seen: str, **values: str) -> dict[str, str]:
    """Fill in the form of the section about the problem."""
    return {"title": "Bins", "question": "", "problem": "", "why_now": "", "seen": seen, **values}


@pytest.mark.parametrize("section", Section)
def test_each_section_has_its_page(section: Section, challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    write(challenge, lead, section, "mk", **{section.texts[0]: "Прв збор"})

    page = browsing(lead).get("brief_section", **place(challenge, section, "en-gb"))
    content = page.content.decode()

    assert page.status_code == 200
    for name in (*section.texts, *section.facts):
        assert f'name="{name}"' in content
    assert "Прв збор" in content, "who translates sees the text to translate"
    assert "data-autosave" in content
    assert "js/autosave" in content


@pytest.mark.parametrize("change", [{"language": "he"}, {"section": "nothing"}])
def test_there_is_no_page_for_other_languages_and_sections(
    change: dict[str, str], challenge: Challenge, lead: Actor, browsing: LogIn
) -> None:
    assert browsing(lead).get("brief_section", **place(challenge) | change).status_code == 404


def test_saving_by_hand(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    page = browsing(lead)
    answer = page.post(
        "brief_section", texts(mark(challenge, Section.PROBLEM), problem="One\r\nTwo"), **place(challenge)
    )

    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/brief/mk/problem/")
    assert BriefText.objects.get(language="mk").problem == "One\nTwo"


def test_saving_by_script(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    page, where = browsing(lead), place(challenge)
    first = page.post("brief_section", texts(mark(challenge, Section.PROBLEM), problem="One"), autosave=True, **where)
    then = page.post("brief_section", texts(first.json()["fields"]["seen"], problem="Two"), autosave=True, **where)

    assert (first.status_code, then.status_code) == (200, 200)
    assert first.json()["words"].startswith("Saved ")
    assert BriefText.objects.get(language="mk").problem == "Two"


def test_a_draft_needs_right_types_only(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    page, where = browsing(lead), place(challenge, "frame")
    values = {"constraints": "Law", "pilot_budget": "a lot", "currency": "EUR", "seen": mark(challenge, Section.FRAME)}

    by_hand = page.post("brief_section", values, **where)
    by_script = page.post("brief_section", values, autosave=True, **where)

    assert (by_hand.status_code, by_script.status_code) == (422, 422)
    assert "a lot" in by_hand.content.decode()
    assert "Not saved yet" in by_script.json()["words"]
    assert BriefText.objects.get(language="mk").constraints == ""


def test_two_at_once_keep_both_texts(challenge: Challenge, lead: Actor, member: Actor, browsing: LogIn) -> None:
    seen = mark(challenge, Section.PROBLEM)
    write(challenge, lead, problem="Their words")
    page = browsing(member)

    by_script = page.post("brief_section", texts(seen, problem="My words"), autosave=True, **place(challenge))
    by_hand = page.post("brief_section", texts(seen, problem="My words"), **place(challenge))
    content = by_hand.content.decode()

    assert (by_script.status_code, by_hand.status_code) == (409, 409)
    assert "Their words" in content
    assert "My words" in content
    assert BriefText.objects.get(language="mk").problem == "Their words"
    fresh = mark(challenge, Section.PROBLEM)
    assert f'value="{fresh}"' in content
    assert page.post("brief_section", texts(fresh, problem="My words"), **place(challenge)).status_code == 302
    assert BriefText.objects.get(language="mk").problem == "My words"


def test_who_types_while_the_brief_is_approved_loses_nothing(
    challenge: Challenge, lead: Actor, browsing: LogIn
) -> None:
    fill_brief(challenge, "mk")
    page = browsing(lead)

    answer = page.post(
        "brief_section", texts(mark(challenge, Section.PROBLEM), problem="Late words"), **place(challenge)
    )

    assert answer.status_code == 422
    assert "Late words" in answer.content.decode()
    assert "Open it again" in answer.content.decode()


def test_an_outdated_text_says_so(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    fill_brief(challenge, "mk", "en-gb")
    BriefText.objects.filter(language="en-gb").update(state="outdated")
    page = browsing(lead)

    section = page.get("brief_section", **place(challenge, language="en-gb")).content.decode()
    overview = page.get("brief", challenge_id=challenge.public_id).content.decode()

    assert "has changed since this one was approved" in section
    assert "Outdated" in overview


def test_the_brief_is_printed_in_its_own_language(haifa: Municipality, client_on: Callable[[str], Client]) -> None:
    from_haifa = make_member(haifa, name="Noa")
    with tenant_context(haifa):
        challenge = make_challenge(haifa, title="Bins", actor=acting_as(from_haifa, haifa))
        fill_brief(challenge, "he", "en-gb")
        BriefText.objects.filter(language="he").update(title="פחים")
    client = client_on("haifa.localhost")
    client.force_login(from_haifa)
    base = f"/challenges/{challenge.public_id}/brief/print"

    hebrew = client.get(f"{base}/he/").content.decode()
    english = client.get(f"{base}/en-gb/").content.decode()

    assert '<html lang="he" dir="rtl"' in hebrew
    assert "פחים" in hebrew
    assert '<html lang="en-gb" dir="ltr"' in english
    assert "Bins emptied when nearly empty" in english
    assert "20,000" in english
    assert client.get(f"{base}/mk/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_pages_of_a_brief_ask_as_much_for_many_rows(
    number: int,
    in_strumica: Municipality,
    lead: Actor,
    browsing: LogIn,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    challenge = make_challenge(in_strumica, actor=lead, program=make_program(in_strumica))
    workshop = workshops.plan_workshop(actor=lead, title="Waste", starts_at=clock.now())
    cards = workshops.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["a"] * number)
    for _each in range(number):
        rows.add_row(challenge, actor=lead, kind=RowKind.FIGURES, values=FIGURE)
    briefs.cite_cards(challenge, actor=lead, field="affected", cards=cards)
    page = browsing(lead)
    page.get("brief", challenge_id=challenge.public_id)

    with django_assert_num_queries(BRIEF):
        page.get("brief", challenge_id=challenge.public_id)
    with django_assert_num_queries(SECTION):
        page.get("brief_section", **place(challenge, "people"))
    with django_assert_num_queries(PRINT):
        page.get("brief_print", challenge_id=challenge.public_id, language="mk")
    with django_assert_num_queries(ORIGIN):
        page.get("origin", challenge_id=challenge.public_id)


BRIEF, SECTION, PRINT, ORIGIN = 31, 29, 14, 27


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_challenges_asks_as_much_for_many(
    number: int,
    in_strumica: Municipality,
    lead: Actor,
    browsing: LogIn,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _each in range(number):
        make_challenge(in_strumica, actor=lead)
    page = browsing(lead)
    page.get("list")

    with django_assert_num_queries(LIST):
        assert page.get("list").status_code == 200


LIST = 20


def test_saved_is_told_on_the_clock_of_who_looks(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    assert lead.user is not None
    lead.user.time_zone = "Asia/Jerusalem"
    lead.user.save(update_fields=["time_zone"])
    seen = mark(challenge, Section.PROBLEM)
    before = clock.now()

    answer = browsing(lead).post("brief_section", texts(seen, problem="One"), autosave=True, **place(challenge))

    hour = int(answer.json()["words"].removeprefix("Saved ")[:2])
    assert (hour - before.hour) % 24 in (2, 3, 4)
