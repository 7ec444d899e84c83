"""Where a call comes from, and that a request has one now and one id."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from tech4muni.core import clock, context
from tech4muni.core.context import CallContext, entered
from tech4muni.core.middleware import RequestContextMiddleware

GOOD = "0123456789abcdef-ABC"


def answered(view: Callable[[HttpRequest], HttpResponse], **headers: str) -> HttpResponse:
    response = RequestContextMiddleware(view)(RequestFactory().get("/", headers=headers))
    assert isinstance(response, HttpResponse)
    return response


def test_outside_of_a_call_the_context_is_empty_again() -> None:
    with entered(CallContext("outer", "a")):
        with entered(CallContext("inner", "b")):
            assert context.current() == CallContext("inner", "b")
        assert context.current().request_id == "outer"
    assert context.current() == CallContext()


def test_another_thread_has_its_own_context() -> None:
    seen: list[CallContext] = []
    with entered(CallContext("outer")):
        thread = threading.Thread(target=lambda: seen.append(context.current()))
        thread.start()
        thread.join()

    assert seen == [CallContext()]


def test_a_request_has_one_now_and_a_context() -> None:
    seen: dict[str, Any] = {}

    def view(_request: HttpRequest) -> HttpResponse:
        seen.update(first=clock.now(), second=clock.now(), context=context.current())
        return HttpResponse()

    response = answered(view, x_request_id=GOOD, host="strumica.localhost")

    assert isinstance(seen["first"], datetime)
    assert seen["first"] is seen["second"]
    assert seen["context"] == CallContext(request_id=GOOD, host="strumica.localhost")
    assert response["X-Request-ID"] == GOOD
    assert context.current() == CallContext()


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space 123", "line\tbreak123", "<script>alert</script>"])
def test_a_request_id_that_makes_no_sense_is_replaced(given: str) -> None:
    response = answered(lambda _request: HttpResponse(), x_request_id=given)

    assert response["X-Request-ID"] != given
    assert len(response["X-Request-ID"]) == 32


def test_now_goes_on_after_a_request_that_fails() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        raise RuntimeError("view")

    with pytest.raises(RuntimeError, match="view"):
        answered(view)

    assert clock.now() is not clock.now()
    assert context.current() == CallContext()


def test_a_request_begins_in_the_default_language_and_leaves_none_behind() -> None:
    begun: list[str | None] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        begun.append(translation.get_language())
        translation.activate("he")
        return HttpResponse()

    with translation.override("mk"):
        RequestContextMiddleware(answer)(RequestFactory().get("/"))
        left = translation.get_language()

    assert (begun, left) == (["en-gb"], "mk")
