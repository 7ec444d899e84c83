"""The health page: each check in words, the worst first."""

from collections.abc import Callable
from typing import Final

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tech4muni.core.components import Status, Tone
from tech4muni.home.health import Health, report

STATUSES: Final = {
    Health.OK: Status(gettext_lazy("Well"), Tone.DONE),
    Health.DEGRADED: Status(gettext_lazy("Needs a look"), Tone.TODO),
    Health.FAILED: Status(gettext_lazy("Failed"), Tone.LATE),
}
SENTENCES: Final = {
    Health.OK: gettext_lazy("Everything is well."),
    Health.DEGRADED: gettext_lazy("The product works, but something needs a look."),
    Health.FAILED: gettext_lazy("Something failed that the product cannot do without."),
}


def page(site: AdminSite) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view for a site."""

    @require_safe
    def health(request: HttpRequest) -> HttpResponse:
        """Make all checks and show what they found."""
        found = report()
        order = list(Health)
        results = sorted(found.results, key=lambda result: -order.index(result.state))
        context = {
            **site.each_context(request),
            "title": _("Health"),
            "lead": SENTENCES[found.state],
            "at": found.at,
            "rows": [(result, STATUSES[result.state]) for result in results],
        }
        return TemplateResponse(request, "admin/health.html", context)

    return health
