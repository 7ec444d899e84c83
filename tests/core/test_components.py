"""The components: their structure, what they say in words, hostile text, both directions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib.messages import constants as levels
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.db import models
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from tech4muni.core import clock
from tech4muni.core.components import Bar, Count, Crumb, Measure, RailStep, Status, StepState, Task, Tone
from tech4muni.core.icons import DIRECTED, ICONS
from tests.core.html import Element, read

HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7|add:7 }} \"'&"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english_now() -> Iterator[None]:
    with override("en-gb"), clock.at(NOW), timezone.override(ZoneInfo("Asia/Jerusalem")):
        yield


def show(source: str, **values: Any) -> Element:
    return read(Template("{% load ui %}" + source).render(Context(values)))


class State(models.TextChoices):
    """An enumeration that offers its words and tones itself."""

    OPEN = "open", "Open for applications"

    @property
    def tone(self) -> Tone:
        return Tone.DOING


@pytest.mark.parametrize("name", ICONS)
def test_icons_are_hidden_pictures(name: str) -> None:
    svg = show("{% icon name %}", name=name).one("svg")

    assert svg.attrs["aria-hidden"] == "true"
    assert svg.all("path") or svg.all("circle")
    assert ("is-directed" in svg.attrs["class"]) == (name in DIRECTED)


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError):
        show("{% icon 'unicorn' %}")


@pytest.mark.parametrize("tone", Tone)
def test_badge_is_a_word_in_a_tone(tone: Tone) -> None:
    badge = show("{% badge 'Overdue' tone %}", tone=tone.value).one("span")

    assert badge.text == "Overdue"
    assert badge.attrs["class"] == f"tone tone-{tone}"


def test_badge_takes_a_state_that_knows_its_word_and_tone() -> None:
    badge = show("{% badge state %}", state=State.OPEN).one("span")

    assert (badge.text, badge.attrs["class"]) == ("Open for applications", "tone tone-doing")


def test_badge_refuses_a_word_without_a_tone_and_an_unknown_tone() -> None:
    with pytest.raises(TypeError, match="tone"):
        show("{% badge 'Overdue' %}")
    with pytest.raises(ValueError, match="purple"):
        show("{% badge 'Overdue' 'purple' %}")


def test_stage_rail_says_each_state_in_words_and_marks_the_current_step() -> None:
    steps = [RailStep(state.value, state) for state in StepState]
    rail = show("{% stage_rail steps 'Six stages' %}", steps=steps).one("ol")

    assert rail.attrs["aria-label"] == "Six stages"
    assert [step.one(class_="rail-note").text for step in rail.all("li")] == [
        "Done",
        "In progress",
        "Late",
        "Not started",
        "Left out",
    ]
    assert [step.attrs.get("aria-current") for step in rail.all("li")] == [None, "step", "step", None, None]
    assert all(dot.attrs["aria-hidden"] == "true" for dot in rail.all(class_="rail-dot"))


def test_stage_rail_links_a_step_and_prefers_its_note() -> None:
    steps = [RailStep("Event", StepState.DONE, "Done 14 October", "/event/"), RailStep("Pilot", StepState.NEXT)]
    first, second = show("{% stage_rail steps 'Stages' %}", steps=steps).all("li")

    assert first.one("a").attrs["href"] == "/event/"
    assert first.one(class_="rail-note").text == "Done 14 October"
    assert not second.all("a")


def test_task_list_links_what_to_do_and_says_how_far_it_is() -> None:
    tasks = [
        Task("Score 8 applications", "/score/", Status("Not started", Tone.TODO), "due 1 Dec"),
        Task("Wait for the panel", "", State.OPEN),
    ]
    first, second = show("{% task_list tasks %}", tasks=tasks).all("li")

    assert first.one("a").attrs["href"] == "/score/"
    assert first.text == "Score 8 applications due 1 Dec Not started"
    assert second.text == "Wait for the panel Open for applications"
    assert not second.all("a")


def test_deadline_names_both_clocks_and_the_time_left() -> None:
    shown = show(
        "{% deadline instant 'Europe/Skopje' 'Applications close' %}", instant=NOW + timedelta(days=6, hours=4)
    )

    assert shown.one("time").attrs["datetime"] == "2026-11-28T17:00:00+01:00"
    assert shown.text == (
        "Applications close Sat, 28 Nov 2026, 17:00 (Skopje) Your time: Sat, 28 Nov 2026, 18:00 (Jerusalem) 6 days left"
    )


def test_deadline_says_when_both_clocks_agree() -> None:
    shown = show("{% deadline instant 'Europe/Athens' %}", instant=NOW)

    assert shown.text.startswith("Sun, 22 Nov 2026, 14:00 (Athens) The same in your time zone (Jerusalem)")


def test_deadline_in_the_own_zone_is_said_once() -> None:
    shown = show("{% deadline instant 'Asia/Jerusalem' '' False %}", instant=NOW)

    assert shown.text == "Sun, 22 Nov 2026, 14:00 (Jerusalem)"


def test_deadline_without_a_known_clock_is_also_said_in_utc() -> None:
    with timezone.override(UTC):
        shown = show("{% deadline instant 'Europe/Skopje' '' False %}", instant=NOW)

    assert shown.text == "Sun, 22 Nov 2026, 13:00 (Skopje) That is Sun, 22 Nov 2026, 12:00 UTC"


@pytest.mark.parametrize(
    ("value", "maximum", "goal", "language", "bar"),
    [
        (50, 200, None, "en-gb", Bar("0.00", "25.00")),
        (50, 200, None, "he", Bar("75.00", "25.00")),
        (50, 200, None, "de", Bar("0.00", "25.00")),
        (300, 200, 100, "en-gb", Bar("0.00", "100.00", "49.50")),
        (300, 200, 100, "he", Bar("0.00", "100.00", "49.50")),
        (0, 0, None, "en-gb", Bar("0.00", "0.00")),
        (-5, 10, 0, "he", Bar("100.00", "0.00", "99.00")),
    ],
)
def test_bars_are_in_proportion_and_mirrored(
    value: float, maximum: float, goal: float | None, language: str, bar: Bar
) -> None:
    with override(language):
        assert Bar.of(value, maximum, goal) == bar


def test_count_table_has_numbers_in_cells_and_pictures_hidden() -> None:
    counts = [Count("Started", 1061, "/started/"), Count("Submitted", 0)]
    table = show("{% count_table counts 'Applications' 'Step' 'Count' %}", counts=counts).one("table")

    assert table.one("caption").text == "Applications"
    assert [cell.text for cell in table.all("th", scope="col")] == ["Step", "Count"]
    assert [cell.text for cell in table.all("td")] == ["1,061", "0"]
    assert table.one("a").attrs["href"] == "/started/"
    assert all(svg.attrs["aria-hidden"] == "true" and svg.attrs["direction"] == "ltr" for svg in table.all("svg"))
    assert [rect.attrs["width"] for rect in table.all("rect")] == ["100.00", "0.00"]


def test_count_table_without_rows_is_an_empty_table() -> None:
    assert not show("{% count_table counts 'A' 'S' 'C' %}", counts=[]).all("td")


def test_bullet_table_says_the_figures_and_what_is_better() -> None:
    measures = [Measure("Collection", 412, 380, "km", less_is_better=True), Measure("Visitors", 2, 8)]
    shown = show("{% bullet_table measures 'Figures' %}", measures=measures)

    assert [row.text for row in shown.one("tbody").all("tr")] == [
        "Collection km , less is better 412 380",
        "Visitors more is better 2 8",
    ]
    assert shown.one(role="group").attrs == {
        "class": "table-region",
        "role": "group",
        "aria-label": "Figures",
        "tabindex": "0",
    }


def test_bullet_table_keeps_svg_numbers_readable_for_machines_in_german() -> None:
    with override("de"):
        shown = show("{% bullet_table measures 'F' %}", measures=[Measure("X", 12.5, 40)])

    assert [cell.text for cell in shown.all("td")][:2] == ["12,5", "40"]
    assert not [rect.attrs for rect in shown.all("rect") if "," in "".join(rect.attrs.values())]


def test_progress_is_in_numbers_and_as_a_bar() -> None:
    shown = show("{% progress 'Interviews' 1200 2000 'p1' %}")

    assert shown.text == "Interviews 1,200 of 2,000"
    assert shown.one("progress").attrs == {
        "class": "progress-bar-native",
        "value": "1200",
        "max": "2000",
        "aria-labelledby": "p1",
    }


def test_empty_state_teaches() -> None:
    shown = show("{% empty_state 'No challenge yet' 'Here stand…' 'Half of the bins' 'Plan a workshop' '/new/' %}")

    assert shown.one("h2").text == "No challenge yet"
    assert shown.one("a", href="/new/").text == "Plan a workshop"
    assert "Half of the bins" in shown.text


def test_empty_state_without_a_button() -> None:
    assert not show("{% empty_state 'Nothing' 'Wait' %}").all("a")


class TwoFields(forms.Form):
    """A form with something wrong everywhere."""

    name = forms.CharField(label="Name")
    choice = forms.ChoiceField(label="How ready?", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        """Refuse the whole."""
        raise forms.ValidationError("The call is closed.")


def test_error_summary_links_each_error_to_its_field_and_takes_the_focus() -> None:
    summary = show("{% error_summary form %}", form=TwoFields({})).one(class_="error-summary")

    assert {"autofocus", "data-focus"} <= set(summary.attrs)
    assert (summary.attrs["role"], summary.attrs["tabindex"]) == ("alert", "-1")
    assert [line.text for line in summary.all("li")] == [
        "The call is closed.",
        "Name – This field is required.",
        "How ready? – This field is required.",
        "This field is required.",
    ]
    assert [link.attrs["href"] for link in summary.all("a")] == ["#id_name", "#id_choice_0"]


def test_error_summary_gathers_several_forms_and_is_absent_without_errors() -> None:
    two = show("{% error_summary one two %}", one=TwoFields({}, prefix="a"), two=TwoFields({}, prefix="b"))

    assert [link.attrs["href"] for link in two.all("a")][::2] == ["#id_a-name", "#id_b-name"]
    assert not show("{% error_summary form %}", form=TwoFields()).all()


@pytest.mark.parametrize(
    ("level", "tone"),
    [(levels.SUCCESS, "done"), (levels.INFO, "doing"), (levels.WARNING, "todo"), (levels.ERROR, "late"), (42, "doing")],
)
def test_messages_have_a_tone(level: int, tone: str) -> None:
    box = show("{% message_box message %}", message=Message(level, "It is on its way")).one(class_="message")

    assert box.matches("div", {"class_": f"tone-{tone}"})
    assert box.text == "It is on its way"


def test_breadcrumbs_end_at_this_page() -> None:
    crumbs = show("{% breadcrumbs crumbs %}", crumbs=[Crumb("Home", "/"), Crumb("Струмица")])

    assert [link.attrs["href"] for link in crumbs.all("a")] == ["/"]
    assert crumbs.one(aria_current="page").text == "Струмица"


def test_page_header_has_one_h1_and_its_actions() -> None:
    header = show(
        "{% page_header title kicker='Cohort' lead='Soon' %}<a href='/x/'>Open</a>{% endpage_header %}", title="Home"
    )

    assert header.one("h1").text == "Home"
    assert header.one(class_="page-kicker").text == "Cohort"
    assert header.one(class_="page-lead").text == "Soon"
    assert header.one(class_="page-actions").one("a").text == "Open"


def test_page_header_without_more() -> None:
    header = show("{% page_header 'Home' %} {% endpage_header %}")

    assert not header.all("p")
    assert not header.all(class_="page-actions")


def paged(number: int, query: str = "", pages: int = 20) -> Element:
    request = RequestFactory().get(f"/list/?{query}")
    page = Paginator(range(pages * 10), 10).get_page(number)
    source = Template("{% load ui %}{% pagination page 'Applications' %}")
    return read(source.render(RequestContext(request, {"page": page})))


def test_pagination_keeps_the_rest_of_the_query() -> None:
    nav = paged(5, "state=open&state=late&q=%D7%A4%D7%97&page=5").one("nav")

    assert nav.attrs["aria-label"] == "Applications"
    assert nav.one(rel="next").attrs["href"] == "?state=open&state=late&q=%D7%A4%D7%97&page=6"
    assert nav.one(rel="prev").attrs["href"] == "?state=open&state=late&q=%D7%A4%D7%97&page=4"
    assert nav.one(aria_current="page").text == "Page 5"


def test_pagination_leaves_gaps_and_ends() -> None:
    assert [item.text for item in paged(10).all("li")] == [
        "Previous page", "Page 1", "…", "Page 9", "Page 10", "Page 11", "…", "Page 20", "Next page",
    ]  # fmt: skip
    assert not paged(1).all(rel="prev")
    assert not paged(20).all(rel="next")
    assert not paged(1, pages=1).all()


def test_key_values_say_what_is_missing() -> None:
    shown = show("{% key_values rows %}", rows=[("Name", "Strumica"), ("Website", ""), ("Population", None), ("N", 0)])

    assert [term.text for term in shown.all("dt")] == ["Name", "Website", "Population", "N"]
    assert [value.text for value in shown.all("dd")] == ["Strumica", "–not given", "–not given", "0"]


def test_table_region_can_be_scrolled_with_the_keyboard() -> None:
    region = show("{% table_region 'Scores' %}<table></table>{% endtable_region %}").one("div")

    assert (region.attrs["tabindex"], region.attrs["aria-label"]) == ("0", "Scores")
    assert region.one("table")


def test_nav_link_marks_this_page() -> None:
    here = SimpleNamespace(resolver_match=SimpleNamespace(view_name="core:privacy"))
    link = "{% nav_link 'core:privacy' 'Privacy' %}"

    assert show(link, request=here).one("a").attrs["aria-current"] == "page"
    assert "aria-current" not in show("{% nav_link 'core:accessibility' 'A' %}", request=here).one("a").attrs
    assert "aria-current" not in show(link).one("a").attrs


def test_numbers_are_grouped_as_the_language_does() -> None:
    with override("de"):
        assert show("{{ value|number }} {{ value|number:1 }}", value=1234.56).text == "1.234,56 1.234,6"
        assert show("{{ value|number }}", value=1_000_000).text == "1.000.000"
        assert show("{{ value|number:0 }}", value=2.5).text == "3"


def test_days_have_their_weekday() -> None:
    assert show("{{ value|day }}", value=NOW).text == "Sun, 22 Nov 2026"


HOSTILE_USES = {
    "badge": "{% badge bad 'late' %}",
    "rail": "{% stage_rail rail bad %}",
    "tasks": "{% task_list tasks %}",
    "deadline": "{% deadline now 'UTC' bad %}",
    "counts": "{% count_table counts bad bad bad %}",
    "measures": "{% bullet_table measures bad %}",
    "progress": "{% progress bad 1 2 bad %}",
    "empty": "{% empty_state bad bad bad bad bad %}",
    "errors": "{% error_summary form %}",
    "message": "{% message_box message %}",
    "crumbs": "{% breadcrumbs crumbs %}",
    "header": "{% page_header bad kicker=bad lead=bad %}{{ bad }}{% endpage_header %}",
    "pairs": "{% key_values pairs %}",
    "region": "{% table_region bad %}{{ bad }}{% endtable_region %}",
}


@pytest.mark.parametrize("use", HOSTILE_USES.values(), ids=HOSTILE_USES.keys())
@pytest.mark.parametrize("language", ["en-gb", "he"])
def test_hostile_text_stays_text(use: str, language: str) -> None:
    form = TwoFields({})
    form.fields["name"].label = HOSTILE
    form.add_error("name", HOSTILE)
    values = {
        "bad": HOSTILE,
        "now": NOW,
        "rail": [RailStep(HOSTILE, StepState.NOW, HOSTILE, HOSTILE)],
        "tasks": [Task(HOSTILE, HOSTILE, Status(HOSTILE, Tone.LATE), HOSTILE)],
        "counts": [Count(HOSTILE, 1, HOSTILE)],
        "measures": [Measure(HOSTILE, 1, 2, HOSTILE)],
        "form": form,
        "message": Message(levels.ERROR, HOSTILE),
        "crumbs": [Crumb(HOSTILE, HOSTILE), Crumb(HOSTILE)],
        "pairs": [(HOSTILE, HOSTILE)],
    }
    with override(language):
        shown = show(use, **values)

    assert not shown.all("script")
    assert not shown.all("img")
    assert " ".join(HOSTILE.split()) in shown.text or use == HOSTILE_USES["region"]
    assert "{{ 7|add:7 }}" in shown.text
