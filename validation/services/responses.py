"""What residents answer: one row each, with nothing in it that says who it was."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tech4muni.core import clock
from tech4muni.core.errors import Refused
from validation.enums import CONSENT_VERSION
from validation.models import Response, StakeholderGroup, Survey


class Closed(Refused):
    """The survey takes no answers any more."""


@transaction.atomic
def answer(
    survey: Survey, *, language: str, nonce: str, answers: Mapping[str, Any], group: StakeholderGroup | None
) -> bool:
    """Keep somebody's answers; returns False if this page was sent before.

    There is no line in the trail: with its second and the record of requests it could say who it was.

    Args:
        survey: to which one.
        language: in which the page was.
        nonce: of the page, new for each one that is shown.
        answers: by number of the question, as text: the places of the chosen answers, a number of the scale, an
            attitude, or own words. What was left out is not there.
        group: what the person belongs to, if they said.

    Raises Closed.
    """
    kept = Survey.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=survey.pk)
    if not kept.takes_answers or not kept.challenge.is_under_way:
        raise Closed(_("This survey is closed."))
    now = clock.now()
    _response, made = Response.objects.get_or_create(
        survey=kept,
        nonce=nonce,
        defaults={
            "group": group,
            "language": language,
            "answers": dict(answers),
            "consent_version": CONSENT_VERSION,
            "submitted_at": now.replace(minute=0, second=0, microsecond=0),
        },
    )
    return made
