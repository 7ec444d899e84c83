"""What happens to calls and their questions, in words for the trails."""

from django.utils.translation import gettext_lazy as _

from tech4muni.audit.verbs import Verb, register

register(
    Verb("call.published", _("Call for {challenge} published, open until {closes}")),
    Verb("call.joined", _("{challenge} joined the call of {lead}")),
    Verb("call.deadline_moved", _("Deadline of the call for {challenge} moved from {before} to {after}")),
    Verb("call.closed", _("Call for {challenge} closed")),
    Verb("call.withdrawn", _("Call for {challenge} withdrawn")),
    Verb("question.asked", _("Question asked about the call for {call}")),
    Verb("question.answered", _("Question about {challenge} answered: {question}")),
    Verb("question.hidden", _("Question about {challenge} hidden: {question}")),
)
