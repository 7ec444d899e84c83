"""The brief of a challenge: its texts, its lists, and what it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst

from challenges.enums import EDITABLE_BRIEF, NEEDED_TEXTS, BriefState, RowKind, Section, TextState
from challenges.models import TEXT_FIELDS, Brief, BriefText, Candidate, Challenge, Citation
from programs.models import Municipality
from tech4muni.core import dates
from tech4muni.core.languages import own_name
from tech4muni.core.money import money_words


@dataclass(frozen=True, slots=True)
class LanguageState:
    """How far a brief is in one language.

    Args:
        code: of the language.
        text: None where nobody has written yet.
        missing: how many of the needed texts are empty.
    """

    code: str
    text: BriefText | None
    missing: int

    @property
    def name(self) -> str:
        """The language in its own words."""
        return own_name(self.code)

    @property
    def state(self) -> TextState:
        """Draft, approved or outdated."""
        return TextState(self.text.state) if self.text else TextState.DRAFT

    @property
    def needed(self) -> int:
        """How many texts a complete language has."""
        return len(NEEDED_TEXTS)

    @property
    def filled(self) -> int:
        """How many of the needed texts are there."""
        return self.needed - self.missing


def languages_of(challenge: Challenge, municipality: Municipality) -> list[str]:
    """Return the languages a brief is written in: the municipality's, the first one leading, then its program's."""
    further = challenge.program.languages if challenge.program else []
    return list(dict.fromkeys([*municipality.languages, *further]))


def brief_of(challenge: Challenge) -> Brief:
    """Return the brief of a challenge, with the challenge itself in it."""
    brief = Brief.objects.select_related("submitted_by", "approved_by").get(challenge=challenge)
    brief.challenge = challenge
    return brief


def missing_texts(text: BriefText | None) -> list[str]:
    """Return which of the needed texts are empty in a language."""
    return [name for name in NEEDED_TEXTS if text is None or not getattr(text, name).strip()]


def language_states(brief: Brief, languages: list[str]) -> list[LanguageState]:
    """Return how far a brief is in each of these languages, and in any other one that has a text."""
    texts = {text.language: text for text in brief.texts.all()}
    codes = dict.fromkeys([*languages, *texts])
    return [LanguageState(code, texts.get(code), len(missing_texts(texts.get(code)))) for code in codes]


def section_values(brief: Brief, text: BriefText | None, section: Section) -> dict[str, Any]:
    """Return what a section of a brief says now in one language, by field."""
    texts = {name: getattr(text, name) if text else "" for name in section.texts}
    return texts | {name: getattr(brief, name) for name in section.facts}


def is_editable(brief: Brief) -> bool:
    """Whether the team writes the brief now."""
    return brief.state in EDITABLE_BRIEF


def can_reopen(brief: Brief) -> bool:
    """Whether the team can take the brief back, or open it again for writing."""
    return brief.state in {BriefState.IN_REVIEW, BriefState.APPROVED}


def row_for(brief: Brief, kind: RowKind, row_id: UUID) -> Any:
    """Return a figure, metric or criterion of a brief; raises Http404."""
    return get_object_or_404(rows_of(brief, kind), public_id=row_id)


def rows_of(brief: Brief, kind: RowKind) -> QuerySet[Model]:
    """Return the figures, metrics or criteria of a brief, in the order in which they were added."""
    rows: QuerySet[Model] = getattr(brief, kind.value).all()
    return rows


def citations_of(brief: Brief) -> dict[str, list[Citation]]:
    """Return which cards each text of a brief rests on, by field; fields without a card are left out."""
    found: dict[str, list[Citation]] = {}
    for citation in brief.citations.select_related("card__workshop").order_by("pk"):
        found.setdefault(citation.field, []).append(citation)
    return found


def candidate_of(challenge: Challenge) -> Candidate | None:
    """Return the candidate that became a challenge, None for one that was begun directly."""
    return Candidate.objects.filter(challenge=challenge).select_related("workshop").first()


def label_of(field: str) -> Any:
    """Return what people call a text of the brief."""
    found: Any = BriefText._meta.get_field(field)
    return found.verbose_name


def fact_rows(brief: Brief, section: Section) -> list[tuple[str, object]]:
    """Return the facts of a section with their labels, in words."""
    return [(capfirst(_field(name).verbose_name), _fact(brief, name)) for name in section.facts if name != "currency"]


def _field(name: str) -> Any:
    return Brief._meta.get_field(name)


def _fact(brief: Brief, name: str) -> object:
    value = getattr(brief, name)
    if name == "pilot_budget" and value is not None:
        return money_words(value, brief.currency)
    return dates.day_words(value) if isinstance(value, date) else value


def titled_texts(text: BriefText) -> Mapping[str, tuple[Any, str]]:
    """Return the label and the words of each text of a brief in one language, by field, the empty ones left out."""
    return {name: (label_of(name), getattr(text, name)) for name in TEXT_FIELDS if getattr(text, name).strip()}
