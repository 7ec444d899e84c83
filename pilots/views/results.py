"""Public pages: how pilots ended."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pilots.forms import ResultFilter
from pilots.queries.results import municipalities_with_results, published, published_one, result_of

PER_PAGE = 20


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Show all published results, the latest first; failures stand beside successes."""
    form = ResultFilter(request.GET or None, municipalities=municipalities_with_results())
    chosen = form.cleaned_data if form.is_valid() else {}
    municipality = chosen.get("municipality")
    rows = published(outcome=chosen.get("outcome", ""), municipality=municipality.schema_name if municipality else "")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "results": [result_of(entry) for entry in page.object_list]}
    return render(request, "pilots/results.html", context)


@require_safe
def result(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show one published result."""
    return render(request, "pilots/result.html", {"result": result_of(published_one(entry_id))})
