"""What can be refused about an application."""

from __future__ import annotations

from uuid import UUID

from huntred.errors import RuleBroken


class AlreadyApplied(RuleBroken):
    code = "already_applied"

    def __init__(self, application_id: UUID, number: int) -> None:
        self.application_id = application_id
        self.number = number
        super().__init__(f"application {number} exists")


class ProfileIncomplete(RuleBroken):
    """fields: the names that are missing, in the order in which they are asked for."""

    code = "profile_incomplete"

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields
        super().__init__(", ".join(fields))


class AnswersMissing(RuleBroken):
    """question_ids: the knock-out questions that were not answered."""

    code = "answers_missing"

    def __init__(self, question_ids: list[UUID]) -> None:
        self.question_ids = question_ids
        super().__init__(f"{len(question_ids)} questions without an answer")


class ApplicationEnded(RuleBroken):
    """It was withdrawn, rejected or ended in a hire: nothing more can be done with it."""

    code = "application_ended"


class MovedMeanwhile(RuleBroken):
    """Somebody else moved it since it was shown. stage_id, stage_name, version: where and which it is now."""

    code = "moved_meanwhile"

    def __init__(self, stage_id: UUID, stage_name: str, version: int) -> None:
        self.stage_id = stage_id
        self.stage_name = stage_name
        self.version = version
        super().__init__(f"it is in {stage_name}")


class NoSuchStage(RuleBroken):
    """The unit has no stage of this kind: its seed is missing."""

    code = "no_such_stage"


class StageFull(RuleBroken):
    """As many of the vacancy stand there as the unit allows at once. It may be gone over knowingly."""

    code = "stage_full"

    def __init__(self, stage_name: str, limit: int) -> None:
        self.stage_name = stage_name
        self.limit = limit
        super().__init__(f"{limit} are in {stage_name}")


class NothingToUndo(RuleBroken):
    """Undone before, moved on since by somebody, or not one's own."""

    code = "nothing_to_undo"
