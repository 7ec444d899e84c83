"""What happens on the market map and in the selection, in words for the trail.

Applications are named by their reference: everybody inside reads the trail, also those who must not see a company.
"""

from django.utils.translation import gettext_lazy as _

from tech4muni.audit.verbs import Verb, register

register(
    Verb("application.received", _("Application {target} received")),
    Verb("application.withdrawn", _("Application {target} taken back by its company")),
    Verb("application.found_eligible", _("Application {target} found eligible")),
    Verb("application.found_ineligible", _("Application {target} found not eligible")),
    Verb("application.asked_for_more", _("More information asked for on application {target}")),
    Verb("application.shortlisted", _("Application {target} put on the shortlist")),
    Verb("application.taken_off_shortlist", _("Application {target} taken off the shortlist")),
    Verb("application.invited", _("Application {target} invited to the event")),
    Verb("application.mapped", _("Application {target} placed on the market map")),
    Verb("application.judged", _("Application {target} compared with the requirements")),
    Verb("applications.opened", _("First application to {challenge} opened")),
    Verb("lead.added", _("Solution {target} added to the market map")),
    Verb("lead.edited", _("Solution {target} changed on the market map")),
    Verb("lead.judged", _("Solution {target} compared with the requirements")),
    Verb("requirement.added", _("Requirement {target} added")),
    Verb("requirement.removed", _("Requirement {target} removed")),
)
