"""Pages about people: one's own account on every host, the people of a municipality on its host."""

from django.urls import path

from programs.people.views import account, people, visits
from programs.people.views.invitation import invitation

account_urls = [
    path("", account.profile, name="account_profile"),
    path("sessions/", account.sessions, name="account_sessions"),
]

app_name = "people"
urlpatterns = [
    path("people/", people.people, name="list"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:public_id>/role/", people.change_role, name="role"),
    path("people/<uuid:public_id>/end/", people.end_membership, name="end"),
    path("people/invitations/<uuid:public_id>/resend/", people.resend_invitation, name="resend"),
    path("people/invitations/<uuid:public_id>/withdraw/", people.withdraw_invitation, name="withdraw"),
    path("invitation/<str:token>/", invitation, name="invitation"),
    path("visit/leave/", visits.leave_visit, name="leave_visit"),
    path("visit/over/", visits.visit_over, name="visit_over"),
    path("visit/<str:token>/", visits.visit, name="visit"),
]
