"""Tables as files that spreadsheets open, with nothing in them that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.http import HttpResponse

# What spreadsheets take for the beginning of a formula: OWASP, "CSV Injection".
BEGINS_A_FORMULA: Final = re.compile(r"\s*[=+\-@\t\r\n]")
A_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?")


def harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe."""
    if isinstance(value, str) and BEGINS_A_FORMULA.match(value) and not A_NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def csv_response(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return rows as a CSV file to download: UTF-8 with the mark by which Excel knows it.

    Args:
        name: of the file, in ASCII, without its ending.
        rows: the first one has the headings; texts are made harmless.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    response = HttpResponse(sheet.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
