"""Steps that people take on the pages about people."""

import re
from typing import Any, Final

from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from programs.actors import Actor
from programs.enums import Role
from programs.models import Invitation, Municipality
from programs.people.services.invitations import invite
from programs.queries import actor_for
from tech4muni.accounts.models import User
from tech4muni.notifications.models import Message

LINKS: Final = re.compile(r"https://[\w.-]+(/(?:invitation|visit)/\S+)")
ABOUT_ME: Final = {"name": "Ana Petrova", "language": "mk", "time_zone": "Europe/Skopje"}


def on_tenant(name: str, *args: Any) -> str:
    """The path of a page on a municipality's host."""
    return reverse(name, args=args, urlconf="tech4muni.urls_tenant")


def acting(user: User, municipality: Municipality) -> Actor:
    """The actor that somebody is on a municipality's host."""
    return actor_for(user, municipality)


def invited(lead: User, municipality: Municipality, email: str, role: Role = Role.MEMBER) -> str:
    """Invite an address as a lead does, and return the path of the link in the mail."""
    with tenant_context(municipality):
        invite(municipality, actor=acting(lead, municipality), email=email, role=role)
    return mailed_path(email)


def mailed_path(email: str) -> str:
    """Read the path of the latest link in the outbox for an address."""
    message = Message.objects.filter(email=email).latest("created_at")
    found = LINKS.search(message.text)
    assert found, message.text
    return found.group(1)


def invitation_of(email: str) -> Invitation:
    """The only invitation of an address."""
    return Invitation.objects.get(email=email)


def logged_in(client: Client, user: User) -> Client:
    """The client, logged in."""
    client.force_login(user)
    return client
