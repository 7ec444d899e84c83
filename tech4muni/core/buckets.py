"""People's files in an S3-type bucket. A module of its own, so that only who uses a bucket loads its client."""

from typing import Any

from botocore.config import Config
from storages.backends.s3 import S3Storage

from tech4muni.core.storages import SchemaFolders


class BucketStorage(SchemaFolders, S3Storage):
    """Private files, reached by signed addresses that are good for five minutes."""

    def get_default_settings(self) -> dict[str, Any]:
        """Add what does not depend on the place: privacy, and a client that does not wait for ever."""
        return {
            **super().get_default_settings(),
            "default_acl": "private",
            "querystring_auth": True,
            "querystring_expire": 300,
            "file_overwrite": False,
            "client_config": Config(
                signature_version="s3v4",
                connect_timeout=5,
                read_timeout=30,
                retries={"max_attempts": 3},
                request_checksum_calculation="when_required",  # stores other than Amazon's refuse the newer kind
                response_checksum_validation="when_required",
            ),
        }
