"""Steps that people take on the pages of log-in and account."""

import re
from typing import Any, Final

from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from tech4muni.accounts.models import User
from tech4muni.notifications.models import Message
from tests.factories.people import PASSWORD

LOG_IN: Final = "/account/login/"
CODE: Final = "/account/login/code/"
CODES: Final = re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b")


def ask_for_code(client: Client, email: str, path: str = LOG_IN) -> Any:
    """Type an address and no password."""
    return client.post(path, {"login": email, "password": ""})


def mailed_code(email: str) -> str:
    """Read the latest code in the outbox for an address."""
    message = Message.objects.filter(email=email).latest("created_at")
    found = CODES.search(message.text)
    assert found, message.text
    return found.group()


def log_in_by_code(client: Client, user: User, path: str = LOG_IN) -> Any:
    """Log in with a code; the last answer."""
    response = ask_for_code(client, user.email, path)
    return client.post(response["Location"], {"code": mailed_code(user.email)})


def log_in_by_password(client: Client, user: User, path: str = LOG_IN) -> Any:
    """Log in with the password that the factory gives."""
    return client.post(path, {"login": user.email, "password": PASSWORD})


def who_is(client: Client) -> Any:
    """Who a client's session says they are."""
    response = client.get(reverse("account_profile"))
    return response.wsgi_request.user if response.status_code == 200 else None


def session_owner(client: Client) -> Any:
    """Who the session of a client belongs to, without asking a page."""
    request = HttpRequest()
    request.session = client.session
    return get_user(request)


def without_noise(body: bytes, *personal: str) -> str:
    """A page without tokens and the given texts, to compare two answers."""
    text = re.sub(r'(csrfmiddlewaretoken" value|data-csrf)="\w+"', r"\1", body.decode())
    for words in personal:
        text = text.replace(words, "·")
    return text
