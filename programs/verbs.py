"""What happens to municipalities and their hosts, for the trails."""

from django.utils.translation import gettext_lazy as _

from tech4muni.audit.verbs import Verb, register

register(
    Verb("municipality.created", _("Municipality {target} created with the host {host}")),
    Verb("municipality.opened", _("Municipality {target} opened")),
    Verb("municipality.edited", _("Details of {target} changed")),
    Verb("municipality.suspended", _("Municipality {target} suspended")),
    Verb("municipality.resumed", _("Municipality {target} opened again")),
    Verb("host.added", _("Host {host} added to {target}")),
    Verb("host.changed", _("Host {before} of {target} changed to {after}")),
    Verb("host.removed", _("Host {host} of {target} removed")),
)
