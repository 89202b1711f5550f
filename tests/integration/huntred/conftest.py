"""Fixtures of the business core's tests on PostgreSQL."""

from tests.factories.desk import desk, keys

__all__ = ["desk", "keys"]
