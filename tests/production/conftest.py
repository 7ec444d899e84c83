"""Servers of their own for a deployment: a state directory, one copy of the servers' programs."""

from tests.embedded.conftest import query, software, state

__all__ = ["query", "software", "state"]
