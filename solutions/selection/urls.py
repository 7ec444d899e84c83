"""Pages about the market map and the selection, on a municipality's host."""

from django.urls import path

from solutions.selection import urls_evaluation
from solutions.selection.views import applications, market_map, screening

app_name = "selection"
CHALLENGE = "challenges/<uuid:challenge_id>/"
MAP = f"{CHALLENGE}market-map/"
LIST = f"{CHALLENGE}applications/"
ONE = f"{LIST}<uuid:release_id>/"

urlpatterns = [
    path(MAP, market_map.market_map, name="map"),
    path(f"{MAP}fit/", market_map.fit_matrix, name="map_fit"),
    path(f"{MAP}add/", market_map.add_lead, name="map_add"),
    path(f"{MAP}requirements/", market_map.requirements, name="map_requirements"),
    path(
        f"{MAP}requirements/<uuid:requirement_id>/remove/",
        market_map.remove_requirement,
        name="map_requirement_remove",
    ),
    path(f"{MAP}<uuid:lead_id>/", market_map.edit_lead, name="map_lead"),
    path(f"{MAP}<uuid:lead_id>/fit/", market_map.judge_lead, name="map_judge"),
    path(LIST, applications.applications, name="applications"),
    path(f"{LIST}export/", applications.export, name="applications_export"),
    path(f"{LIST}several/", screening.bulk, name="applications_several"),
    path(f"{LIST}invite/", screening.invite_shortlisted, name="applications_invite"),
    path(ONE, applications.application, name="application"),
    path(f"{ONE}files/<uuid:file_id>/", applications.application_file, name="application_file"),
    path(f"{ONE}ineligible/", screening.find_ineligible, name="application_ineligible"),
    path(f"{ONE}ask/", screening.ask_more, name="application_ask_more"),
    path(f"{ONE}eligible/", screening.step, {"step": "eligible"}, name="application_eligible"),
    path(f"{ONE}shortlist/", screening.step, {"step": "shortlist"}, name="application_shortlist"),
    path(f"{ONE}off-shortlist/", screening.step, {"step": "take_off"}, name="application_take_off"),
    *urls_evaluation.urlpatterns,
]
