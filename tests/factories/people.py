"""People."""

import itertools
from typing import Any

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


def make_coordinator(**fields: Any) -> User:
    """Make a coordinator."""
    return make_user(is_coordinator=True, **fields)


def make_member(municipality: Municipality, role: Role = Role.MEMBER, **fields: Any) -> User:
    """Make a person who works in a municipality."""
    user = make_user(**fields)
    Membership.objects.create(user=user, municipality=municipality, role=role)
    return user
