"""Pages about challenges, on a municipality's host."""

from django.urls import path

from challenges.views import challenges

app_name = "challenges"
urlpatterns = [
    path("challenges/", challenges.challenges, name="list"),
    path("challenges/<uuid:challenge_id>/", challenges.challenge, name="challenge"),
    path("challenges/<uuid:challenge_id>/move/", challenges.move_on, name="move_on"),
    path("challenges/<uuid:challenge_id>/move/early/", challenges.move_early, name="move_early"),
    path("challenges/<uuid:challenge_id>/move/back/", challenges.move_back, name="move_back"),
]
