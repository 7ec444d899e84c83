"""The fields that say what a municipality is."""

import re
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import Form
from PIL import Image

from tech4muni.core.form_fields import NamesField
from tech4muni.home.fields import LogoField, WorkingDaysField, in_order_of_the_week, time_zone_choices


class NameForm(Form):
    """Names alone."""

    names = NamesField(label="Names")


def png() -> bytes:
    """Draw a picture."""
    file = BytesIO()
    Image.new("RGB", (900, 300), "red").save(file, "PNG")
    return file.getvalue()


def test_names_are_a_mapping_of_those_that_were_given() -> None:
    form = NameForm({"names_en-gb": "Strumica", "names_mk": " Струмица ", "names_sq": "  "})

    assert form.is_valid()
    assert form.cleaned_data["names"] == {"en-gb": "Strumica", "mk": "Струмица"}


def test_no_name_at_all_is_refused_in_words() -> None:
    form = NameForm({"names_en-gb": "", "names_mk": " "})

    assert form.errors["names"] == ["Give a name in at least one language."]


def test_too_long_a_name_is_refused() -> None:
    assert "names" in NameForm({"names_en-gb": "x" * 121}).errors


def test_each_name_has_its_label_and_its_language() -> None:
    page = str(NameForm(initial={"names": {"he": "חיפה"}})["names"])

    for code, label in (("en-gb", "English"), ("he", "Hebrew"), ("sq", "Albanian")):
        place = re.search(rf'<label for="([^"]+)">{label}</label>\s*<input[^>]*>', page)
        assert place is not None
        assert f'id="{place[1]}"' in place[0]
        assert f'lang="{code}"' in place[0]
    assert 'value="חיפה"' in page


@pytest.mark.parametrize(
    ("days", "week"),
    [
        ([5, 4, 3, 2, 1], [1, 2, 3, 4, 5]),
        ([1, 2, 3, 4, 7], [7, 1, 2, 3, 4]),
        ([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7]),
        ([6, 7, 1], [6, 7, 1]),
        ([3], [3]),
        ([1, 1, 2], [1, 2]),
        ([], []),
    ],
)
def test_week_begins_after_its_days_off(days: list[int], week: list[int]) -> None:
    assert in_order_of_the_week(days) == week


def test_working_days_come_as_numbers() -> None:
    assert WorkingDaysField().clean(["7", "1", "2"]) == [7, 1, 2]


@pytest.mark.parametrize("days", [[], ["8"], ["Monday"]])
def test_no_days_and_no_such_day_are_refused(days: list[str]) -> None:
    with pytest.raises(ValidationError):
        WorkingDaysField().clean(days)


def test_time_zones_are_grouped_by_area() -> None:
    groups = dict(time_zone_choices())

    assert ("Europe/Skopje", "Skopje") in groups["Europe"]
    assert ("Asia/Jerusalem", "Jerusalem") in groups["Asia"]
    assert ("America/Argentina/Buenos_Aires", "Argentina, Buenos Aires") in groups["America"]
    assert not {"Etc", "posix", "UTC"} & groups.keys()


def test_logo_is_drawn_anew() -> None:
    stored = LogoField().clean(SimpleUploadedFile("../../evil.php.png", png()))

    with Image.open(stored) as picture:
        assert (picture.format, picture.size) == ("PNG", (512, 171))
    assert re.fullmatch(r"[0-9a-f]{32}\.png", stored.name)


def test_logo_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="PNG, JPEG or WebP"):
        LogoField().clean(SimpleUploadedFile("logo.png", b"<svg onload='alert(1)'/>"))


def test_no_new_logo_keeps_the_stored_one_and_clearing_takes_it() -> None:
    field = LogoField(required=False)

    assert field.clean(None, "logos/old.png") == "logos/old.png"
    assert field.clean(False, "logos/old.png") == ""  # noqa: FBT003
