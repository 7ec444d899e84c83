"""Configuration of the core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The bottom of the house."""

    name = "tech4muni.core"
    label = "core"
