"""The launcher's tests use the servers' fixtures: a state directory of their own, one copy of the programs."""

from tests.embedded.conftest import query, software, state

__all__ = ["query", "software", "state"]
