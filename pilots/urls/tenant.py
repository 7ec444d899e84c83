"""Pages on a municipality's host."""

from django.urls import path

from pilots.urls.desk import pages
from pilots.views import pilots
from pilots.views.desk import at_city

app_name = "pilots"
urlpatterns = [
    path("challenges/<uuid:challenge_id>/pilots/", pilots.pilots, name="list"),
    path("challenges/<uuid:challenge_id>/pilots/begin/<uuid:release_id>/", pilots.begin, name="begin"),
    *pages("challenges/<uuid:challenge_id>/pilots/<uuid:pilot_id>/", at_city),
]
