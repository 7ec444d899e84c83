"""What happens on the market map and in the selection, in words for the trail.

Applications are named by their reference: everybody inside reads the trail, also those who must not see a company.
"""

from django.utils.translation import gettext_lazy as _

from solutions.selection.enums import ConflictKind, DecisionOutcome, Pool
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
register(
    Verb("criteria.prepared", _("Criteria of {challenge} taken over from the call")),
    Verb("criterion.added", _("Criterion {criterion} added with a weight of {weight}%")),
    Verb("criterion.edited", _("Criterion {criterion} changed; its weight is {weight}%")),
    Verb("criterion.removed", _("Criterion {criterion} removed")),
    Verb("criteria.frozen", _("Criteria of {challenge} frozen, digest {digest}")),
    Verb("panel_member.named", _("{person} named as a member of the panel of {challenge}")),
    Verb("panel_member.removed", _("{person} removed from the panel of {challenge}")),
    Verb("panel_member.declared", _("{person} declared their conflicts of interest for {challenge}")),
    Verb("conflict.found", _("Conflict of interest of {person} with {company}: {kind}"), {"kind": ConflictKind}),
    Verb("conflict.lifted", _("Conflict of interest of {person} with {company} lifted")),
    Verb("scoring.planned", _("Scoring of {challenge} planned: {pool}"), {"pool": Pool}),
    Verb("scorecard.edited", _("Scorecard changed, {target}")),
    Verb("scorecard.submitted", _("Scorecard handed in, {target}")),
    Verb("scorecard.reopened", _("Scorecard taken back, {target}")),
    Verb("scoring.closed", _("Scoring of {challenge} closed: {handed_in} of {expected} scorecards")),
    Verb("decision.edited", _("Decision on {challenge} written"), {"outcome": DecisionOutcome}),
    Verb("decision.proposed", _("Decision on {challenge} proposed: {outcome}"), {"outcome": DecisionOutcome}),
    Verb("decision.returned", _("Decision on {challenge} sent back")),
    Verb("decision.approved", _("Decision on {challenge} approved: {outcome}"), {"outcome": DecisionOutcome}),
    Verb("applicants.answered", _("Applicants of {challenge} answered: {number}")),
)
