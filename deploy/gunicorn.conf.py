"""gunicorn's configuration for production: `python -m gunicorn --config deploy/gunicorn.conf.py tech4muni.wsgi`."""

from pathlib import Path

from tech4muni.settings import env
from tech4muni.settings.logs import logging_config

bind = env.text("BIND", "0.0.0.0:8000")

# A thread has a database connection of its own: workers times threads stay well below PostgreSQL's max_connections.
worker_class = "gthread"
workers = env.integer("WEB_WORKERS", default=2, low=1, high=32)
threads = env.integer("WEB_THREADS", default=4, low=1, high=32)

timeout = 60
graceful_timeout = 30
keepalive = 75
# A connection keeps the memory of every schema it has touched (docs/tenancy.md): workers are renewed, not all at once.
max_requests = env.integer("WEB_MAX_REQUESTS", default=2000, low=0, high=1_000_000)
max_requests_jitter = max_requests // 5

# Only the proxy says by X-Forwarded-Proto that a request came over TLS; from anybody else the header means nothing.
forwarded_allow_ips = ",".join(env.words("TRUSTED_PROXY_ADDRESSES", ("127.0.0.1",)))
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""

control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  the heartbeat's file, kept in memory
accesslog = None  # the product writes a line per request, without secrets (core.middleware.AccessLogMiddleware)
logconfig_dict = logging_config(
    form=env.choice("LOG_FORM", ("json", "text"), default="json"),
    level=env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
)
