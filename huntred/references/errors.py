"""What can be refused about references."""

from __future__ import annotations

from huntred.errors import RuleBroken


class ReferencesOff(RuleBroken):
    """The unit asks for no references."""

    code = "references_off"


class ReferencesOpen(RuleBroken):
    """They were asked for already for this application, and that is not over."""

    code = "references_open"


class ReferencesOver(RuleBroken):
    """The request was answered, taken back, or its day has passed."""

    code = "references_over"


class ReferencesNotAgreed(RuleBroken):
    """The candidate has not agreed that anybody is asked."""

    code = "references_not_agreed"


class RefereesEnough(RuleBroken):
    """As many were named as were asked for."""

    code = "referees_enough"


class RefereeTwice(RuleBroken):
    """The same address or number was given before, or is the candidate's own."""

    code = "referee_twice"


class RefereeAnswered(RuleBroken):
    """They answered, said no, or are not waited for any more."""

    code = "referee_answered"
