"""Pages on a municipality's host."""

from django.urls import path

from events.urls.shared import shared
from events.views import mine

app_name = "events"
urlpatterns = [
    path("challenges/<uuid:challenge_id>/event/", mine.of_challenge, name="challenge"),
    *shared,
]
