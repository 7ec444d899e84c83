"""Who acts: what permissions decide upon, without a database."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from programs.enums import Role

if TYPE_CHECKING:
    from programs.models import Municipality, Visit
    from tech4muni.accounts.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """A person on a host.

    `municipality` is None on the public host; `role` is None for somebody who is no member there; `visit` is the
    hand-over by which a coordinator entered a municipality.
    """

    user: "User | None" = None
    municipality: "Municipality | None" = None
    role: Role | None = None
    visit: "Visit | None" = None

    @property
    def is_coordinator(self) -> bool:
        """Whether this is an active coordinator."""
        return self.user is not None and self.user.is_staff

    @property
    def acts_as_coordinator(self) -> bool:
        """Whether a coordinator acts as such: on a visit, or on the public host; on other hosts they are nobody."""
        return self.visit is not None or (self.municipality is None and self.is_coordinator)

    @property
    def is_inside(self) -> bool:
        """Whether the person may be in this municipality at all: as a member, or on a visit."""
        return self.role is not None or self.visit is not None
