"""What a brief must have before somebody is asked to approve it: computed from what stands in it, never ticked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.enums import BriefState, Section
from challenges.models import Brief, BriefText, Challenge
from challenges.queries.briefs import missing_texts
from tech4muni.core import clock

OUT: Final = (BriefState.PUBLISHED, BriefState.CLOSED)
"""A brief whose day of the decision was still ahead when it was published."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """A thing that a brief must have.

    Args:
        name: short and stable, for code.
        what: what must be there, in a sentence.
        filled: whether it is.
        section: where it is written.
        note: how far it is, in words or figures.
    """

    name: str
    what: str | Promise
    filled: bool
    section: Section
    note: str = ""


def readiness_of(challenge: Challenge) -> list[Readiness]:
    """Return what the brief of a challenge must have, in the order of its sections, and whether it has it."""
    return readiness_by_challenge([challenge])[challenge.pk]


def readiness_by_challenge(challenges: Sequence[Challenge]) -> dict[int, list[Readiness]]:
    """Return the same for many challenges by primary key, with five queries for however many."""
    briefs = Brief.objects.filter(challenge__in=challenges).prefetch_related("texts", "figures", "metrics", "criteria")
    today = clock.now().date()
    return {brief.challenge_id: _readiness(brief, today) for brief in briefs}


def is_ready(items: Iterable[Readiness]) -> bool:
    """Whether nothing is missing."""
    return all(item.filled for item in items)


def _readiness(brief: Brief, today: date) -> list[Readiness]:
    texts = list(brief.texts.all())
    figures = [figure for figure in brief.figures.all() if figure.source.strip()]
    metrics = [metric for metric in brief.metrics.all() if metric.baseline_how.strip() and metric.baseline_who.strip()]
    weights = sum(criterion.weight for criterion in brief.criteria.all())
    offer = brief.pilot_budget is not None and bool(brief.pilot_weeks) and _written(texts, "pilot_site")
    return [
        Readiness(
            "language",
            _("At least one language is complete."),
            any(not missing_texts(text) for text in texts),
            Section.PROBLEM,
        ),
        Readiness("affected", _("The affected groups are named."), _written(texts, "affected"), Section.PEOPLE),
        Readiness(
            "situation",
            _("The situation is described, with at least one figure and its source."),
            _written(texts, "situation") and bool(figures),
            Section.PEOPLE,
            str(len(figures)),
        ),
        Readiness("outcome", _("The desired outcome is described."), _written(texts, "outcome"), Section.OUTCOME),
        Readiness(
            "metrics",
            _("There is a success metric, and who measures its baseline and how."),
            bool(metrics),
            Section.OUTCOME,
            str(len(metrics)),
        ),
        Readiness("constraints", _("The constraints are named."), _written(texts, "constraints"), Section.FRAME),
        Readiness("pilot", _("The pilot has a budget, a site and a length."), offer, Section.FRAME),
        Readiness(
            "criteria",
            _("The weights of the evaluation criteria make 100 percent."),
            weights == 100,
            Section.AWARD,
            f"{weights}%",
        ),
        Readiness(
            "decision",
            _("The day of the decision lies ahead."),
            brief.decision_on is not None and (brief.state in OUT or brief.decision_on > today),
            Section.AWARD,
        ),
        Readiness(
            "contact",
            _("There is somebody to ask, with an address."),
            bool(brief.contact_name.strip() and brief.contact_email),
            Section.AWARD,
        ),
    ]


def _written(texts: Iterable[BriefText], field: str) -> bool:
    return any(getattr(text, field).strip() for text in texts)
