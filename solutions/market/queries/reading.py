"""A call as somebody reads it: in their language if it was approved in it, else in English or the call's first one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from challenges.enums import Aim
from challenges.models import TEXT_FIELDS, BriefText
from programs.cohorts.queries import windows_of
from programs.enums import Stage
from programs.models import Municipality
from solutions.market.enums import CallState
from solutions.market.models import Call, CallCity
from solutions.market.queries.calls import call_state, last_moment
from tech4muni.core import dates
from tech4muni.core.languages import own_name

ABOVE: Final = ("title", "question")
"""Texts that stand at the head of a page."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text with the language that it is in."""

    text: str
    language: str

    @property
    def direction(self) -> str:
        """How it runs: `rtl` or `ltr`."""
        return direction_of(self.language)


def direction_of(language: str) -> str:
    """Return how a language runs, for `dir`."""
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


def chosen_language(texts: Mapping[str, Any], wish: str, municipality: Municipality) -> str:
    """Return the first that has a text of the wish, English, the municipality's languages; else any."""
    for language in (wish, settings.LANGUAGE_CODE, *municipality.languages):
        if language in texts:
            return language
    return next(iter(sorted(texts)), municipality.languages[0])


def words_in(names: Mapping[str, str], *languages: str) -> Words:
    """Return a name in the first of these languages that it has, else in any."""
    for language in (*languages, *sorted(names)):
        if names.get(language):
            return Words(names[language], language)
    return Words("", languages[0])


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a brief under its heading."""

    name: str
    heading: str
    text: str


def sections_in(text: Mapping[str, str]) -> list[Section]:
    """Return the parts of a brief that say something, in their order, with headings in the active language."""
    return [
        Section(name, capfirst(str(_field(name).verbose_name)), text[name])
        for name in TEXT_FIELDS
        if name not in ABOVE and text.get(name)
    ]


def _field(name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", BriefText._meta.get_field(name))


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of the current situation, with its source."""

    name: Words
    value: Decimal
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class MetricRow:
    """What success is measured by."""

    name: Words
    unit: str
    aim: str
    how: str
    who: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """What applications are judged by, and its weight in percent."""

    name: Words
    weight: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What a municipality offers a pilot; None and "" where it says nothing."""

    budget: Decimal | None
    currency: str
    weeks: int | None
    decision_on: date | None
    contact_name: str
    contact_email: str

    @property
    def length(self) -> str:
        """How long the pilot takes, in words; "" where it is open."""
        return weeks_words(self.weeks) if self.weeks else ""

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Offer":
        """Read it from a call's content, or from a municipality's annex."""
        pilot, contact, day = content.get("pilot") or {}, content.get("contact") or {}, content.get("decision_on")
        return cls(
            budget=None if pilot.get("budget") in {None, ""} else Decimal(str(pilot["budget"])),
            currency=pilot.get("currency", ""),
            weeks=pilot.get("weeks"),
            decision_on=date.fromisoformat(day) if day else None,
            contact_name=contact.get("name", ""),
            contact_email=contact.get("email", ""),
        )


@dataclass(frozen=True, slots=True)
class CityPart:
    """A municipality of a call with what it says in its own words; no sections if it wrote the call itself."""

    municipality: Municipality
    language: str
    sections: list[Section]
    figures: list[FigureRow]
    offer: Offer | None

    @property
    def direction(self) -> str:
        """How its texts run."""
        return direction_of(self.language)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of what happens next, with when it is in words."""

    name: str
    when: str
    done: bool


@dataclass(frozen=True)
class Reading:
    """A call in one language, at one instant."""

    call: Call
    language: str
    state: CallState
    now: datetime

    @property
    def direction(self) -> str:
        """How its texts run."""
        return direction_of(self.language)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The texts in its language."""
        found: Mapping[str, str] = self.call.content["texts"].get(self.language, {})
        return found

    @property
    def title(self) -> str:
        """The title in its language."""
        return self.texts.get("title", "")

    @property
    def question(self) -> str:
        """The challenge question in its language."""
        return self.texts.get("question", "")

    @property
    def is_over(self) -> bool:
        """Whether it takes no applications any more."""
        return self.state in {CallState.CLOSED, CallState.WITHDRAWN}

    @property
    def takes_questions(self) -> bool:
        """Whether anybody may ask."""
        return self.state in {CallState.UPCOMING, CallState.OPEN}

    @property
    def accepts(self) -> bool:
        """Whether it takes applications."""
        return self.state in {CallState.OPEN, CallState.CLOSING}

    @property
    def last_moment(self) -> datetime:
        """The end of the grace."""
        return last_moment(self.call)

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The languages that were approved: code and own name, the municipality's first ones first."""
        order = {language: place for place, language in enumerate(self.call.municipality.languages)}
        codes = sorted(self.call.content["texts"], key=lambda code: (order.get(code, len(order)), code))
        return [(code, own_name(code)) for code in codes]

    @property
    def sections(self) -> list[Section]:
        """Its parts."""
        return sections_in(self.texts)

    @property
    def figures(self) -> list[FigureRow]:
        """Figures of the current situation."""
        return figures_in(self.call.content["figures"], self.language)

    @property
    def metrics(self) -> list[MetricRow]:
        """What success is measured by."""
        return [
            MetricRow(
                words_in(row["names"], self.language), row["unit"], str(Aim(row["aim"]).label), row["baseline_how"],
                row["baseline_who"],
            )
            for row in self.call.content["metrics"]
        ]  # fmt: skip

    @property
    def criteria(self) -> list[CriterionRow]:
        """What applications are judged by."""
        return [
            CriterionRow(words_in(row["names"], self.language), row["weight"]) for row in self.call.content["criteria"]
        ]

    @property
    def offer(self) -> Offer:
        """What the publishing municipality offers."""
        return Offer.of(self.call.content)

    @property
    def cities(self) -> list[CityPart]:
        """The municipalities of the call, in the order in which they came."""
        return [part_of(city, self.language) for city in self.call.cities.all()]


def figures_in(rows: Iterable[Mapping[str, Any]], language: str) -> list[FigureRow]:
    """Return figures from a call's content."""
    return [
        FigureRow(words_in(row["names"], language), Decimal(str(row["value"])).normalize(), row["unit"], row["source"])
        for row in rows
    ]


def part_of(city: CallCity, wish: str) -> CityPart:
    """Return a municipality's part in a language, as far as it wrote in it."""
    annex, municipality = city.annex, city.municipality
    texts = annex.get("texts", {})
    language = chosen_language(texts, wish, municipality)
    return CityPart(
        municipality,
        language,
        sections_in(texts.get(language, {})),
        figures_in(annex.get("figures", []), language),
        Offer.of(annex) if annex else None,
    )


def read(call: Call, language: str, now: datetime) -> Reading:
    """Return a call as somebody reads it.

    Args:
        call: with its municipality.
        language: the one that they wish.
        now: decides where it stands.
    """
    chosen = chosen_language(call.content["texts"], language, call.municipality)
    return Reading(call, chosen, call_state(call, now), now)


def steps_of(reading: Reading) -> list[Step]:
    """Return what happens next with those who apply, in order; one query for the program's windows."""
    call, now, offer = reading.call, reading.now, reading.offer
    steps = [
        _at(_("Applications open"), call.opens_at, call, now),
        _at(_("Applications close"), call.closes_at, call, now),
        Step(
            _("Each municipality reads what was sent to it and tells you whether you are on its shortlist"),
            "",
            done=False,
        ),
    ]
    window = windows_of(call.program).get(Stage.EVENT)
    if window is not None:
        days = {"from": dates.day_words(window.opens_at), "to": dates.day_words(window.closes_at)}
        when = _("Between %(from)s and %(to)s") % days
        steps.append(Step(_("Meetings at the event, with those who are invited"), when, window.closes_at <= now))
    if offer.decision_on is not None:
        when = _("By %(day)s") % {"day": dates.day_words(offer.decision_on)}
        steps.append(Step(_("The decision, with its reasons, to everybody who applied"), when, done=False))
    if offer.weeks:
        steps.append(Step(_("The pilot with the solution that is chosen"), offer.length, done=False))
    return steps


def _at(name: str, instant: datetime, call: Call, now: datetime) -> Step:
    return Step(name, dates.moment_words(instant, call.time_zone), instant <= now)


def weeks_words(weeks: int) -> str:
    """Say how long a pilot takes."""
    return ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks}
