"""What happens in pilots, in words for the trail."""

from django.utils.translation import gettext_lazy as _

from pilots.enums import EvidenceKind, PilotOutcome, PilotSide
from tech4muni.audit.verbs import Verb, register

SIDE = {"side": PilotSide}

register(
    Verb("pilot.begun", _("Pilot {target} begun")),
    Verb("pilot.plan_changed", _("Plan of the pilot {target} changed")),
    Verb("pilot.kpi_set", _("KPI {kpi} of the pilot {target} set")),
    Verb("pilot.milestone_set", _("Milestone {milestone} of the pilot {target} set")),
    Verb("pilot.milestone_removed", _("Milestone {milestone} of the pilot {target} removed")),
    Verb("pilot.agreed", _("Plan of the pilot {target} agreed to by: {side}"), SIDE),
    Verb("pilot.started", _("Pilot {target} started")),
    Verb("milestone.begun", _("Work on the milestone {milestone} of the pilot {target} begun")),
    Verb("milestone.delivered", _("Milestone {milestone} of the pilot {target} delivered")),
    Verb("milestone.accepted", _("Milestone {milestone} of the pilot {target} accepted")),
    Verb("milestone.rejected", _("Milestone {milestone} of the pilot {target} sent back")),
    Verb("milestone.cancelled", _("Pilot {target} does without the milestone {milestone}")),
    Verb("evidence.added", _("Entry {number} ({kind}) added to the ledger of {target}"), {"kind": EvidenceKind}),
    Verb("evidence.countersigned", _("Entry {number} in the ledger of {target} countersigned")),
    Verb("pilot.review_begun", _("Review of the pilot {target} begun")),
    Verb("pilot.reviewed", _("Review of the pilot {target} written by: {side}"), SIDE),
    Verb("pilot.extended", _("Pilot {target} extended until {until}")),
    Verb("pilot.decided", _("Pilot {target} decided: {outcome}"), {"outcome": PilotOutcome}),
)
