"""What can be refused of an exchange with another system."""

from __future__ import annotations

from huntred.errors import RuleBroken


class ExchangeOver(RuleBroken):
    """The import is not in the state in which this can be done: written already, or undone."""

    code = "exchange_over"


class NothingToImport(RuleBroken):
    """No row can be written: each has faults."""

    code = "exchange_nothing"
