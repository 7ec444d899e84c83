"""What the pages of an application show: plain values for the components."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from solutions.market.enums import ReleaseState
from solutions.market.models import ApplicationCall, CallCity, Release
from solutions.market.queries.applications import Desk, cities_of
from solutions.market.queries.calls import accepts
from solutions.market.sections import PROPOSAL, SHARED, Answers, Section, missing, shown
from tech4muni.core.components import Status, Task, Text, Tone


@dataclass(frozen=True, slots=True)
class Part:
    """A section of an application with its page, as tasks and for reading."""

    section: Section
    title: Text
    url: str
    answers: Answers

    @property
    def missing(self) -> list[Text]:
        """The required questions without an answer."""
        return [field.label for field in missing(self.section, self.answers)]

    @property
    def rows(self) -> list[tuple[Text, str]]:
        """Questions and answers as they are read."""
        return [(field.label, shown(field, self.answers.get(field.name))) for field in self.section.fields]

    @property
    def task(self) -> Task:
        """The section on the task list."""
        count = len(self.missing)
        if not count:
            return Task(self.title, self.url, Status(_("Done"), Tone.DONE))
        if not self.answers:
            return Task(self.title, self.url, Status(_("Not started"), Tone.DRAFT))
        words = ngettext("%(count)d answer missing", "%(count)d answers missing", count) % {"count": count}
        return Task(self.title, self.url, Status(words, Tone.TODO))


@dataclass(frozen=True, slots=True)
class ChosenRow:
    """A call that an application answers: by when, and who gets it."""

    choice: ApplicationCall
    cities: Sequence[str]
    is_open: bool


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """What one municipality makes of an application, and by when it has promised to decide."""

    release: Release
    state: ReleaseState
    decision_on: date


def parts_of(desk: Desk) -> list[Part]:
    """Return the sections of an application: those that all calls share, then one for each call."""
    application = desk.application
    shared = [
        Part(
            section,
            section.label,
            reverse("market:application_section", args=[application.public_id, section.name]),
            application.answers.get(section.name, {}),
        )
        for section in SHARED
    ]
    own = [
        Part(
            PROPOSAL,
            _("Answer to: %(call)s") % {"call": choice.call},
            reverse("market:application_proposal", args=[application.public_id, choice.call.public_id]),
            choice.answers,
        )
        for choice in desk.chosen
    ]
    return shared + own


def chosen_rows(desk: Desk) -> list[ChosenRow]:
    """Return the calls of an application with their municipalities."""
    return [
        ChosenRow(choice, [str(city.municipality) for city in cities_of(choice)], accepts(choice.call, desk.now))
        for choice in desk.chosen
    ]


def release_rows(desk: Desk) -> list[ReleaseRow]:
    """Return what the municipalities make of an application."""
    releases = desk.releases.values()
    return [ReleaseRow(release, ReleaseState(release.state), decision_day(release.city)) for release in releases]


def decision_day(city: CallCity) -> date:
    """Return by when a municipality has promised to decide: its annex says, or else the call."""
    own = city.annex.get("decision_on") if city.annex else None
    return date.fromisoformat(own) if own else city.call.decision_on
