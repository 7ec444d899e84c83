"""What crosses municipalities on the market; all of it lives in the public schema."""

from solutions.market.models.applications import (
    Applicant,
    Application,
    ApplicationCall,
    ApplicationFile,
    ApplicationLink,
    Release,
)
from solutions.market.models.calls import Call, CallCity, CallQuestion
from solutions.market.models.companies import Company, CompanyMember, Solution
from solutions.market.models.pilots import PilotEntry

__all__ = [
    "Applicant",
    "Application",
    "ApplicationCall",
    "ApplicationFile",
    "ApplicationLink",
    "Call",
    "CallCity",
    "CallQuestion",
    "Company",
    "CompanyMember",
    "PilotEntry",
    "Release",
    "Solution",
]
