"""What who runs a unit sets on its board: limits and ageing of the stages, and the reasons of rejections."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from huntred.applications import farewell, repository
from huntred.applications.models import RejectReason, Stage
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound

_MOST = 999
_LONGEST_NAME = 80


@dataclass(frozen=True)
class ReasonForm:
    """A reason as it was typed. message: the draft of what the person is told; may be empty."""

    name: str
    message: str = ""
    active: bool = True


def set_limits(uow: UnitOfWork, stage_id: UUID, *, wip_limit: int | None, ageing_days: int | None) -> Stage:
    """None takes a limit away. Raises NotFound, FieldInvalid."""
    stage = repository.stage(uow.session, stage_id)
    if stage is None or stage.unit != uow.unit:
        raise NotFound(f"stage {stage_id}")
    for field, value in (("wip_limit", wip_limit), ("ageing_days", ageing_days)):
        if value is not None and not 0 < value <= _MOST:
            raise FieldInvalid(field, "out_of_range")
    stage.wip_limit, stage.ageing_days = wip_limit, ageing_days
    uow.session.flush()
    return stage


def reasons(uow: UnitOfWork, *, only_active: bool = True) -> list[RejectReason]:
    """The unit's reasons, in order."""
    return repository.reject_reasons(uow.session, uow.unit, only_active=only_active)


def add_reason(uow: UnitOfWork, form: ReasonForm) -> RejectReason:
    """Raises FieldInvalid."""
    there = reasons(uow, only_active=False)
    reason = RejectReason(unit=uow.unit, ord=max((one.ord for one in there), default=0) + 1)
    _write(reason, form, there)
    uow.session.add(reason)
    uow.session.flush()
    return reason


def change_reason(uow: UnitOfWork, reason_id: UUID, form: ReasonForm) -> RejectReason:
    """What was rejected for it keeps it: it is switched off, never deleted. Raises NotFound, FieldInvalid."""
    there = reasons(uow, only_active=False)
    reason = next((one for one in there if one.id == reason_id), None)
    if reason is None:
        raise NotFound(f"reason {reason_id}")
    _write(reason, form, there)
    uow.session.flush()
    return reason


def _write(reason: RejectReason, form: ReasonForm, there: list[RejectReason]) -> None:
    name = " ".join(form.name.split())
    if not name:
        raise FieldInvalid("reason_name", "missing")
    if len(name) > _LONGEST_NAME:
        raise FieldInvalid("reason_name", "too_long")
    if any(one.name.casefold() == name.casefold() for one in there if one is not reason):
        raise FieldInvalid("reason_name", "already_there")
    farewell.check(form.message.strip())
    reason.name, reason.message, reason.active = name, form.message.strip(), form.active
