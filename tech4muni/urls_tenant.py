"""URLs of a municipality's host."""

from django.urls import path

from tech4muni.home import views
from tech4muni.urls_shared import urlpatterns as shared

urlpatterns = [
    path("", views.municipality_home, name="home"),
    *shared,
]
