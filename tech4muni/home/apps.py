"""Configuration of the home app."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Pages that bring everything together."""

    name = "tech4muni.home"
    label = "home"
