"""Pages on the platform's own host."""

from django.urls import URLPattern

app_name = "pilots"
urlpatterns: list[URLPattern] = []
