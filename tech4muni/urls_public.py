"""URLs of the platform's own host: the public portal and the coordinators' admin."""

from django.urls import path

from tech4muni.home import views
from tech4muni.home.admin_site import site
from tech4muni.urls_shared import urlpatterns as shared

urlpatterns = [
    path("", views.portal, name="portal"),
    path("admin/", site.urls),
    *shared,
]
