"""The page that is measured: five queries and a table of fifty rows, the same with and without tenancy."""

from typing import Any, Final

from django.apps import apps
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from bench.town import APP

TEMPLATE: Final = """<!doctype html><html><head><title>{{ open }}</title></head><body><h1>{{ open }} of {{ total }}</h1>
<table>{% for thing in things %}<tr><td>{{ thing.title }}</td><td>{{ thing.state }}</td><td>{{ thing.amount }}</td>
<td>{{ thing.created_at|date:"Y-m-d H:i" }}</td><td>{% if thing.due %}{{ thing.due }}{% endif %}</td></tr>{% endfor %}
</table><ul>{% for state in states %}<li>{{ state.state }}: {{ state.count }}</li>{% endfor %}</ul>{{ first }}</body>
</html>"""


def model(number: int) -> Any:
    """Return the model of one of the sample app's tables."""
    return apps.get_model(APP, f"Thing{number}")


def page(_request: HttpRequest) -> HttpResponse:
    """Show a municipality's things."""
    context = {
        "things": list(model(1).objects.order_by("-id")[:50]),
        "open": model(2).objects.filter(state="open").count(),
        "total": model(3).objects.aggregate(total=Sum("amount"))["total"],
        "states": list(model(4).objects.values("state").annotate(count=Count("id")).order_by("state")),
        "first": model(5).objects.order_by("due", "id").first(),
    }
    return HttpResponse(engines["django"].from_string(TEMPLATE).render(context))


urlpatterns = [path("", page)]
