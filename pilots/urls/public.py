"""Pages on the platform's own host: the company's side of a pilot, and what everybody may read."""

from django.urls import path

from pilots.urls.desk import pages
from pilots.views import pilots, results
from pilots.views.desk import at_company

app_name = "pilots"
urlpatterns = [
    path("pilots/", pilots.mine, name="mine"),
    *pages("pilots/<uuid:entry_id>/", at_company),
    path("results/", results.results, name="results"),
    path("results/<uuid:entry_id>/", results.result, name="result"),
]
