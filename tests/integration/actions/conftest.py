"""Fixtures of the conversations: the desk's seeded platform."""

from tests.factories.desk import desk, keys
from tests.factories.talk import environment, ranker, server, talk

__all__ = ["desk", "environment", "keys", "ranker", "server", "talk"]
