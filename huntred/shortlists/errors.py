"""What can be refused about a shortlist."""

from __future__ import annotations

from huntred.errors import RuleBroken


class ShortlistEmpty(RuleBroken):
    """Nobody stands on it: there is nothing to share."""

    code = "shortlist_empty"


class ShortlistFull(RuleBroken):
    """A list that nobody can read through is no shortlist."""

    code = "shortlist_full"
