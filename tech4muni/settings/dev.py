"""Development and the demonstration (`bin/demo`): production's cookies and headers, no second factor."""

from tech4muni.embedded.servers import urls
from tech4muni.settings import env
from tech4muni.settings.base import *
from tech4muni.settings.base import BASE_DIR, caches, databases

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "development-only-" + "0" * 50)
SECOND_FACTOR_REQUIRED = False
DEMONSTRATION = True
ADDRESS_FORM = f"http://{{host}}:{env.integer('WEB_PORT', default=8000, low=1, high=65535)}"

database_url, broker_url = urls(BASE_DIR)
DATABASES = databases(env.url("DATABASE_URL", ("postgres", "postgresql"), database_url))
REDIS_URL = env.url("REDIS_URL", ("redis", "rediss"), broker_url)
CACHES = caches(REDIS_URL)
CELERY_BROKER_URL = REDIS_URL
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = env.text("EMAIL_FILE_PATH", str(BASE_DIR / ".state" / "mail"))
