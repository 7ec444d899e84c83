"""What happens to calls, their questions and applications, in words for the trails."""

from django.utils.translation import gettext_lazy as _

from solutions.market.enums import CompanyRole
from tech4muni.audit.verbs import Verb, register

ROLES = {"role": CompanyRole}

register(
    Verb("call.published", _("Call for {challenge} published, open until {closes}")),
    Verb("call.joined", _("{challenge} joined the call of {lead}")),
    Verb("call.deadline_moved", _("Deadline of the call for {challenge} moved from {before} to {after}")),
    Verb("call.closed", _("Call for {challenge} closed")),
    Verb("call.withdrawn", _("Call for {challenge} withdrawn")),
    Verb("question.asked", _("Question asked about the call for {call}")),
    Verb("question.answered", _("Question about {challenge} answered: {question}")),
    Verb("question.hidden", _("Question about {challenge} hidden: {question}")),
    Verb("application.begun", _("Application {target} begun")),
    Verb("application.calls_chosen", _("Calls and municipalities of application {target} chosen")),
    Verb("application.submitted", _("Application {target} submitted to {municipalities}")),
    Verb("application.taken_back", _("Application {target} withdrawn by its owner")),
    Verb("application.file_added", _("File {file} added to application {target}")),
    Verb("application.file_removed", _("File {file} removed from application {target}")),
    Verb("application.colleague_invited", _("{email} invited to application {target} as {role}"), ROLES),
    Verb("application.colleague_joined", _("{email} joined application {target} as {role}"), ROLES),
    Verb("application.colleague_removed", _("{email} removed from application {target}")),
    Verb("application.invitation_withdrawn", _("Invitation of {email} to application {target} withdrawn")),
)
