"""URLs of the frame, on every host and open to everybody."""

from django.urls import path, register_converter

from tech4muni.core import views


class ColourConverter:
    """Six hexadecimal digits in small letters."""

    regex = "[0-9a-f]{6}"

    def to_python(self, value: str) -> str:
        """Keep the digits as they are."""
        return value

    def to_url(self, value: str) -> str:
        """Keep the digits as they are."""
        return value


register_converter(ColourConverter, "colour")

app_name = "core"
urlpatterns = [
    path("brand/<colour:colour>.css", views.brand_css, name="brand-css"),
    path("theme/", views.choose_theme, name="theme"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
