"""What follows when allauth changed a password or a second factor, and when somebody logged out."""

from typing import Any, Final

from allauth.account import signals as account_signals
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as factor_signals
from django.contrib.auth.signals import user_logged_out
from django.dispatch import Signal
from django.http import HttpRequest

from programs.middleware import VISIT_KEY
from programs.models import Visit
from programs.people.services import visits
from programs.people.services.accounts import account_secured
from tech4muni.accounts.models import User

VERBS: Final[dict[Signal, str]] = {
    account_signals.password_set: "account.password_set",
    account_signals.password_changed: "account.password_changed",
    account_signals.password_reset: "account.password_reset",
    factor_signals.authenticator_added: "account.second_factor_added",
    factor_signals.authenticator_removed: "account.second_factor_removed",
    factor_signals.authenticator_reset: "account.recovery_codes_made",
}


def connect() -> None:
    """Listen to allauth."""
    for signal in VERBS:
        signal.connect(secure, dispatch_uid="programs.people")
    factor_signals.authenticator_added.connect(count_as_proof, dispatch_uid="programs.people.proof")
    user_logged_out.connect(end_visit, dispatch_uid="programs.people.visit")


def secure(sender: Any, signal: Signal, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """End the person's other sessions, on all hosts, and note what changed."""
    own = request.user.is_authenticated and request.user.pk == user.pk
    factor = kwargs.get("authenticator")
    data = {"kind": factor.type} if factor else {}
    account_secured(VERBS[signal], user, keep=request.session if own else None, **data)


def count_as_proof(sender: Any, request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    """Whoever has just set a factor up has shown it: do not ask for it again before showing the recovery codes."""
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)


def end_visit(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Whoever logs out of the session of a visit ends the visit."""
    public_id = request.session.get(VISIT_KEY)
    visit = Visit.objects.filter(public_id=public_id).first() if public_id else None
    if visit is not None:
        visits.leave(visit.pk)
