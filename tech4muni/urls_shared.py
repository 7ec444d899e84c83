"""URLs that every host has: logging in, the choice of language and of colours, the frame's own pages."""

from django.urls import include, path

from programs.middleware import ACCOUNT_PAGES, open_to_all
from programs.people.urls import account_urls
from programs.viewer import switch_language
from tech4muni.core import urls as core

# A stranger at the door of a municipality sees its frame too: the log-in page needs it.
for pattern in core.urlpatterns:
    open_to_all(pattern.callback)

urlpatterns = [
    path(ACCOUNT_PAGES, include("tech4muni.accounts.urls")),
    path(ACCOUNT_PAGES, include(account_urls)),
    path("language/", open_to_all(switch_language), name="set_language"),
    path("", include(core)),
]
