"""Pages on the platform's own host."""

from django.urls import include, path

app_name = "market"
urlpatterns = [
    path("", include("solutions.market.urls.applications")),
]
