"""What happens to challenges, in words for the trail."""

from django.utils.translation import gettext_lazy as _

from challenges.enums import RowKind, Section
from programs.enums import Ending, Stage
from tech4muni.audit.verbs import Verb, register

STAGES = {"before": Stage, "after": Stage}

register(
    Verb("challenge.begun", _("Challenge {target} begun")),
    Verb("challenge.imported", _("Past challenge {target} taken over from public records")),
    Verb("challenge.moved", _("Challenge {target} moved from {before} to {after}"), STAGES),
    Verb("challenge.ended", _("Challenge {target} ended: {ending}"), {"ending": Ending}),
)

register(
    Verb("workshop.planned", _("Workshop {target} planned")),
    Verb("workshop.edited", _("Workshop {target} changed")),
    Verb("workshop.participants_added", _("Participants added to the workshop {target}: {number}")),
    Verb("workshop.participant_removed", _("A participant taken off the workshop {target}")),
    Verb("workshop.cards_added", _("Cards added to the workshop {target}: {number}")),
    Verb("workshop.cards_arranged", _("Cards of the workshop {target} grouped and counted")),
    Verb("card.edited", _("Card {target} changed")),
    Verb("card.removed", _("Card {target} taken away")),
    Verb("candidate.added", _("Candidate {target} added")),
    Verb("candidate.edited", _("Candidate {target} changed")),
    Verb("candidate.rated", _("Candidate {target} rated")),
    Verb("candidate.chosen", _("Candidate {target} chosen: it is the challenge {challenge} now")),
)

register(
    Verb("brief.written", _("Brief of {challenge}: {section} written in {language}"), {"section": Section}),
    Verb("brief.row_saved", _("Brief of {challenge}: {kind} changed"), {"kind": RowKind}),
    Verb("brief.row_removed", _("Brief of {challenge}: {kind} changed, one taken away"), {"kind": RowKind}),
    Verb("brief.cards_cited", _("Brief of {challenge}: cards chosen that it rests on")),
    Verb("brief.submitted", _("Brief of {challenge} handed in for approval")),
    Verb("brief.approved", _("Brief of {challenge} approved")),
    Verb("brief.edits_requested", _("Changes to the brief of {challenge} requested")),
    Verb("brief.reopened", _("Brief of {challenge} opened again for writing")),
)
