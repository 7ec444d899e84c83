"""URLs of the platform's own host: the public portal and the coordinators' admin."""

from django.urls import include, path

from programs.people.views.visits import enter_municipality
from tech4muni.home import gallery, views
from tech4muni.home.admin_site import site
from tech4muni.urls_shared import urlpatterns as shared

urlpatterns = [
    path("", views.portal, name="portal"),
    path("admin/", site.urls),
    path("", include("solutions.market.urls.public")),
    path("", include("events.urls.public")),
    path("", include("pilots.urls.public")),
    path("enter/", enter_municipality, name="enter_municipality"),
    path("components/", gallery.gallery, name="gallery"),
    path("components/form/", gallery.gallery_form, name="gallery_form"),
    path("components/confirm/", gallery.gallery_confirm, name="gallery_confirm"),
    *shared,
]

handler400 = "tech4muni.home.errors.bad_request"
handler403 = "tech4muni.home.errors.permission_denied"
handler404 = "tech4muni.home.errors.page_not_found"
handler500 = "tech4muni.home.errors.server_error"
