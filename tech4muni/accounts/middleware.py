"""Sessions that live on one host."""

from typing import Final

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

BOUND_TO: Final = "_host"


class HostBoundSessionMiddleware(SessionMiddleware):
    """Django's session, which is nobody's on any other host than the one it was made on.

    Host-only cookies already stay on their host; this holds even when a cookie is copied by hand.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Open the session that the cookie names, or an empty one if it belongs to another host."""
        super().process_request(request)
        if request.session.get(BOUND_TO, request.get_host()) != request.get_host():
            request.session = self.SessionStore()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Bind a session to its host when it is first written."""
        session = request.session
        if session.modified and not session.is_empty() and BOUND_TO not in session:
            session[BOUND_TO] = request.get_host()
        return super().process_response(request, response)
