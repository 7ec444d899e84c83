"""How often something may happen from one address, or to one mailbox, for pages without an account."""

from typing import Final

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

PREFIX: Final = "limit"


def is_within(request: HttpRequest, what: str, *, most: int, seconds: int, by: str = "") -> bool:
    """Count one more, and return whether it is within the limit; while the counter is away, everything is.

    What is counted by is kept nowhere, but for a digest that nobody can turn back.

    Args:
        request: whose address counts, unless `by` says otherwise.
        what: is limited, such as `validation.answer:<id>`.
        most: how often in each stretch of time.
        seconds: how long a stretch is.
        by: what counts in place of the connection's address, such as a mailbox.
    """
    counted = f"by:{by}" if by else get_adapter().get_client_ip(request)
    key = f"{PREFIX}:{salted_hmac(what, counted, algorithm='sha256').hexdigest()}"
    try:
        cache.add(key, 0, timeout=seconds)
        return bool(cache.incr(key) <= most)
    except (RedisError, ValueError):
        return True
