"""Other people's text stays text, whatever a mail program makes of it."""

import pytest
from django.utils.safestring import mark_safe
from hypothesis import given, settings

from tech4muni.notifications import safety
from tech4muni.notifications.kinds import Form, Placeholder
from tests.notifications.samples import hostile, links_in


@settings(max_examples=500, deadline=None)
@given(hostile)
def test_a_line_holds_no_link_no_break_and_no_control(text: str) -> None:
    line = safety.line(text)

    assert links_in(line) == []
    assert not set(line) & set("\n\r\t\x00\x1b\u2028\u202e\u200b\u2060\u00ad\ufeff")


@settings(max_examples=500, deadline=None)
@given(hostile)
def test_a_text_holds_no_link_and_no_more_lines_than_it_had(text: str) -> None:
    made = safety.text(text)

    assert links_in(made) == []
    assert len(made.splitlines()) <= len(text.splitlines())


def test_the_recognisers_do_find_links() -> None:
    for text in ("http://evil.com", "see evil.com", "www.evil.org/x", "dana@evil.com", "mailto:x@evil.com"):
        assert links_in(text)


@pytest.mark.parametrize(
    "text",
    ["Dana Levi", "Zoran Ѓоргиевски, 3.5 ha", "14:05", "etc.)", "חיפה – עיר חכמה", "Müller & Söhne", "A. B. Çela"],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safety.line(text) == text


def test_markup_that_somebody_called_safe_is_not() -> None:
    line = safety.line(mark_safe("<b>x</b>"))

    assert type(line) is str
    assert line == "<b>x</b>"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "//evil.com", "https://", "http://a b", 'https://x/"onclick="', "https://x/\nBcc: y", ""],
)
def test_a_link_must_be_a_clean_address(address: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        safety.link(address)


@pytest.mark.parametrize("name", ["", "evil com", "<b>", "x/y", "a@b", "x\ny"])
def test_a_host_must_be_one(name: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        safety.host(name)


def test_addresses_and_hosts_of_our_own_stay() -> None:
    url = "https://strumica.example.org/invitation/a-b_c?x=1&y=2"

    assert safety.made_safe(Placeholder("url", "", Form.LINK), url) == url
    assert safety.made_safe(Placeholder("host", "", Form.HOST), "strumica.example.org:8000") == (
        "strumica.example.org:8000"
    )


def test_a_value_is_a_number_or_a_date() -> None:
    with pytest.raises(TypeError):
        safety.value("tomorrow")
