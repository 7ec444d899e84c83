"""Lists as spreadsheets: as the list is filtered, harmless, and on record."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.test import Client

from programs.enums import Role
from programs.models import Municipality
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.core.spreadsheets import harmless
from tests.factories.messages import make_message
from tests.factories.people import make_member
from tests.home.pages import text_of

XLSX, CSV = "0", "1"
EXPORTS = ["programs/municipality", "programs/membership", "notifications/message"]


def rows_of(response: Any) -> list[dict[str, str]]:
    """Read a CSV answer as Excel would: by the mark at its beginning it is UTF-8."""
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30", "-2+3", "@SUM(A1)", "\tx", "\r=x", "\n=x", "  =1", "=cmd|' /C calc'!A0"]
)
def test_what_begins_a_formula_becomes_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "value", ["Strumica", "-12.5", "+7", "a=b", "", "x@example.org", -3, None, Decimal("-1.5"), True]
)
def test_the_rest_stays(value: Any) -> None:
    assert harmless(value) == value


@pytest.mark.parametrize("path", EXPORTS)
def test_page_asks_for_the_kind_of_file(path: str, desk: Client) -> None:
    response = desk.get(f"/admin/{path}/export/")

    assert response.status_code == 200
    assert "The download goes on record." in text_of(response)


@pytest.mark.parametrize("path", EXPORTS)
def test_no_kind_is_told_beside_the_field(path: str, desk: Client) -> None:
    response = desk.post(f"/admin/{path}/export/", {"format": "7"})

    assert "Select a valid choice" in text_of(response)
    assert not Entry.objects.exists()


def test_municipalities_as_csv(desk: Client, strumica: Municipality) -> None:
    make_member(strumica)

    rows = rows_of(desk.post("/admin/programs/municipality/export/?country__exact=MK", {"format": CSV}))

    assert [(row["schema_name"], row["hosts"], row["people"]) for row in rows] == [
        ("strumica", "strumica.localhost", "1")
    ]
    assert Entry.objects.get().data == {"list": "programs.municipality", "rows": 1, "format": "csv"}


def test_memberships_as_excel_with_nothing_that_runs(desk: Client, strumica: Municipality) -> None:
    make_member(strumica, Role.VIEWER, name='=HYPERLINK("http://evil.example","x")', email="v@example.org")

    response = desk.post("/admin/programs/membership/export/", {"format": XLSX})

    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert 'attachment; filename="Membership-' in response["Content-Disposition"]
    assert "f" not in {cell.data_type for cell in cells}
    assert '\'=HYPERLINK("http://evil.example","x")' in {cell.value for cell in cells}


def test_outbox_tells_what_left_never_what_it_said(desk: Client) -> None:
    make_message(text="SECRET-text", subject="SECRET-subject", html="SECRET-html")

    response = desk.post("/admin/notifications/message/export/", {"format": CSV})

    assert len(rows_of(response)) == 1
    assert b"SECRET" not in response.content


@pytest.mark.parametrize("path", ["accounts/user", "audit/entry", "programs/visit"])
def test_other_lists_are_not_exported(path: str, desk: Client, coordinator: User) -> None:
    assert desk.get(f"/admin/{path}/export/").status_code in {302, 404}
