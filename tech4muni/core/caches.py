"""The keys of the `default` cache: a municipality's values are its own, log-in attempts are counted across hosts."""

from typing import Final

from django_tenants.cache import make_key as make_tenant_key

ACROSS_HOSTS: Final = "allauth"  # rate limits, and one-time codes already used: else each host would give new tries


def make_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key with the active schema before it, or with none where all hosts count together."""
    if key.startswith(ACROSS_HOSTS):
        return f"*:{key_prefix}:{version}:{key}"
    return str(make_tenant_key(key, key_prefix, version))
