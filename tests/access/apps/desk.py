"""The coordinators' lists of what crosses municipalities on the market and at events."""

from typing import Any, Final

from django_tenants.utils import tenant_context

from programs.models import Municipality
from solutions.market.enums import ApplicationState
from tests.access.answers import PUBLIC, SHUT, NamedPage, Row, admin, coordinators
from tests.access.world import CANARIES, World
from tests.factories.challenges import make_challenge
from tests.factories.market import make_application, make_call, make_company

ROWS: Final[list[Row]] = [
    *admin("market_company", "desk_company", add=SHUT, post_add=SHUT, post_change=SHUT),
    *admin("market_call", "desk_call", add=SHUT, post_add=SHUT, post_change=SHUT),
    *admin("market_application", "desk_application", add=SHUT, post_add=SHUT, post_change=SHUT),
    Row(PUBLIC, "admin:market_company_export", coordinators(200), coordinators(200)),
    Row(PUBLIC, "admin:market_application_export", coordinators(200), coordinators(200)),
]
PAGES: Final[list[NamedPage]] = [
    NamedPage(PUBLIC, "admin:market_company_change", "coordinator"),
    NamedPage(PUBLIC, "admin:market_call_changelist", "coordinator"),
    NamedPage(PUBLIC, "admin:market_application_changelist", "coordinator"),
]


def make_rows(municipality: Municipality, world: World) -> dict[str, Any]:
    """Make a call, whose title is everybody's, with an application of a company that bears the canary."""
    canary = CANARIES[municipality.schema_name]
    with tenant_context(municipality):
        challenge = make_challenge(municipality, title="Desks")
    call = make_call(municipality, challenge)
    company = make_company(name=f"Company {canary}")
    application = make_application(call, company=company, state=ApplicationState.SUBMITTED)
    return {"desk_company": company, "desk_call": call, "desk_application": application}
