"""Days, times and zones in the words of the active language, after Unicode CLDR (by Babel)."""

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, get_timezone_location
from django.utils import timezone
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

HOUR = 3600
DAY = 24 * HOUR


def active_locale() -> Locale:
    """The locale of the active language, British English when none is active."""
    return Locale.parse(to_locale(get_language() or "en-gb"))


def day_words(day: date) -> str:
    """A day with its weekday, such as `Sat, 28 Nov 2026`; an aware datetime is taken in its own zone."""
    return format_skeleton("yMMMEd", day, tzinfo=_zone_of(day), locale=active_locale())


def clock_words(moment: datetime) -> str:
    """The time of day in 24 hours, such as `17:05`, in the datetime's own zone."""
    return f"{moment:%H:%M}"


def zone_city(zone: str) -> str:
    """The city that stands for an IANA time zone, such as `Skopje` for `Europe/Skopje`."""
    return get_timezone_location(zone, locale=active_locale(), return_city=True)


def viewer_zone() -> str:
    """The IANA name of the time zone that was activated for the person who looks."""
    return timezone.get_current_timezone_name()


def moment_words(instant: datetime, zone: str) -> str:
    """An instant on the wall clock of a zone: weekday, day, time."""
    local = instant.astimezone(ZoneInfo(zone))
    return _("%(day)s, %(time)s") % {"day": day_words(local), "time": clock_words(local)}


def time_left(instant: datetime, now: datetime) -> str:
    """How long there is until an instant: in days, from two days on; else in hours or minutes."""
    seconds = int((instant - now).total_seconds())
    if seconds <= 0:
        return _("This time has passed")
    if seconds < 2 * HOUR:
        minutes = max(seconds // 60, 1)
        return ngettext("%(count)d minute left", "%(count)d minutes left", minutes) % {"count": minutes}
    if seconds < 2 * DAY:
        hours = seconds // HOUR
        return ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
    days = seconds // DAY
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


def _zone_of(day: date) -> tzinfo | None:
    return day.tzinfo if isinstance(day, datetime) else None
