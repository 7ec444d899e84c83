"""Pages of those who apply, on the platform's own host; `urls.public` takes them in."""

from typing import Final

from django.urls import URLPattern, path

from solutions.market.views.applications import files, pages, people, starting, submitting, writing

ONE: Final = "applications/<uuid:application_id>/"

urlpatterns: list[URLPattern] = [
    path("calls/<uuid:call_id>/apply/", starting.apply, name="apply"),
    path("calls/<uuid:call_id>/apply/sent/", starting.link_sent, name="link_sent"),
    path("applications/", pages.applications, name="applications"),
    path("applications/link/<str:token>/", starting.application_link, name="application_link"),
    path(ONE, pages.application, name="application"),
    path(f"{ONE}section/<slug:section>/", writing.application_section, name="application_section"),
    path(f"{ONE}calls/", writing.application_calls, name="application_calls"),
    path(f"{ONE}calls/<uuid:call_id>/", writing.application_proposal, name="application_proposal"),
    path(f"{ONE}calls/<uuid:call_id>/leave-out/", writing.application_call_drop, name="application_call_drop"),
    path(f"{ONE}files/", files.application_files, name="application_files"),
    path(f"{ONE}files/<uuid:file_id>/", files.application_file, name="application_file"),
    path(f"{ONE}files/<uuid:file_id>/remove/", files.application_file_remove, name="application_file_remove"),
    path(f"{ONE}people/", people.application_people, name="application_people"),
    path(f"{ONE}people/<int:person_id>/remove/", people.application_person_remove, name="application_person_remove"),
    path(
        f"{ONE}invitations/<int:link_id>/withdraw/",
        people.application_invitation_withdraw,
        name="application_invitation_withdraw",
    ),
    path(f"{ONE}check/", submitting.application_check, name="application_check"),
    path(f"{ONE}sent/", pages.sent_page, name="application_sent"),
    path(f"{ONE}withdraw/", submitting.application_withdraw, name="application_withdraw"),
]
