"""The states of a message template that both sides go by."""

from __future__ import annotations

# As Meta names them. FLAGGED: its quality is low and it may be paused soon, but it is still delivered.
SENDABLE_STATES = frozenset({"APPROVED", "FLAGGED"})
