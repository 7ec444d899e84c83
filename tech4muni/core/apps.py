"""Configuration of the core app."""

from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The bottom of the house."""

    name = "tech4muni.core"
    label = "core"

    def ready(self) -> None:
        """Make the system checks known."""
        import_module("tech4muni.core.checks")
