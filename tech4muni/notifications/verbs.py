"""What coordinators do with messages, for the trail."""

from django.utils.translation import gettext_lazy as _

from tech4muni.audit.verbs import Verb, register

register(
    Verb("message.held", _("Message {target} held")),
    Verb("message.released", _("Message {target} released")),
    Verb("message.hurried", _("Message {target} sent at once")),
    Verb("message.dropped", _("Message {target} dropped")),
    Verb("message.edited", _("Message {target} edited")),
)
