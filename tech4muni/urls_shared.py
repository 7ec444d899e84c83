"""URLs that every host has: logging in, the choice of language and of colours, the frame's own pages."""

from django.urls import include, path

from programs.middleware import open_to_all
from tech4muni.accounts.language import choose_language
from tech4muni.core import urls as core

# A stranger at the door of a municipality sees its frame too: the log-in page needs it.
for pattern in core.urlpatterns:
    open_to_all(pattern.callback)

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("language/", open_to_all(choose_language), name="set_language"),
    path("", include(core)),
]
