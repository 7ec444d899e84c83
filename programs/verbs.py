"""What happens to municipalities, their hosts and their people, in words for the trails."""

from django.utils.translation import gettext_lazy as _

from programs.enums import Role, Stage
from tech4muni.audit.verbs import Verb, register

ROLES = {"role": Role, "before": Role, "after": Role}

register(
    Verb("municipality.created", _("Municipality {target} created with the host {host}")),
    Verb("municipality.opened", _("Municipality {target} opened")),
    Verb("municipality.schema_asked", _("The workspace of {target} is being prepared again")),
    Verb("municipality.edited", _("Details of {target} changed")),
    Verb("municipality.suspended", _("Municipality {target} suspended")),
    Verb("municipality.resumed", _("Municipality {target} opened again")),
    Verb("host.added", _("Host {host} added to {target}")),
    Verb("host.changed", _("Host {before} of {target} changed to {after}")),
    Verb("host.made_primary", _("Host {host} made the primary one of {target}")),
    Verb("host.removed", _("Host {host} of {target} removed")),
)

register(
    Verb("account.profile_changed", _("Account of {target} changed")),
    Verb("account.sessions_ended", _("Other sessions of {target} ended")),
    Verb("account.password_set", _("Password of {target} set")),
    Verb("account.password_changed", _("Password of {target} changed")),
    Verb("account.password_reset", _("Password of {target} chosen anew with a code")),
    Verb("account.second_factor_added", _("Second factor added to the account of {target}")),
    Verb("account.second_factor_removed", _("Second factor removed from the account of {target}")),
    Verb("account.recovery_codes_made", _("Recovery codes made for the account of {target}")),
    Verb("invitation.sent", _("{email} invited as {role}"), ROLES),
    Verb("invitation.sent_again", _("Invitation {target} sent again")),
    Verb("invitation.withdrawn", _("Invitation {target} withdrawn")),
    Verb("invitation.accepted", _("{target} joined as {role}"), ROLES),
    Verb("membership.role_changed", _("Role of {target} changed from {before} to {after}"), ROLES),
    Verb("membership.ended", _("Membership of {target} as {role} ended"), ROLES),
    Verb("person.deactivated", _("Account of {target} deactivated")),
    Verb("person.reactivated", _("Account of {target} opened again")),
    Verb("person.anonymised", _("Account {target} anonymised")),
    Verb("person.appointed", _("{target} appointed as coordinator")),
    Verb("person.dismissed", _("{target} dismissed as coordinator")),
    Verb("visit.began", _("Visit of {coordinator} to {target} began")),
    Verb("visit.ended", _("Visit of {coordinator} to {target} ended")),
    Verb("visit.ran_out", _("Visit of {coordinator} to {target} ended after an hour")),
)

register(
    Verb("brand.saved", _("Brand {target} saved")),
    Verb("program.created", _("Program {target} created")),
    Verb("program.edited", _("Details of the program {target} changed")),
    Verb("window.set", _("Window of {stage} set in {target}"), {"stage": Stage}),
    Verb("participation.begun", _("{target} takes part in {program}")),
    Verb("participation.handed_over", _("{target} looked after by {coordinator} in {program}")),
    Verb("participation.ended", _("{target} takes part in {program} no more")),
    Verb("joint_challenge.saved", _("Joint challenge {target} saved")),
)
