"""Pages on a municipality's host."""

from django.urls import URLPattern

app_name = "events"
urlpatterns: list[URLPattern] = []
