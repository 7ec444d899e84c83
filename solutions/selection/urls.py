"""Pages about the market map and the selection, on a municipality's host."""

from django.urls import URLPattern

app_name = "selection"
urlpatterns: list[URLPattern] = []
