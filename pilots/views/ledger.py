"""The evidence ledger of a pilot, and where its KPIs stand by it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pilots.enums import EvidenceKind
from pilots.files import content_type_of
from pilots.forms import CorrectionForm, EvidenceForm, FileForm, NoteForm, ReadingForm
from pilots.models import Evidence
from pilots.permissions import may_correct, may_countersign, may_file
from pilots.queries.figures import figures_of, what_the_rule_says
from pilots.queries.ledger import export as export_of
from pilots.queries.ledger import ledger_of, unsigned_count, verify
from pilots.queries.pilots import today_in
from pilots.services import ledger as services
from pilots.views.desk import Desk, show
from pilots.views.forms import answer_button, answer_form
from programs.people.views.account import read_and_send
from tech4muni.core.views import sent

PER_PAGE = 25


@require_safe
def kpis(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show where each KPI stands, from the ledger alone, and what follows from it."""
    figures = figures_of(desk.pilot)
    context = {"figures": figures, "rule_says": what_the_rule_says(figures)}
    return show(request, desk, "pilots/kpis.html", context)


@require_safe
def ledger(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the entries of the ledger, the latest first, and whether its chain is whole."""
    page = Paginator(ledger_of(desk.pilot).reverse(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "entries": [_row(desk, entry) for entry in page.object_list],
        "verdict": verify(desk.pilot),
        "unsigned": unsigned_count(desk.pilot),
    }
    return show(request, desk, "pilots/ledger.html", context)


@read_and_send
def add(request: HttpRequest, desk: Desk, kind: str) -> HttpResponse:
    """Add a reading, a note or a file."""
    if kind not in HEADINGS:
        raise Http404
    may_file(desk.seat, desk.pilot).enforce()
    form = _form_for(request, desk, kind)

    def step() -> None:
        service: Any = {"reading": services.add_reading, "note": services.add_note, "file": services.add_file}[kind]
        service(desk.pilot, seat=desk.seat, **form.cleaned_data)

    done = _("The entry stands in the ledger.")
    return answer_form(
        request, desk, form, step, heading=HEADINGS[kind](), back="ledger", done=done, lead=EvidenceForm.hint
    )


@read_and_send
def correct(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Correct an entry by another one."""
    entry = _entry(desk, number)
    may_correct(desk.seat, entry).enforce()
    form = CorrectionForm(sent(request), entry=entry, initial={"observed_on": entry.observed_on})

    def step() -> None:
        services.correct(entry, seat=desk.seat, **form.cleaned_data)

    heading = _("Correct entry %(number)s") % {"number": number}
    return answer_form(request, desk, form, step, heading=heading, back="ledger", lead=EvidenceForm.hint)


@require_POST
def countersign(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Take an entry of the other side as it is."""
    entry = _entry(desk, number)
    may_countersign(desk.seat, entry).enforce()

    def step() -> None:
        services.countersign(entry, seat=desk.seat)

    return answer_button(request, desk, step, back="ledger", done=_("The entry is countersigned."))


@require_safe
def file(request: HttpRequest, desk: Desk, number: int) -> FileResponse:
    """Stream the file of an entry, to be saved, never to be shown as a page."""
    entry = _entry(desk, number)
    name = entry.file.name or ""
    if not name or not entry.file.storage.exists(name):
        raise Http404
    response = FileResponse(
        entry.file.open("rb"),
        as_attachment=True,
        filename=entry.file_name,
        content_type=content_type_of(name),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def export(request: HttpRequest, desk: Desk) -> JsonResponse:
    """Hand out the whole ledger as JSON, which anybody can check (docs/pilots.md)."""
    response = JsonResponse(export_of(desk.pilot), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="ledger-{desk.pilot.public_id}.json"'
    return response


HEADINGS = {
    EvidenceKind.READING.value: lambda: _("Add a reading"),
    EvidenceKind.NOTE.value: lambda: _("Add a note"),
    EvidenceKind.FILE.value: lambda: _("Add a file"),
}


def _form_for(request: HttpRequest, desk: Desk, kind: str) -> EvidenceForm:
    initial = {"observed_on": today_in(desk.municipality)}
    if kind == EvidenceKind.READING:
        chosen = {**initial, "kpi": request.GET.get("kpi")}
        return ReadingForm(sent(request), initial=chosen, pilot=desk.pilot)
    if kind == EvidenceKind.NOTE:
        return NoteForm(sent(request), initial=initial)
    return FileForm(sent(request), request.FILES if request.method == "POST" else None, initial=initial)


def _entry(desk: Desk, number: int) -> Evidence:
    entry = get_object_or_404(Evidence.objects.select_related("kpi"), pilot=desk.pilot, number=number)
    entry.pilot = desk.pilot
    return entry


def _row(desk: Desk, entry: Evidence) -> dict[str, Any]:
    entry.pilot = desk.pilot
    correction = getattr(entry, "correction", None)
    signature = getattr(entry, "countersignature", None)
    return {
        "entry": entry,
        "correction": correction,
        "signature": signature,
        "may_correct": correction is None and may_correct(desk.seat, entry),
        "may_countersign": signature is None and may_countersign(desk.seat, entry),
    }
