"""Pages about people: on every host one's own account."""

from django.urls import path

from programs.people.views import account

account_urls = [
    path("", account.profile, name="account_profile"),
    path("sessions/", account.sessions, name="account_sessions"),
]
