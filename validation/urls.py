"""Pages about validation, on a municipality's host."""

from django.urls import URLPattern

app_name = "validation"
urlpatterns: list[URLPattern] = []
