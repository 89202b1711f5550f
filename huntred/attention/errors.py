"""Errors of alerts."""

from __future__ import annotations

from huntred.errors import RuleBroken


class AlertOver(RuleBroken):
    """The facts no longer say what somebody wanted to set aside."""

    code = "alert_over"
