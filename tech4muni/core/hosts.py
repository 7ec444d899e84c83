"""The name of the host that a request asked for, and addresses on other hosts of the platform."""

from django.conf import settings
from django.http import HttpRequest


def host_name(request: HttpRequest) -> str:
    """Return the host without its port, in small letters."""
    return without_port(request.get_host().lower())


def without_port(host: str) -> str:
    """Return a host as `Host:` has it without its port."""
    name, _colon, port = host.rpartition(":")
    return name if port.isdigit() else host


def address(host: str, path: str) -> str:
    """Return the address of a path on a host of the platform, for links to other hosts and in mails."""
    return str(settings.ADDRESS_FORM).format(host=host) + path
