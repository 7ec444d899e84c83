"""The base of forms: native inputs, marks, directions, help and error ids, zones, refusals."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from crispy_forms.layout import Column, Field, Fieldset, Row
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from tech4muni.core.errors import Refused
from tech4muni.core.form_fields import MomentField
from tech4muni.core.forms import FilterMixin, FormMixin
from tests.core.html import Element, read

HOSTILE = "<script>alert(1)</script> {{ 7|add:7 }} \"'&"


class Sample(FormMixin, forms.Form):
    """One field of each kind that matters."""

    submit_label = "Send"
    autocomplete = {"email": "email"}

    name = forms.CharField(help_text="As registered", max_length=80)
    email = forms.EmailField()
    site = forms.URLField(required=False, assume_scheme="https")
    note = forms.CharField(widget=forms.Textarea, required=False)
    ready = forms.ChoiceField(choices=[("a", HOSTILE), ("b", "B")], widget=forms.RadioSelect, help_text="The nearest")
    many = forms.MultipleChoiceField(choices=[("x", "X")], widget=forms.CheckboxSelectMultiple, required=False)
    country = forms.ChoiceField(choices=[("IL", "ישראל")])
    day = forms.DateField(required=False)
    clock = forms.TimeField(required=False)
    moment = MomentField(zone="Europe/Skopje", required=False)
    deck = forms.FileField(required=False)
    agree = forms.BooleanField()
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en-gb"):
        yield


def shown(form: forms.BaseForm) -> Element:
    return read(render_crispy_form(form))


def test_the_browser_does_not_check_and_the_button_is_a_verb() -> None:
    page = shown(Sample())

    assert "novalidate" in page.one("form").attrs
    assert page.one("form").attrs["method"] == "post"
    assert page.one("button", type="submit").text == "Send"
    assert not page.all("a")


def test_optional_fields_are_marked_and_required_ones_are_not() -> None:
    page = shown(Sample())

    marked = {label.attrs["for"] for label in page.all("label") if "(optional)" in label.text}
    assert marked == {"id_site", "id_note", "id_day", "id_clock", "id_moment", "id_deck"}
    assert "(optional)" in page.one(id="div_id_many").one("legend").text
    assert "*" not in page.text


@pytest.mark.parametrize(
    ("field", "kind", "direction"),
    [
        ("name", "text", "auto"),
        ("email", "email", "ltr"),
        ("site", "url", "ltr"),
        ("day", "date", None),
        ("clock", "time", None),
        ("moment", "datetime-local", None),
    ],
)
def test_inputs_are_native_and_run_the_right_way(field: str, kind: str, direction: str | None) -> None:
    control = shown(Sample()).one("input", id=f"id_{field}")

    assert control.attrs["type"] == kind
    assert control.attrs.get("dir") == direction


def test_long_text_runs_as_it_is_written() -> None:
    assert shown(Sample()).one("textarea").attrs["dir"] == "auto"


def test_only_what_is_about_the_person_is_completed_by_the_browser() -> None:
    page = shown(Sample())

    assert page.one(id="id_email").attrs["autocomplete"] == "email"
    assert page.one(id="id_name").attrs["autocomplete"] == "off"


def test_help_and_errors_are_named_by_the_control_and_stand_before_it() -> None:
    part = shown(Sample({})).one(id="div_id_name")
    control = part.one("input")

    assert control.attrs["aria-describedby"] == "id_name_helptext id_name_error"
    assert control.attrs["aria-invalid"] == "true"
    assert part.one(id="id_name_helptext").text == "As registered"
    assert part.one(id="id_name_error").text == "This field is required."
    assert [child.tag for child in part.children if isinstance(child, Element)] == ["label", "div", "div", "input"]


@pytest.mark.parametrize("field", ["ready", "many"])
def test_groups_of_choices_have_a_legend(field: str) -> None:
    group = shown(Sample()).one(id=f"div_id_{field}").one("fieldset")

    assert group.one("legend")
    assert all(option.all("input") and option.all("label") for option in group.all(class_="form-check"))


def test_a_group_names_its_help_and_error() -> None:
    group = shown(Sample({})).one(id="div_id_ready").one("fieldset")

    assert group.attrs["aria-describedby"].split() == ["id_ready_helptext", "id_ready_error"]
    assert group.one(id="id_ready_error").text == "This field is required."


def test_hostile_choices_labels_and_values_stay_text() -> None:
    form = Sample({"name": HOSTILE, "note": HOSTILE})
    form.fields["name"].label = HOSTILE
    form.fields["name"].help_text = HOSTILE
    form.add_error("name", HOSTILE)
    page = shown(form)

    assert not page.all("script")
    assert page.one(id="id_name").attrs["value"] == HOSTILE
    assert HOSTILE in page.one(id="id_name_error").text
    assert "{{ 7|add:7 }}" in page.one(id="div_id_ready").text


def test_what_was_typed_stays_after_an_error() -> None:
    page = shown(
        Sample({"name": "בינסנס", "day": "2026-12-01", "moment": "2026-12-01T17:05", "ready": "b", "agree": "on"})
    )

    assert page.one(id="id_name").attrs["value"] == "בינסנס"
    assert page.one(id="id_day").attrs["value"] == "2026-12-01"
    assert page.one(id="id_moment").attrs["value"] == "2026-12-01T17:05"
    assert "checked" in page.one(id="id_ready_1").attrs
    assert "checked" in page.one(id="id_agree").attrs


@pytest.mark.parametrize("language", ["en-gb", "de", "he", "mk", "sq"])
def test_native_inputs_speak_iso_in_every_language(language: str) -> None:
    initial = {"day": date(2026, 12, 1), "moment": datetime(2026, 12, 1, 16, 5, tzinfo=UTC)}
    with override(language):
        page = read(render_crispy_form(Sample(initial=initial)))

    assert page.one(id="id_day").attrs["value"] == "2026-12-01"
    assert page.one(id="id_moment").attrs["value"] == "2026-12-01T17:05"


def test_the_label_names_the_zone_of_a_moment() -> None:
    assert shown(Sample()).one("label", for_="id_moment").text == "Moment (time in Skopje) (optional)"


def test_a_moment_without_a_zone_is_on_the_viewers_clock() -> None:
    class Plain(FormMixin, forms.Form):
        moment = MomentField()

    with timezone.override(ZoneInfo("Asia/Jerusalem")):
        form = Plain({"moment": "2026-12-01T17:05"})
        assert form.is_valid()

    assert form.cleaned_data["moment"] == datetime(2026, 12, 1, 15, 5, tzinfo=UTC)
    assert form.fields["moment"].label == "Moment (time in Jerusalem)"


@pytest.mark.parametrize(
    ("zone", "typed", "instant"),
    [
        ("Europe/Skopje", "2026-12-01T17:05", datetime(2026, 12, 1, 16, 5, tzinfo=UTC)),
        ("Europe/Skopje", "2026-07-01T17:05", datetime(2026, 7, 1, 15, 5, tzinfo=UTC)),
        ("Asia/Jerusalem", "2026-12-01T17:05", datetime(2026, 12, 1, 15, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_on_the_clock_of_its_zone(zone: str, typed: str, instant: datetime) -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        assert MomentField(zone=zone).clean(typed) == instant


@pytest.mark.parametrize("typed", ["2026-03-29T02:30", "2026-10-25T02:30"])
def test_a_time_that_the_clock_change_skips_or_doubles_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError) as caught:
        MomentField(zone="Europe/Skopje").clean(typed)

    assert caught.value.code == "ambiguous_timezone"


def test_a_file_that_is_there_is_named_and_not_linked() -> None:
    form = Sample(initial={"deck": SimpleUploadedFile("פיץ׳.pdf", b"%PDF")})
    form.initial["deck"].url = "/media/secret.pdf"
    part = shown(form).one(id="div_id_deck")

    assert "פיץ׳.pdf" in part.text
    assert not part.all("a")
    assert part.one(type="checkbox", name="deck-clear")


def test_sections_and_rows_use_the_same_fields() -> None:
    class Sections(Sample):
        def layout_parts(self) -> list[object]:
            return [Fieldset("Who", Row(Column("name"), Column(Field("email"))), css_class="form-section")]

    section = shown(Sections()).one("fieldset", class_="form-section")

    assert section.all("legend")[0].text == "Who"
    assert section.one(id="div_id_name").one("label").text == "Name"
    assert section.one(id="id_email").attrs["dir"] == "ltr"


def test_cancel_leads_back() -> None:
    class Leaving(Sample):
        cancel_url = "/back/?a={{ 7|add:7 }}&b=<"

    assert shown(Leaving()).one("a").attrs["href"] == "/back/?a={{ 7|add:7 }}&b=<"


def test_a_refusal_stands_beside_its_field() -> None:
    form = Sample({"name": "A"})
    form.add_refusal(Refused("Taken", field="name"))

    assert form.errors["name"] == ["Taken"]


@pytest.mark.parametrize("field", ["", "unknown"])
def test_a_refusal_of_the_whole_stands_above_the_form(field: str) -> None:
    form = Sample({})
    form.add_refusal(Refused("Closed", field=field))

    assert form.non_field_errors() == ["Closed"]
    assert "Closed" not in shown(form).text  # the page's error summary says it


def test_forms_without_a_summary_say_their_errors_themselves() -> None:
    form = Sample({})
    form.add_error(None, "Closed")
    helper = form.helper
    helper.errors_in_summary = False

    assert "Closed" in read(render_crispy_form(form, helper)).one(class_="error-summary").text


def test_hidden_fields_have_no_label() -> None:
    assert not shown(Sample()).all("label", for_="id_token")


def test_a_filter_is_sent_in_the_address_and_marks_nothing() -> None:
    class Narrow(FilterMixin, forms.Form):
        state = forms.ChoiceField(choices=[("", "Everything")], required=False)

    page = shown(Narrow())

    assert page.one("form").attrs["method"] == "get"
    assert not page.all("input", name="csrfmiddlewaretoken")
    assert page.one("label").text == "State"
    assert page.one("button").text == "Show"
