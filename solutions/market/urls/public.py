"""Pages on the platform's own host."""

from django.urls import URLPattern

app_name = "market"
urlpatterns: list[URLPattern] = []
