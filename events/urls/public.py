"""Pages on the platform's own host: coordinators run events, and companies choose and meet."""

from django.urls import path

from events.urls.shared import shared
from events.views import delegations, events, mine, timetables

EVENT = "events/<uuid:event_id>/"
DELEGATION = f"{EVENT}delegations/<uuid:delegation_id>/"
TIMETABLE = f"{EVENT}timetables/<int:number>/"

app_name = "events"
urlpatterns = [
    path("events/", events.events, name="list"),
    path("events/new/", events.new, name="new"),
    path("events/mine/", mine.mine, name="mine"),
    path(EVENT, events.event, name="event"),
    path(f"{EVENT}edit/", events.edit, name="edit"),
    path(f"{EVENT}days/", events.days, name="days"),
    path(f"{EVENT}steps/<slug:step>/", events.take_step, name="step"),
    path(f"{EVENT}gather/", delegations.gather, name="gather"),
    path(DELEGATION, delegations.delegation, name="delegation"),
    path(f"{DELEGATION}limits/", delegations.limits, name="limits"),
    path(f"{DELEGATION}people/", delegations.add_delegate, name="add_delegate"),
    path(f"{DELEGATION}people/<int:delegate_id>/", delegations.edit_delegate, name="edit_delegate"),
    path(f"{DELEGATION}people/<int:delegate_id>/remove/", delegations.remove_delegate, name="remove_delegate"),
    path(f"{EVENT}timetables/", timetables.ask, name="ask"),
    path(TIMETABLE, timetables.timetable, name="timetable"),
    path(f"{TIMETABLE}publish/", timetables.publish, name="publish"),
    path(f"{TIMETABLE}problem.json", timetables.problem, name="problem"),
    path(f"{TIMETABLE}plan.json", timetables.plan, name="plan"),
    *shared,
]
