"""Configuration of the accounts app."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from tech4muni.accounts.sessions import STARTED


class AccountsConfig(AppConfig):
    """Users and their sign-in."""

    name = "tech4muni.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Let a session's clocks start anew at each log-in."""
        user_logged_in.connect(start_clocks, dispatch_uid="accounts.start_clocks")


def start_clocks(sender: Any, request: Any, **kwargs: Any) -> None:
    """Forget when the anonymous session began that became this person's."""
    request.session.pop(STARTED, None)
