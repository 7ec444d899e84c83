"""Configuration of the accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users and their sign-in."""

    name = "tech4muni.accounts"
    label = "accounts"
    verbose_name = _("People")
