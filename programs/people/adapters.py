"""How allauth fits into the product: mail through the outbox, no sign-up, limits that count across hosts."""

import uuid
from datetime import timedelta
from typing import Any, Final

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programs.mails import ACCOUNT_CHANGED, LOGIN_CODE, PASSWORD_CODE
from programs.people import tokens
from programs.people.devices import device_name
from programs.people.queries import demands_second_factor
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.hosts import host_name
from tech4muni.notifications.kinds import Kind
from tech4muni.notifications.services import enqueue

CODE_KINDS: Final[dict[str, tuple[Kind, str]]] = {
    "account/email/login_code": (LOGIN_CODE, "LOGIN_BY_CODE_TIMEOUT"),
    "account/email/password_reset_code": (PASSWORD_CODE, "PASSWORD_RESET_BY_CODE_TIMEOUT"),
}
CHANGES: Final = {
    "account/email/password_changed": _("Your password was changed."),
    "account/email/password_set": _("A password was set for your account."),
    "account/email/password_reset": _("A new password was chosen with a code sent to you."),
    "mfa/email/totp_activated": _("An authenticator app was added as a second factor."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed as a second factor."),
    "mfa/email/webauthn_added": _("A passkey was added."),
    "mfa/email/webauthn_removed": _("A passkey was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made; the old ones no longer work."),
}
MESSAGES: Final = {
    "account/messages/logged_out.txt": _("You are logged out."),
    "account/messages/password_changed.txt": _("Your password is changed. Your other sessions have ended."),
    "account/messages/password_set.txt": _("Your password is set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes are made. Keep them safe."),
}
WAYS: Final = {
    "reauthenticate": _("Type your password"),
    "mfa_reauthenticate": _("Type a code from your app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Logging in by e-mail address, on every host."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is deactivated. Please ask your coordinator."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("Type your current password."),
        "incorrect_code": _("This code is not right."),
        "incorrect_password": _("This password is not right."),
        "invalid_login": _("Type your e-mail address."),
        "rate_limited": _("Too many tries. Please wait some minutes and try again."),
        "too_many_login_attempts": _("Too many tries. Please wait some minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from invitations only."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put a code into the outbox, in the receiver's language; it is worthless when its time is over."""
        kind, timeout = CODE_KINDS[template_prefix]
        seconds: int = getattr(account_settings, timeout)
        values = {"code": context["code"], "minutes": seconds // 60, "host": host_name(self.request)}
        self._enqueue(kind, email, values, expires_in=timedelta(seconds=seconds))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody that their password or a second factor changed."""
        device = device_name(self.get_http_user_agent(self.request)) or str(_("an unknown device"))
        values = {
            "what": CHANGES[template_prefix],
            "changed_at": clock.now(),
            "device": device,
            "ip": self.get_client_ip(self.request),
        }
        self._enqueue(ACCOUNT_CHANGED, email or user.email, values)

    def _enqueue(self, kind: Kind, email: str, values: dict[str, Any], expires_in: timedelta | None = None) -> None:
        user = User.objects.filter(email=email).first()
        enqueue(
            kind.name,
            key=f"{kind.name}:{uuid.uuid4()}",
            email=email,
            language=user.language if user else get_language() or settings.LANGUAGE_CODE,
            context=values,
            user=user,
            expires_at=clock.now() + expires_in if expires_in else None,
        )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say in our words what happened, or nothing where the page says it already."""
        words = message or MESSAGES.get(message_template or "")
        if words:
            messages.add_message(request, level, words, extra_tags=extra_tags)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Name in our words the ways to prove once more who one is."""
        return [method | {"description": WAYS[method["id"]]} for method in super().get_reauthentication_methods(user)]

    def set_password(self, user: Any, password: str) -> None:
        """Save the password and nothing else."""
        user.set_password(password)
        user.updated_at = clock.now()
        user.save(update_fields=["password", "updated_at"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go back to the account's page."""
        return reverse("account_profile")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords by address, wherever they are tried."""
        return str(credentials.get("email", "")).lower()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Passkeys that work on all of the platform's hosts, and secrets that a copy of the database does not tell."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your role demands a second factor: add another one first."),
        "cannot_generate_recovery_codes": _("Recovery codes need a second factor: set one up first."),
        "incorrect_code": _("This code is not right."),
    }

    def get_totp_issuer(self) -> str:
        """Name the platform in authenticator apps."""
        return str(settings.PLATFORM_NAME)

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return tokens.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return tokens.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last second factor of somebody whose role demands one."""
        others = (
            Authenticator.objects.filter(user=authenticator.user)
            .exclude(pk=authenticator.pk)
            .exclude(type=Authenticator.Type.RECOVERY_CODES)
        )
        return others.exists() or not demands_second_factor(authenticator.user)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """Suggest a name that says on which device a passkey is."""
        return device_name(context.request.headers.get("User-Agent", "")) or str(_("Passkey"))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Let a passkey count on all hosts below the platform's; on other hosts it counts there only.

        Browsers refuse a shared name without a dot, such as localhost.
        """
        host = host_name(context.request)
        shared = settings.PLATFORM_HOST
        is_below = host == shared or host.endswith(f".{shared}")
        return {"id": shared if is_below and "." in shared else host, "name": settings.PLATFORM_NAME}
