"""Helpers for views, and the bases that pages extend."""

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.test import RequestFactory, override_settings
from django.views.generic import FormView

from tech4muni.core.forms import FormMixin
from tech4muni.core.views import FormErrorsMixin, safe_next
from tests.core.html import read

BASES = ["base.html", "base_public.html", "base_tenant.html", "base_centred.html", "base_print.html"]


class NameForm(FormMixin, forms.Form):
    """A form with one field."""

    name = forms.CharField()


class NameView(FormErrorsMixin, FormView[NameForm]):
    """A page with that form."""

    form_class = NameForm
    template_name = "core/form_page.html"
    success_url = "/done/"
    extra_context = {"heading": "Your name"}


@pytest.mark.parametrize(("values", "status"), [({}, 422), ({"name": " "}, 422), ({"name": "Dana"}, 302)])
def test_a_form_view_answers_422_to_what_does_not_hold(values: dict[str, str], status: int) -> None:
    response = NameView.as_view()(RequestFactory().post("/", values))

    assert response.status_code == status


def test_a_form_view_shows_a_fresh_form() -> None:
    assert NameView.as_view()(RequestFactory().get("/")).status_code == 200


@pytest.mark.parametrize(
    ("target", "secure", "where"),
    [
        ("/people/?page=2#end", True, "/people/?page=2#end"),
        ("https://strumica.example/x/", True, "https://strumica.example/x/"),
        ("http://strumica.example/x/", True, "/start/"),
        ("http://strumica.example/x/", False, "http://strumica.example/x/"),
        ("https://haifa.example/", True, "/start/"),
        ("//haifa.example/", True, "/start/"),
        ("", True, "/start/"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_way_back_stays_on_this_host(method: str, target: str, secure: bool, where: str) -> None:
    make = getattr(RequestFactory(headers={"host": "strumica.example"}), method)
    request = make("/", {"next": target}, secure=secure)

    assert safe_next(request, "/start/") == where


@pytest.mark.parametrize("base", BASES)
def test_every_base_frames_a_page(db: None, base: str) -> None:
    block = "plain" if base == "base_centred.html" else "content"
    blocks = f"{{% block title %}}Title{{% endblock %}}{{% block {block} %}}<h1>Words</h1>{{% endblock %}}"
    request = RequestFactory().get("/")
    urlconf = settings.PUBLIC_SCHEMA_URLCONF if base == "base_public.html" else settings.ROOT_URLCONF
    with override_settings(ROOT_URLCONF=urlconf):
        page = read(engines["django"].from_string(f"{{% extends '{base}' %}}{blocks}").render({}, request))

    assert page.one("main").one("h1").text == "Words"
    assert page.one("title").text == "Title – Tech4Muni"
    assert len(page.all("footer")) == (0 if base == "base_print.html" else 1)
    assert len(page.all("nav", id="nav")) == (1 if base in {"base_tenant.html", "base_public.html"} else 0)


def test_a_page_for_paper_names_brand_and_time(db: None) -> None:
    page = read(engines["django"].from_string("{% extends 'base_print.html' %}").render({}, RequestFactory().get("/")))

    assert "Tech4Muni" in page.one("header").text
    assert not page.all("form")
