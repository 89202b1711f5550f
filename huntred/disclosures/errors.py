"""What can be refused about the names of a confidential search."""

from __future__ import annotations

from huntred.errors import RuleBroken


class NotConfidential(RuleBroken):
    """The vacancy names its client openly: there is nothing to agree to."""

    code = "not_confidential"
