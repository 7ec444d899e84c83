"""Reports of errors to Sentry, where SENTRY_DSN is set: what broke and for which municipality, never whose data."""

import re
from typing import Any, Final

import sentry_sdk

from tech4muni.core import context
from tech4muni.core.logs import schema_now

ADDRESS: Final = re.compile(r"[^\s@<>()\"']+@[^\s@<>()\"']+")
# Parts of a report that can name people or carry secrets: paths and headers, the person, a task's arguments.
PERSONAL: Final = ("request", "user", "extra", "breadcrumbs")

NOTHING: Final[dict[str, Any]] = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
}


def start(address: str, *, environment: str, release: str) -> None:
    """Begin to report, if there is an address (DSN)."""
    if address:
        sentry_sdk.init(**options(address, environment=environment, release=release))


def options(address: str, *, environment: str, release: str) -> dict[str, Any]:
    """Return what `sentry_sdk.init` is told."""
    return {
        "dsn": address,
        "environment": environment,
        "release": release,
        "data_collection": NOTHING,
        "max_breadcrumbs": 0,
        "traces_sample_rate": 0.0,
        "before_send": without_people,
    }


def without_people(event: Any, hint: dict[str, Any]) -> Any:
    """Take people out of a report, and say which municipality and request it is about."""
    method = event.get("request", {}).get("method", "")
    for part in PERSONAL:
        event.pop(part, None)
    if event.get("transaction_info", {}).get("source") == "url":  # a path that fits no URL pattern
        event.pop("transaction", None)
    for exception in event.get("exception", {}).get("values", []):
        exception["value"] = ADDRESS.sub("[address]", str(exception.get("value", "")))
    if "message" in event:
        event["message"] = ADDRESS.sub("[address]", str(event["message"]))
    if "logentry" in event:
        event["logentry"] = {"message": ADDRESS.sub("[address]", str(event["logentry"].get("message", "")))}
    event["tags"] = {
        **event.get("tags", {}),
        "schema": schema_now(),
        "request_id": context.current().request_id,
        **({"method": method} if method else {}),
    }
    return event
