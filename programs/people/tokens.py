"""Tokens that are kept as digests, and secrets that are kept sealed."""

import base64
import hashlib
import secrets
from typing import Final

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE: Final = b"second factor"


def new_token() -> str:
    """Return a token that nobody guesses: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return what is stored of a token: SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(text: str) -> str:
    """Encrypt a secret with a key that is derived from SECRET_KEY."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt what `seal` made, with SECRET_KEY or one of its fallbacks; raises InvalidToken."""
    return _keys().decrypt(sealed.encode()).decode()


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.blake2b(force_bytes(secret), key=PURPOSE, digest_size=32).digest())
