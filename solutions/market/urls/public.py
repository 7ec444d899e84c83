"""Pages on the platform's own host."""

from django.urls import include, path

from solutions.market.views import calls, questions

app_name = "market"
urlpatterns = [
    path("calls/", calls.calls, name="calls"),
    path("calls.json", calls.feed, name="calls_feed"),
    path("calls/<uuid:call_id>/", calls.call, name="call"),
    path("calls/<uuid:call_id>/ask/", questions.ask, name="ask"),
    path("", include("solutions.market.urls.applications")),
]
