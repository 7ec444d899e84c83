"""Pages on the platform's own host."""

from django.urls import path

from solutions.market.urls import applications
from solutions.market.views import calls, questions

app_name = "market"
urlpatterns = [
    path("calls/", calls.calls, name="calls"),
    path("calls.json", calls.feed, name="calls_feed"),
    path("calls/<uuid:call_id>/", calls.call, name="call"),
    path("calls/<uuid:call_id>/ask/", questions.ask, name="ask"),
    *applications.urlpatterns,
]
