"""Who stands behind a company."""

from collections.abc import Collection

from solutions.market.enums import CompanyRole
from solutions.market.models import Company, CompanyMember
from tech4muni.accounts.models import User


def people_of(company: Company | None, roles: Collection[CompanyRole] = tuple(CompanyRole)) -> list[User]:
    """Return the people of a company who can log in, in the order in which they came.

    Args:
        company: which one; None has nobody.
        roles: which of them.
    """
    rows = CompanyMember.objects.filter(company=company, role__in=roles, ended_at__isnull=True, user__is_active=True)
    return [member.user for member in rows.select_related("user").order_by("pk")]
