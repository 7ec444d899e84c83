"""Where log records go: to standard error, as JSON for machines or as text for a person at a terminal."""

from typing import Any


def logging_config(*, form: str, level: str) -> dict[str, Any]:
    """Return the configuration for Python's logging, the same for web, worker and beat.

    Args:
        form: `json` or `text`.
        level: the least level that is written, such as `INFO`.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "tech4muni.core.logs.JsonFormatter"},
            "text": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        },
        "filters": {"paths": {"()": "tech4muni.core.logs.PathFilter"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["paths"]},
        },
        "root": {"handlers": ["console"], "level": level},
        # These come with handlers of their own, which would write each record twice.
        "loggers": {
            name: {"handlers": [], "propagate": True}
            for name in ("django", "django.server", "gunicorn.access", "gunicorn.error")
        },
    }
