"""What the pages that move applications share: which, as they were seen, where to, why, and the way back."""

from __future__ import annotations

from uuid import UUID

from flask import g, url_for

from backoffice import auth, work
from backoffice.forms import FormReader
from huntred.applications import service
from huntred.applications.types import Seen, Step
from huntred.errors import FieldInvalid

MOST_CARDS = 200


def read_step(form: FormReader) -> Step:
    """Raises FieldInvalid."""
    return Step(
        form.required(form.id("to_stage"), "to_stage"),
        auth.acting_user(),
        reason=form.text("reason", longest=1000),
        reject_reason_id=form.id("reject_reason"),
        message=form.text("message", longest=2000) if form.flag("tell") else None,
        over_limit=form.flag("over_limit"),
    )


def read_seen(form: FormReader) -> list[Seen]:
    """The chosen cards (`<id>:<version>`), each once. Raises FieldInvalid."""
    seen: dict[UUID, Seen] = {}
    for value in form.texts("card"):
        raw_id, _, raw_version = value.partition(":")
        try:
            one = Seen(UUID(raw_id), int(raw_version))
        except ValueError:
            raise FieldInvalid("cards", "unknown") from None
        seen.setdefault(one.application_id, one)
    if len(seen) > MOST_CARDS:
        raise FieldInvalid("cards", "too_many")
    return list(seen.values())


def back_to(form: FormReader) -> str:
    """The board or the application from which the form came; nothing outside of them."""
    back = form.text("back", longest=1000)
    inside = back.startswith((url_for("board.index"), url_for("applications.index")))
    return back if inside and "//" not in back and "\\" not in back else url_for("board.index")


def units_with_board() -> list[str]:
    """The units of this scope that have stages, in the group's order."""
    uow = work.current_work()
    return [unit.code for unit in g.units if unit.code in uow.scope.units and service.stages(uow, unit.code)]
