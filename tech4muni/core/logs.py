"""Log records as lines of JSON, each with the municipality and the request or task that it belongs to."""

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest

from tech4muni.core.context import current
from tech4muni.core.schemas import active_schema

# What a record may carry besides its message: an allow-list, since anything else may hold personal data.
EXTRAS: Final = ("method", "path", "status", "ms", "task", "task_id")
# Arguments of URL patterns that open a door for whoever knows them.
SECRET_ARGUMENTS: Final = frozenset({"code", "key", "secret", "signature", "token", "uidb36"})


class JsonFormatter(logging.Formatter):
    """One line of JSON per record: time, level, logger, message, schema, request id, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line; line breaks inside of it are escaped by JSON."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "schema": getattr(record, "schema", "") or schema_now(),
            "request_id": getattr(record, "request_id", "") or current().request_id,
        }
        line |= {name: getattr(record, name) for name in EXTRAS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class PathFilter(logging.Filter):
    """Takes secrets out of the paths that Django's own request log names ("Not Found: /invitation/…")."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the request's path among the record's arguments; lets every record through."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            full = {request.path, request.get_full_path()}
            record.args = tuple(loggable_path(request) if argument in full else argument for argument in record.args)
        return True


def schema_now() -> str:
    """Return the active schema's name, "" where Django has not started (gunicorn's own process)."""
    return active_schema() if apps.ready else ""


def loggable_path(request: HttpRequest) -> str:
    """Return the request's path without its query and without secrets.

    A path that no URL pattern took is cut after its first part: it may be a secret link on the wrong host.
    """
    match = getattr(request, "resolver_match", None)
    if match is None:
        return _first_part(request.path)
    path = request.path
    for name, value in match.kwargs.items():
        if name in SECRET_ARGUMENTS and value:
            path = path.replace(str(value), "…")
    return path


def _first_part(path: str) -> str:
    if path.startswith(settings.STATIC_URL):
        return path
    first, slash, rest = path.removeprefix("/").partition("/")
    return f"/{first}{slash}{'…' if rest else ''}"
