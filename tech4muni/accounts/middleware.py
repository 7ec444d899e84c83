"""Sessions that live on one host, and not for ever."""

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from tech4muni.accounts import sessions
from tech4muni.core import clock
from tech4muni.core.hosts import host_name


class HostBoundSessionMiddleware(SessionMiddleware):
    """Django's session, which is nobody's on any other host than the one it was made on.

    Host-only cookies already stay on their host; this holds even when a cookie is copied by hand. A session that
    names no host, or that is over, is nobody's either.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Open the session that the cookie names, or an empty one if it does not count here."""
        super().process_request(request)
        session = request.session
        if session.session_key is None:
            return
        if not sessions.belongs_to(session, host_name(request)):
            request.session = self.SessionStore()
        elif sessions.is_over(session, clock.now()):
            session.flush()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Bind a session to its host when it is first written, and keep when it was last used."""
        session = request.session
        if not session.is_empty():
            if not sessions.is_bound(session) and session.modified:
                sessions.bind(session, host=host_name(request), now=clock.now())
            sessions.note_seen(session, clock.now())
        return super().process_response(request, response)
