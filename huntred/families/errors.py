"""Why somebody cannot be in a family group."""

from __future__ import annotations

from huntred.errors import RuleBroken


class FamilyUnknown(RuleBroken):
    """The group is there no more, or never was."""

    code = "family_unknown"


class InAnotherFamily(RuleBroken):
    """The person is in a group already and has to leave it first."""

    code = "in_another_family"


class FamilyFull(RuleBroken):
    code = "family_full"


class NotInFamily(RuleBroken):
    code = "not_in_family"
