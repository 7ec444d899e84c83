"""Writing the brief: sections, languages, lists, cards, and two at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.http import Http404
from django_tenants.utils import tenant_context

from challenges.enums import NEEDED_TEXTS, CardKind, RowKind, Section, TextState
from challenges.models import TEXT_FIELDS, Brief, BriefText, Challenge, Citation, Figure
from challenges.queries.briefs import brief_of, languages_of, section_values
from challenges.services import approvals, briefs, rows, workshops
from programs.actors import Actor
from programs.cohorts.models import Progress
from programs.enums import Role
from programs.models import Municipality
from tech4muni.audit.models import Entry
from tech4muni.core import clock
from tech4muni.core.errors import Conflict, Forbidden, Refused
from tests.challenges.conftest import Browsing
from tests.factories.challenges import acting_as, fill_brief, make_challenge, make_program
from tests.factories.people import make_member

LogIn = Callable[[Actor], Browsing]
FIGURE = {"names": {"en-gb": "Half-empty bins"}, "value": Decimal(52), "unit": "%", "source": "Waste department, 2026"}


def mark(challenge: Challenge, section: Section, language: str = "mk") -> str:
    """Return what a page that is loaded now would carry."""
    brief = brief_of(challenge)
    return briefs.mark_of(section_values(brief, brief.texts.filter(language=language).first(), section))


def write(
    challenge: Challenge,
    actor: Actor,
    section: Section = Section.PROBLEM,
    language: str = "mk",
    seen: str | None = None,
    **values: Any,
) -> str:
    """Write some fields of a section, the others as they are."""
    brief = brief_of(challenge)
    present = section_values(brief, brief.texts.filter(language=language).first(), section)
    return briefs.save_section(
        challenge, actor=actor, section=section, language=language, values={**present, **values},
        seen=briefs.mark_of(present) if seen is None else seen, first_language="mk",
    )  # fmt: skip


def test_every_text_is_written_somewhere() -> None:
    written = [name for section in Section for name in section.texts]

    assert sorted(written) == sorted(TEXT_FIELDS)
    assert set(NEEDED_TEXTS) <= set(TEXT_FIELDS)


def test_languages_are_those_of_the_municipality_then_of_the_program(in_strumica: Municipality, lead: Actor) -> None:
    alone = make_challenge(in_strumica, actor=lead)
    within = make_challenge(in_strumica, actor=lead, program=make_program(in_strumica, languages=["sq", "en-gb"]))

    assert languages_of(alone, in_strumica) == ["mk", "en-gb"]
    assert languages_of(within, in_strumica) == ["mk", "en-gb", "sq"]


def test_a_section_is_written(challenge: Challenge, lead: Actor) -> None:
    before = challenge.brief.version

    returned = write(challenge, lead, problem="Half of the bins", why_now="A new law")

    text = challenge.brief.texts.get(language="mk")
    assert (text.problem, text.why_now, text.state, text.updated_by, text.version) == (
        "Half of the bins", "A new law", TextState.DRAFT, lead.user, 2,
    )  # fmt: skip
    assert Brief.objects.get().version == before + 1
    assert returned == mark(challenge, Section.PROBLEM)


def test_a_language_gets_its_text_when_it_is_written(in_strumica: Municipality, lead: Actor) -> None:
    challenge = make_challenge(in_strumica, actor=lead, program=make_program(in_strumica, languages=["sq"]))

    write(challenge, lead, language="sq", problem="Gjysma")

    assert challenge.brief.texts.get(language="sq").problem == "Gjysma"


def test_facts_are_the_same_in_all_languages(challenge: Challenge, lead: Actor) -> None:
    write(
        challenge, lead, Section.FRAME, "en-gb", pilot_budget=Decimal(20000), pilot_weeks=12, pilot_site="Two streets"
    )
    write(challenge, lead, Section.AWARD, "mk", decision_on=date(2027, 3, 1), contact_name="Ana")

    brief = brief_of(challenge)
    assert section_values(brief, None, Section.FRAME)["pilot_budget"] == 20000
    assert (brief.decision_on, brief.contact_name) == (date(2027, 3, 1), "Ana")
    assert challenge.brief.texts.get(language="mk").pilot_site == ""


def test_a_new_title_is_the_public_one(challenge: Challenge, lead: Actor) -> None:
    write(challenge, lead, title="Канти")
    write(challenge, lead, language="en-gb", title="Smart bins")

    assert Progress.objects.get().label == {"mk": "Канти", "en-gb": "Smart bins"}


def test_nothing_changed_is_nothing_written(challenge: Challenge, lead: Actor) -> None:
    version = brief_of(challenge).version
    write(challenge, lead)

    assert brief_of(challenge).version == version
    assert not Entry.objects.filter(verb="brief.written").exists()


def test_who_goes_on_writing_is_noted_once(challenge: Challenge, lead: Actor, member: Actor) -> None:
    start = clock.now()
    for minutes, actor in ((0, lead), (10, lead), (20, member), (25, member), (90, member)):
        with clock.at(start + timedelta(minutes=minutes)):
            write(challenge, actor, problem=f"After {minutes} minutes")

    noted = Entry.objects.filter(verb="brief.written").order_by("number")
    assert [entry.actor for entry in noted] == [lead.user, member.user, member.user]
    assert noted[0].data["section"] == "problem"


def test_somebody_elses_words_are_not_overwritten(challenge: Challenge, lead: Actor, member: Actor) -> None:
    seen = mark(challenge, Section.PROBLEM)
    write(challenge, lead, problem="Theirs")

    with pytest.raises(briefs.Overwritten) as refused:
        write(challenge, member, seen=seen, problem="Mine")
    assert refused.value.present["problem"] == "Theirs"

    write(challenge, member, seen=seen, problem="Theirs")  # the same words disturb nobody
    write(challenge, member, Section.PEOPLE, affected="Another section")
    write(challenge, member, language="en-gb", problem="Another language")
    assert challenge.brief.texts.get(language="mk").problem == "Theirs"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_save_at_once_one_is_first(in_own_connection: Callable[..., Any]) -> None:
    strumica = Municipality.objects.get(schema_name="strumica")
    lead = acting_as(make_member(strumica, Role.LEAD), strumica)
    with tenant_context(strumica):
        challenge = make_challenge(strumica, actor=lead)
        seen = mark(challenge, Section.PEOPLE, "sq")

    def save(number: int) -> str:
        with tenant_context(strumica):
            try:
                write(challenge, lead, Section.PEOPLE, "sq", seen, affected=f"Words {number}")
            except Conflict:
                return "conflict"
            return f"Words {number}"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(in_own_connection(save), range(8)))

    assert sorted(answers)[1:] == ["conflict"] * 7
    with tenant_context(strumica):
        assert BriefText.objects.get(language="sq").affected == min(answers)


def test_translations_are_outdated_by_the_leading_text(challenge: Challenge, lead: Actor) -> None:
    fill_brief(challenge, "mk", "en-gb", "sq")
    approvals.reopen(challenge, actor=lead)
    assert set(states(challenge).values()) == {"approved"}

    write(challenge, lead, Section.FRAME, "mk", pilot_weeks=20)
    assert set(states(challenge).values()) == {"approved"}, "a figure is the same in all languages"
    write(challenge, lead, Section.PEOPLE, "sq", affected="Changed")
    assert states(challenge) == {"mk": "approved", "en-gb": "approved", "sq": "draft"}
    write(challenge, lead, Section.PEOPLE, "mk", affected="Changed")
    assert states(challenge) == {"mk": "draft", "en-gb": "outdated", "sq": "draft"}
    write(challenge, lead, Section.PEOPLE, "en-gb")
    assert states(challenge) == {"mk": "draft", "en-gb": "draft", "sq": "draft"}, "saved as it is: it fits again"


def states(challenge: Challenge) -> dict[str, str]:
    """Return the state of each text."""
    return dict(challenge.brief.texts.values_list("language", "state"))


@pytest.mark.parametrize("what", ["section", "cards", "add", "edit", "remove"])
def test_an_approved_brief_is_opened_before_it_is_written(what: str, challenge: Challenge, lead: Actor) -> None:
    row = rows.add_row(challenge, actor=lead, kind=RowKind.FIGURES, values=FIGURE)
    fill_brief(challenge, "mk")

    with pytest.raises(Refused, match="Open it again"):
        change(what, challenge, row, lead)

    approvals.reopen(challenge, actor=lead)
    change(what, challenge, row, lead)


def change(what: str, challenge: Challenge, row: Any, actor: Actor) -> None:
    """Change something of the brief."""
    if what == "section":
        write(challenge, actor, problem="New")
    elif what == "cards":
        briefs.cite_cards(challenge, actor=actor, field="problem", cards=[])
    elif what == "add":
        rows.add_row(challenge, actor=actor, kind=RowKind.FIGURES, values=FIGURE)
    elif what == "edit":
        seen = briefs.mark_of(rows.row_values(Figure.objects.get(pk=row.pk), RowKind.FIGURES))
        rows.edit_row(challenge, row, actor=actor, kind=RowKind.FIGURES, values={**FIGURE, "unit": "‰"}, seen=seen)
    else:
        rows.remove_row(challenge, row, actor=actor, kind=RowKind.FIGURES)


MAY: dict[str, type[Exception] | None] = {
    "lead": None, "member": None, "visitor": None, "evaluator": Forbidden, "approver": Forbidden, "viewer": Forbidden,
    "outsider": Http404,
}  # fmt: skip


@pytest.mark.parametrize("what", ["section", "cards", "add", "edit", "remove"])
def test_who_writes_briefs(what: str, challenge: Challenge, lead: Actor, cast: dict[str, Actor]) -> None:
    for who, expected in MAY.items():
        row = rows.add_row(challenge, actor=lead, kind=RowKind.FIGURES, values=FIGURE)
        call = partial(change, what, challenge, row, cast[who])
        if expected is None:
            call()
        else:
            with pytest.raises(expected):
                call()


def test_cards_are_chosen_for_a_text(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    workshop = workshops.plan_workshop(actor=lead, title="Waste", starts_at=clock.now())
    smell, noise = workshops.add_cards(workshop, actor=lead, kind=CardKind.PAIN, texts=["Smell", "Noise"])
    page = browsing(lead)

    page.post("brief_cards", {"cards": [smell.pk]}, challenge_id=challenge.public_id, field="problem")
    page.post("brief_cards", {"cards": [smell.pk, noise.pk]}, challenge_id=challenge.public_id, field="outcome")
    page.post("brief_cards", {"cards": [noise.pk]}, challenge_id=challenge.public_id, field="problem")
    nowhere = page.get("brief_cards", challenge_id=challenge.public_id, field="nothing")

    assert set(Citation.objects.values_list("field", "card")) == {
        ("problem", noise.pk), ("outcome", smell.pk), ("outcome", noise.pk),
    }  # fmt: skip
    assert nowhere.status_code == 404


def test_a_list_grows_and_shrinks(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    page = browsing(lead)
    where: dict[str, Any] = {"challenge_id": challenge.public_id, "kind": "figures"}
    bad = page.post("brief_row_add", {"names_mk": "Канти", "value": "many", "source": "We"}, **where)
    good = page.post("brief_row_add", {"names_mk": "Канти", "value": "52.5", "unit": "%", "source": "We"}, **where)

    assert (bad.status_code, good.status_code) == (422, 302)
    assert "Канти" in bad.content.decode()
    figure = Figure.objects.get()
    assert (figure.names, figure.value, figure.brief) == ({"mk": "Канти"}, Decimal("52.5"), challenge.brief)

    stale = briefs.mark_of(rows.row_values(figure, RowKind.FIGURES))
    one: dict[str, Any] = {**where, "row_id": figure.public_id}
    values = {"names_mk": "Канти", "names_en-gb": "Bins", "value": "52.5", "unit": "%", "source": "We", "seen": stale}
    assert page.post("brief_row_edit", values, **one).status_code == 302
    conflict = page.post("brief_row_edit", {**values, "source": "Others"}, **one)
    assert conflict.status_code == 409
    assert "Others" in conflict.content.decode()
    figure.refresh_from_db()
    assert (figure.names, figure.source) == ({"mk": "Канти", "en-gb": "Bins"}, "We")

    assert page.post("brief_row_remove", **one).status_code == 302
    assert not Figure.objects.exists()
    assert page.get("brief_row_edit", **one).status_code == 404
    assert page.get("brief_row_add", challenge_id=challenge.public_id, kind="nothing").status_code == 404


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("metrics", {"names_en-gb": "km", "unit": "km", "aim": "less", "baseline_how": "Logs", "baseline_who": "IT"}),
        ("criteria", {"names_en-gb": "Fit", "weight": "100"}),
    ],
)
def test_metrics_and_criteria_are_lists_too(
    kind: str, values: dict[str, str], challenge: Challenge, lead: Actor, browsing: LogIn
) -> None:
    page = browsing(lead)
    answer = page.post("brief_row_add", values, challenge_id=challenge.public_id, kind=kind)

    assert answer.status_code == 302
    [row] = getattr(challenge.brief, kind).all()
    shown = page.get("brief_section", challenge_id=challenge.public_id, language="mk", section=RowKind(kind).section)
    assert row.name in shown.content.decode()


def test_a_name_in_another_language_is_kept(challenge: Challenge, lead: Actor, browsing: LogIn) -> None:
    names = {"de": "Tonnen", "en-gb": "Bins"}
    row = rows.add_row(challenge, actor=lead, kind=RowKind.CRITERIA, values={"names": names, "weight": 5})

    shown = browsing(lead).get(
        "brief_row_edit", challenge_id=challenge.public_id, kind="criteria", row_id=row.public_id
    )

    assert "Tonnen" in shown.content.decode()


def test_somebody_took_the_row_away(challenge: Challenge, lead: Actor) -> None:
    row = rows.add_row(challenge, actor=lead, kind=RowKind.FIGURES, values=FIGURE)
    rows.remove_row(challenge, row, actor=lead, kind=RowKind.FIGURES)

    with pytest.raises(Conflict, match="took this away"):
        rows.edit_row(challenge, row, actor=lead, kind=RowKind.FIGURES, values=FIGURE, seen="")
