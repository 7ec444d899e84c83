"""What reasons, moves and demands say, in each language."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override

from events.reasons import MOST_NAMES, demand_sentence, meeting_words, move_sentence, sentence
from events.timetable.plan import Demand, Move, Place, Reason, Why
from events.timetable.problem import Problem
from tests.events.timetable.builders import placed, problem, slot

LANGUAGES = ["en-gb", "de", "he", "mk", "sq"]
FOUR = ["de", "he", "mk", "sq"]
# Words that only an English sentence has; names of the parties are none of them.
ENGLISH = re.compile(
    r"(?i)\b(the|there|time|their|and|would|better|meetings?|must|stay|held|longer|moves|locked|tables?|search|ended"
    r"|whenever|free|idle|gaps|more|than|may)\b"
)
NAMES = {"a": "Ada & Söhne 100%", "b": "חיפה", "c": "Струмица", "d": "Dritë"}


@pytest.fixture(scope="module")
def asked() -> Problem:
    """A problem whose first slot is at nine on the clock of its place, three hours ahead of Greenwich."""
    first = slot(0, 0, 0, start="2026-05-12T09:00:00+03:00", end="2026-05-12T10:00:00+03:00")
    second = slot(1, 1, 1, start="2026-05-13T23:30:00+03:00", end="2026-05-14T00:30:00+03:00")
    third = slot(2, 2, 2, start="2026-05-14T08:15:00+03:00", end="2026-05-14T09:15:00+03:00")
    return problem(
        "ab", "cd", "ac", "bd", "ad", "bc",
        slots=[first, second, third],
        parties=[{"id": party, "name": name} for party, name in NAMES.items()],
        locked=[placed("cd", 0)],
        gap_spread_limit=1,
    )  # fmt: skip


REASONS: dict[str, tuple[Reason, tuple[str, ...]]] = {
    "never together": (Reason("ab", Why.NEVER_TOGETHER), (NAMES["a"], NAMES["b"])),
    "locked, one": (Reason("ab", Why.LOCKED, meetings=("cd",)), (NAMES["c"], NAMES["d"])),
    "locked, two": (Reason("ab", Why.LOCKED, meetings=("ac", "bd")), (*NAMES.values(),)),
    "side full": (Reason("ab", Why.SIDE_FULL, party="b"), (NAMES["b"],)),
    "tables": (Reason("ab", Why.TABLES, slots=("s0", "s2")), ("09:00", "12", "08:15", "14")),
    "worth less": (Reason("ab", Why.WORTH_LESS, slot="s1"), ("23:30", "13")),
    "worth less, one": (Reason("ab", Why.WORTH_LESS, slot="s1", meetings=("cd",)), ("23:30", NAMES["c"], NAMES["d"])),
    "worth less, two": (Reason("ab", Why.WORTH_LESS, slot="s0", meetings=("ac", "bd")), ("09:00", *NAMES.values())),
    "stopped early": (Reason("ab", Why.STOPPED_EARLY), ()),
}
MOVES: dict[str, tuple[Move, tuple[str, ...]]] = {
    "another time": (Move("ab", Place("s0", "t0"), Place("s1", "t1")), ("09:00", "23:30", "t0", "t1", NAMES["a"])),
    "another table": (Move("ab", Place("s0", "t0"), Place("s0", "t1")), ("09:00", "t0", "t1", NAMES["b"])),
    "no table before": (Move("ab", Place("s0", None), Place("s2", "t1")), ("09:00", "08:15", "t1", NAMES["a"])),
    "no more": (Move("ab", Place("s1", "t0"), None), ("23:30", "13", "t0", NAMES["a"], NAMES["b"])),
}
DEMANDS: dict[str, tuple[Demand, tuple[str, ...]]] = {
    "locked": (Demand("locked", "cd"), (NAMES["c"], NAMES["d"])),
    "required": (Demand("required", "ab"), (NAMES["a"], NAMES["b"])),
    "gaps": (Demand("gap_spread_limit"), ()),
}


def said(what: Any, problem: Problem) -> str:
    """The sentence for a reason, a move or a demand."""
    if isinstance(what, Reason):
        return sentence(what, problem)
    return move_sentence(what, problem) if isinstance(what, Move) else demand_sentence(what, problem)


def cases() -> Iterator[Any]:
    for kind in (REASONS, MOVES, DEMANDS):
        for name, (what, words) in kind.items():
            yield pytest.param(what, words, id=f"{type(what).__name__.lower()}: {name}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("what", "words"), cases())
def test_sentence_names_what_it_is_about(what: Any, words: tuple[str, ...], language: str, asked: Problem) -> None:
    with override(language):
        text = said(what, asked)

    assert [word for word in words if word not in text] == []
    assert text.endswith(".")
    assert "%(" not in text
    assert "\n" not in text


@pytest.mark.parametrize("language", FOUR)
@pytest.mark.parametrize(("what", "words"), cases())
def test_sentence_has_no_english_left(what: Any, words: tuple[str, ...], language: str, asked: Problem) -> None:
    with override("en-gb"):
        english = said(what, asked)
    with override(language):
        text = said(what, asked)
    for word in words:
        text = text.replace(word, "")

    assert ENGLISH.search(english)
    assert [found.group() for found in ENGLISH.finditer(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words_of_its_own(language: str, asked: Problem) -> None:
    with override(language):
        texts = {name: sentence(reason, asked) for name, (reason, _words) in REASONS.items()}

    assert {reason.why for reason, _words in REASONS.values()} == set(Why)
    assert len(set(texts.values())) == len(texts)


def test_days_are_in_the_words_of_the_language(asked: Problem) -> None:
    reason = Reason("ab", Why.WORTH_LESS, slot="s1")
    texts = []
    for language in LANGUAGES:
        with override(language):
            texts.append(sentence(reason, asked))

    for text, day in zip(texts, ["Wed, 13 May 2026", "Mi., 13. Mai 2026", "במאי", "мај", "maj"], strict=True):
        assert day in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_isolated(language: str, asked: Problem) -> None:
    with override(language):
        text = sentence(Reason("ab", Why.NEVER_TOGETHER), asked)

    assert f"\u2068{NAMES['a']}\u2069" in text
    assert f"\u2068{NAMES['b']}\u2069" in text


def test_a_party_without_a_name_goes_by_its_id() -> None:
    assert meeting_words("ab", problem("ab")) == "\u2068a\u2069 – \u2068b\u2069"


def test_a_name_cannot_end_a_line() -> None:
    strange = problem("ab", parties=[{"id": "a", "name": "One\nTwo\x1b[1m"}])

    assert meeting_words("ab", strange) == "\u2068One Two [1m\u2069 – \u2068b\u2069"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 11, 21])
def test_many_meetings_are_counted(count: int, language: str) -> None:
    names = [f"m{number}" for number in range(count)]
    many = problem(*({"id": name, "parties": ["a", "b"], "value": 1} for name in names))

    with override(language):
        text = sentence(Reason("m0", Why.LOCKED, meetings=tuple(names)), many)

    assert text.count("\u2068a\u2069") == min(count, MOST_NAMES)
    more = count - MOST_NAMES
    assert re.findall(r"\d+", text) == ([str(more)] if more > 0 else [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_times_are_counted(language: str) -> None:
    many = problem("ab", slots=6)

    with override(language):
        text = sentence(Reason("ab", Why.TABLES, slots=tuple(f"s{number}" for number in range(6))), many)

    assert [time for time in ("09:00", "10:00", "11:00", "12:00", "13:00", "14:00") if time in text] == [
        "09:00", "10:00", "11:00", "12:00"
    ]  # fmt: skip
    assert re.search(r"; \D*2\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_as_many_names_as_fit_are_all_named(language: str) -> None:
    many = problem("ab", slots=MOST_NAMES)

    with override(language):
        text = sentence(Reason("ab", Why.TABLES, slots=tuple(f"s{number}" for number in range(MOST_NAMES))), many)

    assert text.count(":00") == MOST_NAMES
    assert text.count("; ") == MOST_NAMES - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_in_moves_are_isolated(language: str, asked: Problem) -> None:
    with override(language):
        text = move_sentence(Move("ab", Place("s0", "t0"), Place("s1", "t1")), asked)

    names = (NAMES["a"], NAMES["b"], "t0", "t1")
    assert [name for name in names if f"\u2068{name}\u2069" not in text] == []
    assert text.index("09:00") < text.index("23:30")  # from the one to the other


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["100%", "%(other)s", "{one}", "%s %d", "<b>"])
def test_names_are_taken_as_they_are(name: str, language: str) -> None:
    strange = problem("ab", parties=[{"id": "a", "name": name}])

    with override(language):
        texts = [
            sentence(Reason("ab", Why.NEVER_TOGETHER), strange),
            sentence(Reason("ab", Why.LOCKED, meetings=("ab",)), strange),
            move_sentence(Move("ab", Place("s0", name), None), strange),
            demand_sentence(Demand("required", "ab"), strange),
        ]

    assert [text for text in texts if f"\u2068{name}\u2069" not in text] == []
