"""Settings that hold everywhere; what differs by place is in `dev`, `test` and `production`."""

from pathlib import Path
from typing import Any

import bootstrap
import django_stubs_ext
import fontpkg_rubik
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from tech4muni.settings import env, files
from tech4muni.settings.logs import logging_config

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]

# -- Hosts: the platform's own host is public; every municipality has hosts of its own (programs.Domain).
PLATFORM_NAME = env.text("PLATFORM_NAME", "Tech4Muni")
PLATFORM_HOST = env.host("PLATFORM_HOST", "localhost")
ADDRESS_FORM = "https://{host}"  # of links to other hosts, and in mails
ALLOWED_HOSTS = ["*"]  # programs.hosts.middleware answers 404 to every host it does not know
ROOT_URLCONF = "tech4muni.urls_tenant"
PUBLIC_SCHEMA_URLCONF = "tech4muni.urls_public"

# -- Apps: the public schema holds what crosses municipalities, a municipality's schema what is its own.
SHARED_APPS = [
    "django_tenants",
    "tech4muni.core",
    "tech4muni.accounts",
    "tech4muni.audit",
    "tech4muni.notifications",
    "programs",
    "solutions.market",
    "events",
    "tech4muni.home",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "import_export",
]
TENANT_APPS = [
    "tech4muni.audit",
    "challenges",
    "validation",
    "solutions.selection",
    "pilots",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]

TENANT_MODEL = "programs.Municipality"
TENANT_DOMAIN_MODEL = "programs.Domain"
TENANT_LIMIT_SET_CALLS = True  # one SET search_path per request instead of one per cursor
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

MIDDLEWARE = [
    "tech4muni.core.middleware.RequestContextMiddleware",  # request id and one `now`, before anything can log
    "tech4muni.home.middleware.HealthMiddleware",  # /healthz and /readyz, on any host and without TLS
    "tech4muni.core.middleware.AccessLogMiddleware",
    "tech4muni.core.middleware.ResponseHeadersMiddleware",  # on every answer, so outside of what chooses the host
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # static files on any host: error pages wear them too
    "programs.hosts.middleware.HostMiddleware",  # chooses the schema, so before anything that reads the database
    "django.middleware.locale.LocaleMiddleware",
    "programs.hosts.middleware.ClosedHostMiddleware",  # unknown and suspended hosts end here, dressed and translated
    "django.middleware.security.SecurityMiddleware",  # redirects to HTTPS, once the host is known
    "tech4muni.accounts.middleware.HostBoundSessionMiddleware",  # Django's session, bound to one host
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "programs.middleware.ActorMiddleware",  # who acts here, and no stranger past the door of a municipality
    "programs.viewer.ViewerMiddleware",  # the person's language and clock, once the person is known
    "programs.people.middleware.SecondFactorMiddleware",  # nothing else before one is set up
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "tech4muni.core.context_processors.platform",
                "programs.brand.context",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets of our own live in templates/, too
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5-responsive.html"

# -- People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SECOND_FACTOR_REQUIRED = True  # of coordinators and municipal leads
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # X-Forwarded-For is nobody's word unless a proxy of ours wrote it
ACCOUNT_ADAPTER = "programs.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # what allauth asks to know of; there is no sign-up
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proven by the invitation or by a code
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail from us because somebody typed their address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True  # how long is for accounts.sessions to say
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 1  # time: every code is a mail to somebody who may not have asked for it
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {
    "login": "60/10m/ip",
    "login_failed": "30/10m/ip,5/5m/key",
    "request_login_code": "60/10m/ip,3/5m/key,6/h/key",
    "reset_password": "20/10m/ip,3/5m/key,6/h/key",
}
MFA_ADAPTER = "programs.people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True

# -- Cookies: host-only, so that a session made on one host is nobody on another
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tech4muni.home.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
THEME_COOKIE_NAME = "__Host-theme"
ZONE_COOKIE_NAME = "__Host-zone"  # set by static/js/app.js
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- Browser security
CONTENT_SECURITY_POLICY: dict[str, dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
UNUSED_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
RESPONSE_HEADERS = {  # core.middleware.ResponseHeadersMiddleware, where an answer does not say otherwise
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [
            *(f"{feature}=()" for feature in UNUSED_FEATURES),
            "fullscreen=(self)",
            "publickey-credentials-create=(self)",
            "publickey-credentials-get=(self)",
        ]
    ),
    "X-Permitted-Cross-Domain-Policies": "none",
}

# -- Words and time
LANGUAGE_CODE = "en-gb"
LANGUAGES = [
    ("en-gb", _("English")),
    ("de", _("German")),
    ("he", _("Hebrew")),
    ("mk", _("Macedonian")),
    ("sq", _("Albanian")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["tech4muni.core.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

# -- Files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", Path(bootstrap.__path__[0])),
    ("fonts", Path(fontpkg_rubik.__path__[0]) / "files"),
]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / "media")))
STORAGES: files.StorageSettings = {"default": files.LOCAL, "staticfiles": files.UNHASHED}
MEDIA_URL = ""  # files are streamed by views that check the right, never served by path

# -- Later: Celery
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_DB_REUSE_MAX = 1000  # else Celery closes the connection after each task
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_REDIRECT_STDOUTS = False  # LOGGING below holds for workers too (celery.py)
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
# Redelivery after a killed worker: above the longest task, swept often (kombu's defaults wait about 100 s longer).
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 10,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # of a sender's connection: a request does not wait for the broker, see core.later
}
# Making schemas needs the owner of the tables; with a queue of its own for it, other workers can run without that right
# (docs/operating.md).
CELERY_TASK_ROUTES = {"programs.tasks.provision_*": {"queue": env.text("PROVISIONING_QUEUE", "celery")}}
# What beat sends is worthless when the next one comes: `expires` keeps a queue short while no worker runs.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "core.beat": {"task": "core.beat", "schedule": 30, "options": {"expires": 30}},
    "notifications.deliver_due": {"task": "notifications.deliver_due", "schedule": 30, "options": {"expires": 30}},
    "audit.verify_trails": {
        "task": "audit.verify_trails",
        "schedule": crontab(hour="2", minute="17"),
        "options": {"expires": 3600},
    },
    "accounts.forget_ended_sessions": {
        "task": "accounts.forget_ended_sessions",
        "schedule": crontab(hour="3", minute="7"),
        "options": {"expires": 3600},
    },
    "programs.end_overdue_visits": {"task": "programs.end_overdue_visits", "schedule": 60, "options": {"expires": 60}},
    "programs.carry_out_due": {"task": "programs.carry_out_due", "schedule": 30, "options": {"expires": 30}},
    "provision-waiting": {"task": "programs.tasks.provision_waiting", "schedule": 60.0, "options": {"expires": 60}},
}

# -- Mail
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Tech4Muni <noreply@localhost>")
EMAIL_TIMEOUT = 10

# -- Logs
LOGGING = logging_config(form="text", level="INFO")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def databases(address: str) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES for one PostgreSQL URL; connections live 5 minutes (see docs/tenancy.md)."""
    return {
        "default": {
            "ENGINE": "django_tenants.postgresql_backend",
            **env.database(address),
            "CONN_MAX_AGE": 300,
            "CONN_HEALTH_CHECKS": True,
        }
    }


def caches(address: str, prefix: str = "") -> dict[str, dict[str, Any]]:
    """Return Django's CACHES for one Redis or Valkey URL.

    `default` is for a municipality's own values and puts its schema before each key; `shared` is for public ones.
    Installations that share a server and database number need a `prefix` each.
    """
    backend = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": address,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 1)},
    }
    return {
        "default": {
            **backend,
            "KEY_PREFIX": prefix,
            "KEY_FUNCTION": "tech4muni.core.caches.make_key",
            "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        },
        "shared": {**backend, "KEY_PREFIX": f"{prefix}shared"},
    }
