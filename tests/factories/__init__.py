"""Rows for tests, one function or builder for each kind."""
