"""URLs that every host has: logging in, and the choice of language."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
]
