"""Components of the look: `{% load ui %}`. docs/design.md shows each of them.

A tag is given plain values (see `tech4muni.core.components`), escapes what people wrote and states everything in
words or numbers; pictures only repeat it and are hidden from screen readers.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tech4muni.core import clock, dates, languages
from tech4muni.core.components import (
    Bar,
    Count,
    Crumb,
    Measure,
    RailStep,
    Task,
    Text,
    Tone,
    Toned,
    form_errors,
)
from tech4muni.core.icons import DIRECTED, ICONS
from tech4muni.core.money import money_words

register = template.Library()

PARTS: Final = "core/components/"
MESSAGE_LOOK: Final = {
    "success": ("done", "done"),
    "warning": ("todo", "alert"),
    "error": ("late", "alert"),
}

register.simple_tag(languages.language_choices)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing that repeats the word beside it; raises KeyError for a name that `core.icons` lacks."""
    kind = "icon is-directed" if name in DIRECTED else "icon"
    drawing = mark_safe(ICONS[name])  # noqa: S308 - our own constant
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', kind, drawing
    )


@register.inclusion_tag(PARTS + "nav_link.html", takes_context=True)
def nav_link(context: template.Context, url_name: str, label: Text) -> dict[str, Any]:
    """A link of the main navigation (inside `ul`), marked when it leads to this page."""
    match = getattr(context.get("request"), "resolver_match", None)
    return {"url": reverse(url_name), "label": label, "current": match is not None and match.view_name == url_name}


@register.inclusion_tag(PARTS + "breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Crumb]) -> dict[str, Any]:
    """The way to this page; the last crumb is the page itself and has no address."""
    return {"crumbs": crumbs}


@register.simple_block_tag(end_name="endpage_header")
def page_header(content: str, title: Text, kicker: Text = "", lead: Text = "") -> str:
    """The `h1` with a line above (`kicker`), a sentence below (`lead`) and the actions as content of the block."""
    parts = {"title": title, "kicker": kicker, "lead": lead, "actions": content.strip() and content}
    return render_to_string(PARTS + "page_header.html", parts)


@register.inclusion_tag(PARTS + "badge.html")
def badge(status: Toned | Text, tone: str = "") -> dict[str, Any]:
    """A status in a word: either something with `label` and `tone`, or a word and one of the five tones."""
    if tone:
        return {"label": status, "tone": Tone(tone)}
    if not isinstance(status, Toned):
        raise TypeError(f"a badge needs a tone for {status!r}")
    return {"label": status.label, "tone": status.tone}


@register.inclusion_tag(PARTS + "stage_rail.html")
def stage_rail(steps: Sequence[RailStep], label: Text) -> dict[str, Any]:
    """The stages in order with the one where the work is; `label` names the list for screen readers."""
    return {"steps": steps, "label": label}


@register.inclusion_tag(PARTS + "task_list.html")
def task_list(tasks: Sequence[Task]) -> dict[str, Any]:
    """Things to do, each with its status in a word."""
    return {"tasks": tasks}


@register.inclusion_tag(PARTS + "deadline.html")
def deadline(instant: datetime, zone: str, name: Text = "", countdown: bool = True) -> dict[str, Any]:
    """An instant on the organiser's clock and on the viewer's, both zones named.

    Args:
        instant: aware datetime.
        zone: IANA name of the organiser's time zone; the viewer's is the active one.
        name: what ends then.
        countdown: whether to say how long is left.
    """
    own = dates.viewer_zone()
    local, mine = instant.astimezone(ZoneInfo(zone)), instant.astimezone(ZoneInfo(own))
    same = local.replace(tzinfo=None) == mine.replace(tzinfo=None)
    return {
        "name": name,
        "machine": local.isoformat(),
        "when": dates.moment_words(instant, zone),
        "city": dates.zone_city(zone),
        "own_when": "" if same else dates.moment_words(instant, own),
        "own_city": "" if own == zone else dates.zone_city(own),
        "left": dates.time_left(instant, clock.now()) if countdown else "",
    }


@register.inclusion_tag(PARTS + "bullet_table.html")
def bullet_table(measures: Iterable[Measure], caption: Text) -> dict[str, Any]:
    """Figures against their goals as a table; the picture repeats the two numbers beside it."""
    rows = [(measure, Bar.of(measure.now, _scale(measure), measure.goal)) for measure in measures]
    return {"rows": rows, "caption": caption}


@register.inclusion_tag(PARTS + "count_table.html")
def count_table(counts: Sequence[Count], caption: Text, step: Text, number: Text) -> dict[str, Any]:
    """A funnel: one row per step, each bar in proportion to the greatest count.

    Args:
        counts: the rows in order.
        caption: names the table.
        step: heading of the first column.
        number: heading of the column of numbers.
    """
    most = max((count.number for count in counts), default=0)
    rows = [(count, Bar.of(count.number, most)) for count in counts]
    return {"rows": rows, "caption": caption, "step": step, "number": number}


@register.inclusion_tag(PARTS + "progress.html")
def progress(label: Text, value: int, maximum: int, html_id: str) -> dict[str, Any]:
    """How much of a known whole is there, in numbers and as a bar; `html_id` must be unique on the page."""
    return {"label": label, "value": value, "maximum": maximum, "html_id": html_id}


@register.inclusion_tag(PARTS + "empty_state.html")
def empty_state(title: Text, text: Text, example: Text = "", action: Text = "", url: str = "") -> dict[str, Any]:
    """Instead of an empty list: what belongs here, one example, one button (`action` with its `url`)."""
    return {"title": title, "text": text, "example": example, "action": action, "url": url}


@register.inclusion_tag(PARTS + "error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """All errors of the page's forms, each a link to its field; takes the focus. Nothing if there are none."""
    return {"errors": form_errors(forms)}


@register.inclusion_tag(PARTS + "message_box.html")
def message_box(message: Message) -> dict[str, Any]:
    """A message of `django.contrib.messages`."""
    tone, drawing = MESSAGE_LOOK.get(message.level_tag, ("doing", "info"))
    return {"message": message, "tone": tone, "icon_name": drawing}


@register.inclusion_tag(PARTS + "pagination.html", takes_context=True)
def pagination(context: template.RequestContext, page: "Page[Any]", label: Text = "") -> dict[str, Any]:
    """Links to the other pages of a list that keep the rest of the query string."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": numbers,
        "gap": page.paginator.ELLIPSIS,
        "label": label,
    }


@register.simple_block_tag(end_name="endtable_region")
def table_region(content: str, label: Text) -> str:
    """A region round a wide table that can be scrolled with the keyboard; `label` names it."""
    return render_to_string(PARTS + "table_region.html", {"content": content, "label": label})


@register.inclusion_tag(PARTS + "key_values.html")
def key_values(rows: Iterable[tuple[Text, object]]) -> dict[str, Any]:
    """Pairs of a label and a value; a missing value (None or "") is shown as a dash with words."""
    return {"rows": [(label, "" if value is None else value) for label, value in rows]}


@register.filter
def number(value: float, places: int | None = None) -> str:
    """A number as the active language writes it, thousands grouped, half rounded up to `places` if given."""
    exact = Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)  # Django's own formatting cuts off
    return formats.number_format(exact, places, force_grouping=True)


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, as the active language writes it."""
    return money_words(Decimal(str(amount)), currency)


@register.filter
def day(value: datetime) -> str:
    """A day with its weekday in the active language."""
    return dates.day_words(value)


def _scale(measure: Measure) -> float:
    return max(measure.now, measure.goal) * 1.2
