"""What a receiver gets: their language, their time, and nothing that somebody else slipped in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.template import Engine
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tech4muni.notifications import kinds
from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import PARTS, Form, Kind, Placeholder
from tech4muni.notifications.mails import TRIAL
from tech4muni.notifications.rendering import SUBJECT_LENGTH, render, render_edited
from tests.notifications.samples import Tags, hostile, links_in, with_hostile

LANGUAGES = list(dict(django_settings.LANGUAGES))
KINDS = kinds.registered()
every_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
every_language = pytest.mark.parametrize("language", LANGUAGES)

TEMPLATES = {
    "try.subject.txt": "{{ name }} says {{ secret }}",
    "try.txt": """{% extends "notifications/mail/base.txt" %}{% block content %}{{ name }}
{{ note }}
{{ at|date:"H:i" }} {{ url }} {{ secret }} {{ word }}{% endblock %}""",
    "try.html": """{% extends "notifications/mail/base.html" %}{% block content %}
<p title="{{ name }}">{{ name }}</p><p>{{ note|linebreaksbr }}</p>
<a href="{{ url }}">{{ secret }}</a>{{ word }}{% endblock %}""",
}
TRY = Kind(
    name="try.try",
    label=_("Try"),
    category=Category.PLATFORM,
    placeholders=(
        Placeholder("name", "Dana"),
        Placeholder("note", "One\nTwo", Form.TEXT),
        Placeholder("at", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), Form.VALUE),
        Placeholder("url", "https://example.org/a", Form.LINK),
        Placeholder("word", _("Viewer")),
        Placeholder("secret", "BCDF-GHJK", secret=True),
    ),
)


@pytest.fixture(autouse=True, scope="module")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put the templates of the kind `try.try` beside the product's own."""
    folder: Path = tmp_path_factory.mktemp("templates")
    (folder / "try" / "mail").mkdir(parents=True)
    for name, text in TEMPLATES.items():
        (folder / "try" / "mail" / name).write_text(text)
    Engine.get_default().dirs.append(str(folder))
    yield
    Engine.get_default().dirs.remove(str(folder))


def rendered(kind: Kind, values: Any = None, *, language: str = "en-gb", zone: str = "UTC", brand: str = "") -> Any:
    return render(kind, kind.sample if values is None else values, language=language, time_zone=zone, brand=brand)


@every_kind
@every_language
def test_every_kind_says_everything_in_every_language(
    kind: Kind, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "MISSING")
    mail = rendered(kind, language=language)
    html = Tags(mail.html)

    assert "MISSING" not in mail.text + mail.html
    assert mail.subject
    assert f'lang="{language}"' in mail.html
    assert f'dir="{"rtl" if language == "he" else "ltr"}"' in mail.html
    assert set(links_in(mail.text)) >= {address for address in html.addresses if address.startswith("http")}


@every_kind
def test_every_kind_has_its_three_templates_and_a_label(kind: Kind) -> None:
    for part in PARTS:
        assert Engine.get_default().get_template(kind.template(part))
    assert kinds.label(kind.name) == str(kind.label)


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from([*KINDS, TRY]), text=hostile, language=st.sampled_from(LANGUAGES), brand=hostile)
@example(kind=kinds.get("events.agenda_city"), text=":www.", language="en-gb", brand="")
def test_hostile_text_adds_no_tag_no_link_and_no_header(kind: Kind, text: str, language: str, brand: str) -> None:
    calm = rendered(kind, with_hostile(kind, "Dana"), language=language, brand="Strumica")
    mail = rendered(kind, with_hostile(kind, text), language=language, brand=brand)
    html, calm_html = Tags(mail.html), Tags(calm.html)

    html.counts.pop("br", None)
    calm_html.counts.pop("br", None)
    assert html.counts == calm_html.counts
    assert html.addresses == calm_html.addresses
    assert links_in("\n".join(html.texts)) == links_in("\n".join(calm_html.texts))
    assert links_in(mail.text) == links_in(calm.text)
    assert len(mail.subject.splitlines()) == 1
    assert links_in(mail.subject) == []
    assert len(mail.subject) <= SUBJECT_LENGTH


def test_subject_never_carries_a_secret() -> None:
    mail = rendered(TRY)

    assert mail.subject == "Dana says"
    assert "BCDF-GHJK" in mail.text
    assert TRY.private


def test_text_is_not_escaped_and_html_is() -> None:
    mail = rendered(TRY, TRY.sample | {"name": "Müller & Söhne <x>"})

    assert mail.subject == "Müller & Söhne <x> says"
    assert "Müller & Söhne <x>" in mail.text
    assert "Müller &amp; Söhne &lt;x&gt;" in mail.html


@pytest.mark.parametrize(
    ("zone", "change", "before", "after"),
    [
        ("Europe/Skopje", datetime(2026, 3, 29, 1, tzinfo=UTC), "01:30", "03:30"),
        ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC), "02:30", "02:30"),
        ("Asia/Jerusalem", datetime(2026, 3, 27, 0, tzinfo=UTC), "01:30", "03:30"),
        ("Asia/Jerusalem", datetime(2026, 10, 24, 23, tzinfo=UTC), "01:30", "01:30"),
    ],
)
def test_instants_are_shown_on_the_receivers_clock_round_its_change(
    zone: str, change: datetime, before: str, after: str
) -> None:
    for at, shown in ((change - timedelta(minutes=30), before), (change + timedelta(minutes=30), after)):
        assert f"\n{shown} " in rendered(TRY, TRY.sample | {"at": at}, zone=zone).text


def test_rendering_leaves_language_and_zone_as_they_were() -> None:
    with translation.override("de"), timezone.override("Europe/Berlin"):
        rendered(TRY, language="he", zone="Asia/Jerusalem")

        assert translation.get_language() == "de"
        assert timezone.get_current_timezone_name() == "Europe/Berlin"


@pytest.mark.parametrize("values", [{}, {"name": "x"}, TRY.sample | {"more": 1}])
def test_values_must_be_exactly_the_placeholders(values: Any) -> None:
    with pytest.raises(ValueError, match=r"try\.try takes"):
        rendered(TRY, values)


def test_a_long_subject_is_cut() -> None:
    assert rendered(TRY, TRY.sample | {"name": "x" * 300}).subject == "x" * (SUBJECT_LENGTH - 1) + "…"


def test_an_edited_text_gets_an_html_twin_with_its_links() -> None:
    mail = render_edited(" New\nsubject ", "Hello <b>\n\nhttps://example.org/a\nDana", language="he")
    html = Tags(mail.html)

    assert mail.subject == "New subject"
    assert html.addresses == ["https://example.org/a"]
    assert html.counts["b"] == 0
    assert 'dir="rtl"' in mail.html


def test_two_kinds_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="two kinds"):
        kinds.register(Kind(name=TRIAL.name, label=_("Other"), category=Category.NEWS))


def test_an_unknown_kind_is_an_error_and_is_labelled_by_its_name() -> None:
    with pytest.raises(LookupError):
        kinds.get("nobody.nothing")
    assert kinds.label("nobody.nothing") == "nobody.nothing"
