"""Fixtures of the conversations: the desk's seeded platform."""

from tests.factories.desk import desk, keys
from tests.factories.talk import ranker, server, talk

__all__ = ["desk", "keys", "ranker", "server", "talk"]
