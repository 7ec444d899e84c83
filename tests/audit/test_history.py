"""The history panel that any page can include."""

from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from django_tenants.utils import tenant_context

from programs.models import Municipality
from tech4muni.audit.services import record
from tests.factories.people import make_user
from tests.notifications.samples import Tags


def panel(tag: str = "{% history target %}", **context: Any) -> str:
    return Template("{% load history %}" + tag).render(Context(context))


def test_a_panel_shows_what_was_done_to_its_thing_only(db: None) -> None:
    dana, zoran = make_user(name="Dana"), make_user(name="Zoran")
    record("host.added", actor=dana, target=zoran, data={"host": "a.example"}, reason="For Zoran")
    record("host.added", actor=dana, target=dana, data={"host": "b.example"}, reason="For Dana")

    html = panel(target=zoran)

    assert "For Zoran" in html
    assert "For Dana" not in html
    assert "<bdi>Dana</bdi>" in html
    assert "Host <bdi>a.example</bdi> added to <bdi>Zoran</bdi>" in html


def test_a_panel_without_a_thing_shows_the_last_of_the_whole_trail(db: None) -> None:
    for number in range(4):
        record("x.tested", actor=None, reason=f"reason {number}")

    html = panel("{% history limit=2 %}")

    assert [f"reason {number}" in html for number in range(4)] == [False, False, True, True]
    assert html.index("reason 3") < html.index("reason 2")


def test_a_panel_shows_its_own_schemas_trail(strumica: Municipality) -> None:
    record("x.tested", actor=None, reason="public reason")
    with tenant_context(strumica):
        record("x.tested", actor=None, reason="reason of Strumica")
        html = panel("{% history %}")

    assert "reason of Strumica" in html
    assert "public reason" not in html


def test_an_empty_panel_says_so(db: None) -> None:
    assert "Nothing is on record yet." in panel("{% history %}")


def test_a_person_who_was_anonymised_is_not_named(db: None) -> None:
    dana = make_user(name="Dana Levi")
    record("x.tested", actor=dana)
    dana.name, dana.is_active, dana.anonymised_at = "Anonymised person", False, timezone.now()
    dana.save()

    html = panel("{% history %}")

    assert "Dana Levi" not in html
    assert "Anonymised person" in html


def test_hostile_text_stays_text(db: None) -> None:
    hostile = '<img src=x onerror=1>"{{ x }}'
    user = make_user(name=hostile)
    record("host.added", actor=user, target=user, reason=hostile, data={"host": hostile})

    tags = Tags(panel("{% history %}"))

    assert tags.counts["img"] == 0
    assert tags.addresses == []
    assert sum(hostile in text for text in tags.texts) == 4


@pytest.mark.parametrize("rows", [1, 3])
def test_a_panel_costs_one_query(db: None, django_assert_num_queries: Any, rows: int) -> None:
    user = make_user()
    for _row in range(rows):
        record("x.tested", actor=make_user(), target=user)

    with django_assert_num_queries(1):
        panel(target=user)


def test_times_are_on_the_readers_clock_and_name_its_city(db: None) -> None:
    record("x.tested", actor=None)

    with timezone.override("Europe/Skopje"), translation.override("mk"):
        assert "Скопје" in panel("{% history %}")
