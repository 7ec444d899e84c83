"""The table: every URL name of both hosts, and what each of the cast gets from GET and from an empty POST.

Each app's rows stand in a module of their own, in `apps`.
"""

from typing import Any, Final

from tests.access.answers import (
    LOGIN,
    MUNICIPALITY,
    PUBLIC,
    SHUT,
    Row,
    account,
    admin,
    both,
    coordinators,
    everyone,
    factor_holders,
    inside,
    managers,
    signed_in,
    signing_in,
)
from tests.access.apps import ROWS
from tests.access.world import World


def membership_of(world: World) -> dict[str, Any]:
    """Name a member of the municipality."""
    return {"public_id": world.people["member"].public_id}


def invitation_of(world: World) -> dict[str, Any]:
    """Name an open invitation of the municipality."""
    return {"public_id": world.rows[world.here.schema_name]["invitation"].public_id}


TABLE: Final[list[Row]] = [
    # -- both hosts: the frame
    *both("set_language", everyone(405), everyone(302)),
    *both("core:theme", everyone(405), everyone(302)),
    *both("core:accessibility", everyone(200), everyone(405)),
    *both("core:privacy", everyone(200), everyone(405)),
    *both("core:brand-css", everyone(200), everyone(405), lambda _world: {"colour": "0b5d7a"}),
    # -- both hosts: logging in
    *account("account_login", signing_in(200), signing_in(422)),
    *both("account_logout", signed_in(200, nobody=302, deactivated=302), everyone(302)),
    *account("account_confirm_login_code", everyone(302), everyone(302)),
    *account("account_inactive", everyone(200), everyone(405)),
    *account("account_reset_password", everyone(200), everyone(422)),
    *account("account_confirm_password_reset_code", everyone(302), everyone(302)),
    *account("account_complete_password_reset", everyone(302), everyone(302)),
    *account("account_password_reset_completed", everyone(200), everyone(405)),
    *account("mfa_authenticate", everyone(302), everyone(302)),
    *account("mfa_login_webauthn", everyone(302), everyone(302)),
    # -- both hosts: one's own account
    *account("account_profile", signed_in(200), signed_in(422)),
    *account("account_sessions", signed_in(200), signed_in(302)),
    *account("account_change_password", signed_in(200), signed_in(422)),
    *account("account_set_password", signed_in(302), signed_in(302)),
    *account("account_reauthenticate", signed_in(200), signed_in(422)),
    *account("mfa_index", signed_in(200), signed_in(405)),
    *account("mfa_activate_totp", signed_in(302), signed_in(302)),
    *account("mfa_deactivate_totp", factor_holders(302, others=404), factor_holders(302, others=404)),
    *account("mfa_add_webauthn", signed_in(302), signed_in(302)),
    *account("mfa_edit_webauthn", signed_in(302), signed_in(302), lambda _world: {"pk": 1}),
    *account("mfa_remove_webauthn", signed_in(302), signed_in(302), lambda _world: {"pk": 1}),
    *account("mfa_generate_recovery_codes", signed_in(302), signed_in(302)),
    *account("mfa_view_recovery_codes", signed_in(404), signed_in(405)),
    *account("mfa_download_recovery_codes", signed_in(404), signed_in(404)),
    *account("mfa_reauthenticate", factor_holders(200, others=302), factor_holders(422, others=302)),
    *account("mfa_reauthenticate_webauthn", signed_in(302), signed_in(302)),
    # -- the public host
    Row(PUBLIC, "portal", everyone(200), everyone(405)),
    Row(PUBLIC, "gallery", coordinators(200), coordinators(405)),
    Row(PUBLIC, "gallery_form", coordinators(200), coordinators(422)),
    Row(PUBLIC, "gallery_confirm", coordinators(200), coordinators(405)),
    Row(PUBLIC, "enter_municipality", coordinators(200), coordinators(422)),
    # -- the public host: the coordinators' admin
    Row(PUBLIC, "admin:index", coordinators(200), coordinators((200, 405))),
    Row(PUBLIC, "admin:health", coordinators(200), coordinators(405)),
    Row(PUBLIC, "admin:jsi18n", coordinators(200), coordinators((200, 405))),
    Row(PUBLIC, "admin:login", everyone(LOGIN), everyone(LOGIN)),
    Row(PUBLIC, "admin:logout", coordinators(302), coordinators(302)),
    *admin(
        "programs_municipality",
        "municipality",
        add=coordinators(200),
        post_add=coordinators(422),
        post_change=coordinators(422),
    ),
    *admin(
        "programs_domain", "domain", add=coordinators(200), post_add=coordinators(422), post_change=coordinators(422)
    ),
    *admin(
        "programs_membership",
        "membership",
        add=SHUT,
        post_add=SHUT,
        post_change=coordinators(422),
    ),
    *admin("programs_invitation", "invitation", add=coordinators(200), post_add=coordinators(422), post_change=SHUT),
    *admin("programs_visit", "visit", add=SHUT, post_add=SHUT, post_change=SHUT),
    *admin("accounts_user", "user", add=coordinators(200), post_add=coordinators(422), post_change=SHUT),
    *admin("notifications_message", "message", add=SHUT, post_add=SHUT, post_change=coordinators(422)),
    *admin("audit_entry", "entry", add=SHUT, post_add=SHUT, post_change=SHUT),
    Row(PUBLIC, "admin:programs_municipality_export", coordinators(200), coordinators(200)),
    Row(PUBLIC, "admin:programs_membership_export", coordinators(200), coordinators(200)),
    Row(PUBLIC, "admin:notifications_message_export", coordinators(200), coordinators(200)),
    # -- a municipality's host
    Row(MUNICIPALITY, "profile", managers(200), managers(422)),
    Row(MUNICIPALITY, "people:visit", everyone(404), everyone(404), lambda _world: {"token": "x" * 43}),
    Row(MUNICIPALITY, "people:visit_over", everyone(200), everyone(405)),
    Row(MUNICIPALITY, "people:leave_visit", inside(405), inside((302, 404), visitor=302)),
    Row(MUNICIPALITY, "home", inside(200), inside(405)),
    Row(MUNICIPALITY, "brand_logo", everyone(404), everyone(405)),
    Row(MUNICIPALITY, "history", inside(200), inside(405)),
    Row(MUNICIPALITY, "people:list", inside(200), inside(405)),
    Row(MUNICIPALITY, "people:invite", managers(200), managers(422)),
    Row(MUNICIPALITY, "people:role", managers(200), managers(422), membership_of),
    # Everybody may end their own membership.
    Row(MUNICIPALITY, "people:end", managers(200, member=200), managers(302, member=302), membership_of),
    Row(MUNICIPALITY, "people:resend", inside(405), managers(302), invitation_of),
    Row(MUNICIPALITY, "people:withdraw", inside(405), managers(302), invitation_of),
    Row(MUNICIPALITY, "people:invitation", everyone(404), everyone(404), lambda _world: {"token": "x" * 43}),
    # -- the apps
    *ROWS,
]
