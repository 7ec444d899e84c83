"""Pages that both sides have, each on its own host."""

from django.urls import path

from events.views import agendas, choices, meetings

EVENT = "events/<uuid:event_id>/"
MEETING = f"{EVENT}meetings/<uuid:meeting_id>/"

shared = [
    path(f"{EVENT}choices/", choices.choices, name="choices"),
    path(f"{EVENT}choices/<uuid:delegation_id>/", choices.choose, name="choose"),
    path(f"{EVENT}agenda/", agendas.agenda, name="agenda"),
    path("events/agenda/<str:token>.ics", agendas.feed, name="feed"),
    path(MEETING, meetings.meeting, name="meeting"),
    path(f"{MEETING}held/", meetings.held, name="held"),
    path(f"{MEETING}missed/", meetings.missed, name="missed"),
    path(f"{MEETING}confirm/", meetings.confirm, name="confirm"),
]
