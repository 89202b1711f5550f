"""What can be refused where two people are made one, or two again."""

from __future__ import annotations

from huntred.errors import RuleBroken


class SamePerson(RuleBroken):
    """Both sides are one profile, or of different units."""

    code = "same_person"


class ChangedMeanwhile(RuleBroken):
    """Somebody changed one of the two while they were compared."""

    code = "changed_meanwhile"


class InterviewsCollide(RuleBroken):
    """Both have an interview ahead for the same vacancy, or a mentor's session at the same time; one person has one."""

    code = "interviews_collide"


class NotUndoable(RuleBroken):
    """It was undone, its 30 days are over, or the person was erased since."""

    code = "merge_not_undoable"


class LaterMergeFirst(RuleBroken):
    """The person was merged again later: that comes first."""

    code = "later_merge_first"
