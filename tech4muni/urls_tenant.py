"""URLs of a municipality's host."""

from django.urls import include, path

from programs.logo import brand_logo
from programs.middleware import open_to_all
from tech4muni.home import views
from tech4muni.urls_shared import urlpatterns as shared

urlpatterns = [
    path("", views.municipality_home, name="home"),
    path("profile/", views.profile, name="profile"),
    path("history/", views.history, name="history"),
    path("brand/logo/", open_to_all(brand_logo), name="brand_logo"),
    path("", include("programs.people.urls")),
    path("", include("challenges.urls")),
    path("", include("validation.urls")),
    path("", include("solutions.market.urls.tenant")),
    path("", include("solutions.selection.urls")),
    path("", include("events.urls.tenant")),
    path("", include("pilots.urls.tenant")),
    *shared,
]

handler400 = "tech4muni.home.errors.bad_request"
handler403 = "tech4muni.home.errors.permission_denied"
handler404 = "tech4muni.home.errors.page_not_found"
handler429 = "tech4muni.home.errors.too_many_requests"  # allauth looks for it here, on all hosts
handler500 = "tech4muni.home.errors.server_error"
