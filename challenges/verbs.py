"""What happens to challenges, in words for the trail."""

from django.utils.translation import gettext_lazy as _

from programs.enums import Ending, Stage
from tech4muni.audit.verbs import Verb, register

STAGES = {"before": Stage, "after": Stage}

register(
    Verb("challenge.begun", _("Challenge {target} begun")),
    Verb("challenge.imported", _("Past challenge {target} taken over from public records")),
    Verb("challenge.moved", _("Challenge {target} moved from {before} to {after}"), STAGES),
    Verb("challenge.ended", _("Challenge {target} ended: {ending}"), {"ending": Ending}),
)
