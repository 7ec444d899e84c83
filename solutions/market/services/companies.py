"""The company and the solution behind an application, as rows that outlive it."""

from django.db import transaction

from solutions.market.enums import CompanyRole
from solutions.market.models import Application, Company, CompanyMember, Solution
from tech4muni.accounts.models import User
from tech4muni.core import clock

COMPANY_FIELDS = ("name", "kind", "country", "website", "description")


@transaction.atomic
def keep_company(application: Application, owner: User) -> Company:
    """Make or update the company that applies, with the application's owner as its owner.

    A company is found by name only among those that the person owns: a name proves nothing.
    """
    answers = application.answers.get("company", {})
    company = application.company or _owned(owner, answers["name"]) or Company()
    for name in COMPANY_FIELDS:
        setattr(company, name, answers.get(name, ""))
    company.updated_at = clock.now()
    company.save()
    CompanyMember.objects.get_or_create(
        company=company, user=owner, ended_at__isnull=True, defaults={"role": CompanyRole.OWNER}
    )
    _keep_solution(company, application)
    return company


def _owned(owner: User, name: str) -> Company | None:
    mine = CompanyMember.objects.filter(user=owner, role=CompanyRole.OWNER, ended_at__isnull=True)
    return Company.objects.filter(pk__in=mine.values("company"), name__iexact=name).order_by("pk").first()


def _keep_solution(company: Company, application: Application) -> None:
    answers = application.answers.get("solution", {})
    sectors = [part.strip()[:80] for part in answers.get("sectors", "").split(",") if part.strip()]
    Solution.objects.update_or_create(
        company=company,
        name=answers["name"],
        defaults={
            "purpose": answers["purpose"],
            "mechanism": answers.get("mechanism", ""),
            "sectors": sectors,
            "readiness": answers.get("readiness"),
            "references": answers.get("references", ""),
            "updated_at": clock.now(),
        },
    )
