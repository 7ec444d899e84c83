"""The name of the host that a request asked for, and addresses on other hosts of the platform."""

from django.http import HttpRequest


def host_name(request: HttpRequest) -> str:
    """Return the host without its port, in small letters."""
    return without_port(request.get_host().lower())


def without_port(host: str) -> str:
    """Return a host as `Host:` has it without its port."""
    name, _colon, port = host.rpartition(":")
    return name if port.isdigit() else host


def address_on(host: str, path: str, request: HttpRequest) -> str:
    """Return the address of a path on another host of the platform, with the scheme and port of this request."""
    asked = request.get_host()
    port = asked[len(without_port(asked)) :]
    return f"{request.scheme}://{host}{port}{path}"
