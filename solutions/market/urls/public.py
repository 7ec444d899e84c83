"""Pages on the platform's own host."""

from django.urls import URLPattern

from solutions.market.urls import applications

app_name = "market"
urlpatterns: list[URLPattern] = [*applications.urlpatterns]
