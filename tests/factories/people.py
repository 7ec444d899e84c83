"""People."""

import itertools
from typing import Any

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from programs.enums import Role
from programs.models import Membership, Municipality
from tech4muni.accounts.models import User

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def make_user(**fields: Any) -> User:
    """Make a person with a password; the address is unique unless given."""
    fields.setdefault("email", f"person{next(_numbers)}@example.org")
    fields.setdefault("name", fields["email"].split("@")[0].title())
    return User.objects.create_user(password=PASSWORD, **fields)


def make_coordinator(*, second_factor: bool = True, **fields: Any) -> User:
    """Make a coordinator, with the second factor that is demanded of them."""
    user = make_user(is_coordinator=True, **fields)
    if second_factor:
        add_second_factor(user)
    return user


def make_member(
    municipality: Municipality, role: Role = Role.MEMBER, *, second_factor: bool = True, **fields: Any
) -> User:
    """Make a person who works in a municipality; a lead gets the second factor that is demanded of them."""
    user = make_user(**fields)
    Membership.objects.create(user=user, municipality=municipality, role=role)
    if second_factor and role == Role.LEAD:
        add_second_factor(user)
    return user


def add_second_factor(user: User) -> str:
    """Give somebody an authenticator app; return its secret (`totp_code` tells its code of now)."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def totp_code(secret: str) -> str:
    """Tell what an authenticator app with this secret shows now."""
    code: str = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    return code
