"""Days, times and numbers in the five languages: golden texts."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import available_timezones

import pytest
from django import forms
from django.utils import formats, timezone
from django.utils.translation import override

from tech4muni.core import dates

DAY = date(2026, 12, 1)
INSTANT = datetime(2026, 12, 1, 16, 5, tzinfo=UTC)
FIVE = ["en-gb", "de", "he", "mk", "sq"]


@pytest.mark.parametrize(
    ("language", "day", "short", "moment", "number", "fraction"),
    [
        ("en-gb", "1 Dec 2026", "01/12/2026", "1 Dec 2026, 17:05", "1,234,567", "1,234.5"),
        ("de", "1. Dezember 2026", "01.12.2026", "1. Dezember 2026, 17:05", "1.234.567", "1.234,5"),
        ("he", "1 בדצמבר 2026", "1.12.2026", "1 בדצמבר 2026, 17:05", "1,234,567", "1,234.5"),
        ("mk", "1.12.2026", "1.12.2026", "1.12.2026, 17:05", "1.234.567", "1.234,5"),
        ("sq", "1.12.2026", "1.12.2026", "1.12.2026, 17:05", "1\xa0234\xa0567", "1\xa0234,5"),
    ],
)
def test_golden_formats(language: str, day: str, short: str, moment: str, number: str, fraction: str) -> None:
    with override(language):
        assert formats.date_format(DAY) == day
        assert formats.date_format(DAY, "SHORT_DATE_FORMAT") == short
        assert formats.date_format(datetime(2026, 12, 1, 17, 5), "DATETIME_FORMAT") == moment  # noqa: DTZ001
        assert formats.time_format(time(17, 5)) == "17:05"
        assert formats.number_format(1_234_567, force_grouping=True) == number
        assert formats.number_format(Decimal("1234.5"), force_grouping=True) == fraction


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-gb", "Tue, 1 Dec 2026"),
        ("de", "Di., 1. Dez. 2026"),
        ("he", "יום ג׳, 1 בדצמ׳ 2026"),
        ("mk", "вто., 1 дек. 2026\u202fг."),
        ("sq", "mar, 1 dhj 2026"),
    ],
)
def test_golden_weekdays(language: str, words: str) -> None:
    with override(language):
        assert dates.day_words(DAY) == words
        assert dates.moment_words(INSTANT, "Europe/Skopje") == f"{words}, 17:05"


def test_a_day_is_taken_in_its_own_zone() -> None:
    with override("en-gb"):
        assert (
            dates.moment_words(datetime(2026, 12, 1, 23, 30, tzinfo=UTC), "Asia/Jerusalem") == "Wed, 2 Dec 2026, 01:30"
        )


@pytest.mark.parametrize(
    ("language", "city"),
    [("en-gb", "Skopje"), ("de", "Skopje"), ("he", "סקופיה"), ("mk", "Скопје"), ("sq", "Shkup")],
)
def test_zones_are_named_by_their_city(language: str, city: str) -> None:
    with override(language):
        assert dates.zone_city("Europe/Skopje") == city


@pytest.mark.parametrize("language", FIVE)
def test_every_zone_has_a_name(language: str) -> None:
    with override(language):
        assert all(dates.zone_city(zone) for zone in available_timezones())


@pytest.mark.parametrize("language", FIVE)
@pytest.mark.parametrize("text", ["2026-12-01", "01.12.2026"])
def test_the_first_of_december_is_read_as_such_everywhere(language: str, text: str) -> None:
    with override(language):
        assert forms.DateField().clean(text) == DAY


@pytest.mark.parametrize("language", FIVE)
def test_no_language_reads_the_month_first(language: str) -> None:
    with override(language):
        try:
            read = forms.DateField().clean("01/12/2026")
        except forms.ValidationError:
            assert language in {"de", "mk"}
        else:
            assert read == DAY


@pytest.mark.parametrize("language", FIVE)
def test_what_is_shown_is_read_back(language: str) -> None:
    with override(language):
        shown = formats.localize_input(DAY)
        number = formats.localize_input(Decimal("1234567.25"))

        assert forms.DateField().clean(shown) == DAY
        assert forms.DecimalField(localize=True).clean(number) == Decimal("1234567.25")
        assert forms.DateTimeField().clean(f"{shown} 17:05") == timezone.make_aware(datetime(2026, 12, 1, 17, 5))  # noqa: DTZ001


@pytest.mark.parametrize(("language", "first"), [("en-gb", 1), ("de", 1), ("he", 0), ("mk", 1), ("sq", 1)])
def test_the_week_starts_on_sunday_in_hebrew_only(language: str, first: int) -> None:
    with override(language):
        assert formats.get_format("FIRST_DAY_OF_WEEK") == first


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6, hours=3), "6 days left"),
        (timedelta(days=2), "2 days left"),
        (timedelta(hours=47, minutes=59), "47 hours left"),
        (timedelta(hours=2), "2 hours left"),
        (timedelta(minutes=119), "119 minutes left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(seconds=5), "1 minute left"),
        (timedelta(0), "This time has passed"),
        (timedelta(days=-3), "This time has passed"),
    ],
)
def test_time_left_is_said_in_the_unit_that_matters(left: timedelta, words: str) -> None:
    with override("en-gb"):
        assert dates.time_left(INSTANT + left, INSTANT) == words
