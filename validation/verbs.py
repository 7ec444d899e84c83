"""What happens in validation, in words for the trail. Counts of answers are never put there."""

from django.utils.translation import gettext_lazy as _

from tech4muni.audit.verbs import Verb, register
from validation.enums import ChallengeVerdict, Noun

KINDS = {"kind": Noun}

register(
    Verb("validation.added", _("{kind} added: {target}"), KINDS),
    Verb("validation.changed", _("{kind} changed: {target}"), KINDS),
    Verb("validation.removed", _("{kind} removed: {target}"), KINDS),
    Verb("survey.opened", _("Survey {target} opened")),
    Verb("survey.rescheduled", _("Survey {target} closes at another time")),
    Verb("survey.closed", _("Survey {target} closed")),
    Verb("survey.exported", _("Results of the survey {target} downloaded")),
    Verb("brief_change.explained", _("Findings named for a change of the brief of {target}: {field}")),
    Verb("verdict.given", _("Verdict of the validation of {target}: {verdict}"), {"verdict": ChallengeVerdict}),
)
