"""Where files lie, as Django's STORAGES."""

from typing import Any, Final

from tech4muni.settings import env

StorageSettings = dict[str, dict[str, Any]]

MANIFEST: Final[dict[str, Any]] = {"BACKEND": "tech4muni.core.storages.StaticStorage"}
UNHASHED: Final[dict[str, Any]] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
LOCAL: Final[dict[str, Any]] = {"BACKEND": "tech4muni.core.storages.LocalStorage"}


def production_storages() -> StorageSettings:
    """Return static files with digests, and people's files in a bucket where S3_BUCKET is set, else on disk."""
    bucket = env.text("S3_BUCKET", "")
    return {"default": _bucket(bucket) if bucket else LOCAL, "staticfiles": MANIFEST}


def _bucket(name: str) -> dict[str, Any]:
    return {
        "BACKEND": "tech4muni.core.buckets.BucketStorage",
        "OPTIONS": {
            "bucket_name": name,
            "endpoint_url": env.url("S3_ENDPOINT", ("https", "http"), "") or None,
            "region_name": env.text("S3_REGION", "") or None,
            "access_key": env.text("S3_ACCESS_KEY"),
            "secret_key": env.text("S3_SECRET_KEY"),
        },
    }
