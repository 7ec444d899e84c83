"""Pages about applications on the platform's own host; part of `market` (solutions.market.urls.public)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
