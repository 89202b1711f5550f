"""Turns and what is made of them: examples of an intent, gathered in a proposed change of `data/`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from contract.ids import new_id
from contract.nlu_patch import examples_of, patch, read_files, with_additions
from contract.text import normalise
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.workbench.errors import ChangeClosed, ExampleKnown, ExampleOfAnother
from huntred.workbench.masking import invented, mask
from huntred.workbench.models import Change, Example, Turn

LONGEST = 300
_TITLE = 80
GROUPS_SHOWN = 20
_ANNOTATION = re.compile(r"\[[^\[\]]+\](?:\([a-z_]+\)|\{[^{}]*\})")


@dataclass(frozen=True)
class TurnGroup:
    """Turns that are alike, the latest first; count: of all of them, which may be more than are shown.

    demo: nobody wrote them; they show how the page works and teach nothing.
    """

    group_id: UUID
    unit: str
    turns: list[Turn]
    count: int
    demo: bool = False


@dataclass(frozen=True)
class TurnPage:
    groups: list[TurnGroup]
    page: int
    pages: int
    waiting: int


def waiting_turns(
    uow: UnitOfWork, *, units: Sequence[str], reason: str = "", intent: str = "", page: int = 1, each: int = 6
) -> TurnPage:
    """Return the turns that wait for a decision, grouped by likeness, the largest groups first.

    units: whose. reason, intent: only those; empty for all. each: how many of a group are shown.
    """
    wanted = [Turn.unit.in_(units), Turn.state == "open", Turn.reason != "plain"]
    if reason:
        wanted.append(Turn.reason == reason)
    if intent:
        wanted.append(Turn.intent == intent)
    grouped = (
        select(Turn.group_id, func.count().label("size"), func.max(Turn.at).label("latest"))
        .where(*wanted)
        .group_by(Turn.group_id)
    )
    waiting = uow.session.scalar(select(func.count()).select_from(Turn).where(*wanted)) or 0
    total = uow.session.scalar(select(func.count()).select_from(grouped.subquery())) or 0
    pages = max(1, -(-total // GROUPS_SHOWN))
    page = max(1, min(page, pages))
    chosen = uow.session.execute(
        grouped.order_by(func.count().desc(), func.max(Turn.at).desc(), Turn.group_id)
        .limit(GROUPS_SHOWN)
        .offset((page - 1) * GROUPS_SHOWN)
    ).all()
    groups = []
    for row in chosen:
        turns = list(
            uow.session.scalars(
                select(Turn)
                .where(*wanted, Turn.group_id == row.group_id)
                .order_by(Turn.at.desc(), Turn.id)
                .limit(each)
            )
        )
        groups.append(TurnGroup(row.group_id, turns[0].unit, turns, row.size, _is_demo(uow, turns[0])))
    return TurnPage(groups, page, pages, waiting)


def changes(uow: UnitOfWork, *, units: Sequence[str]) -> list[tuple[Change, int]]:
    """Return the changes with the number of their examples: those being worked on first, then the newest."""
    counted = (
        select(Change, func.count(Example.id))
        .outerjoin(Example, Example.change_id == Change.id)
        .where(Change.unit.in_(units))
        .group_by(Change.id)
        .order_by(Change.closed_at.is_not(None), Change.created_at.desc())
        .limit(100)
    )
    return [(row[0], row[1]) for row in uow.session.execute(counted)]


def get_change(uow: UnitOfWork, change_id: UUID) -> Change:
    """Raises NotFound, also for one of a unit that is not this scope's."""
    change = uow.session.scalar(select(Change).where(Change.id == change_id))
    if change is None:
        raise NotFound("change")
    return change


def examples(uow: UnitOfWork, change_id: UUID) -> list[Example]:
    """Return what a change adds, by intent."""
    found = select(Example).where(Example.change_id == change_id).order_by(Example.intent, Example.added_at)
    return list(uow.session.scalars(found))


def begin_change(uow: UnitOfWork, unit: str, title: str, user_id: UUID, *, now: datetime) -> Change:
    """Open a new change of a unit. Raises FieldInvalid."""
    if not title.strip():
        raise FieldInvalid("change_title", "missing")
    if len(title.strip()) > _TITLE:
        raise FieldInvalid("change_title", "too_long")
    if unit not in uow.scope.design:
        raise FieldInvalid("unit", "unknown")
    change = Change(id=new_id(), unit=unit, title=title.strip(), created_by=user_id, created_at=now)
    uow.session.add(change)
    uow.session.flush()
    return change


def close_change(uow: UnitOfWork, change_id: UUID, *, now: datetime) -> None:
    """It was merged, or is given up: nothing is added to it any more. Raises NotFound, ChangeClosed."""
    change = _open(uow, change_id)
    change.closed_at = now


def assign(
    uow: UnitOfWork, turn_id: UUID, change_id: UUID, intent: str, text: str, root: Path, user_id: UUID, *, now: datetime
) -> Example:
    """Say what a turn means: its text, as edited, becomes an example of that intent in the change.

    root: the folder that holds `data/`. The text is masked again: whatever personal was typed into it is replaced by
    something invented. Raises NotFound, FieldInvalid, ExampleKnown, ExampleOfAnother, ChangeClosed.
    """
    change = _open(uow, change_id)
    turn = uow.session.scalar(select(Turn).where(Turn.id == turn_id).with_for_update())
    if turn is None or turn.unit != change.unit or _is_demo(uow, turn):
        raise NotFound("turn")
    example = _add(uow, change, intent, text, root, user_id, turn_id=turn.id, now=now)
    turn.state, turn.decided_by, turn.decided_at = "used", user_id, now
    return example


def add_example(
    uow: UnitOfWork, change_id: UUID, intent: str, text: str, root: Path, user_id: UUID, *, now: datetime
) -> Example:
    """Add a sentence that no turn taught. Raises as `assign`."""
    return _add(uow, _open(uow, change_id), intent, text, root, user_id, turn_id=None, now=now)


def remove_example(uow: UnitOfWork, example_id: UUID) -> UUID:
    """Take a sentence out of its change; its turn waits again. Return the change. Raises NotFound, ChangeClosed."""
    example = uow.session.scalar(select(Example).where(Example.id == example_id))
    if example is None:
        raise NotFound("example")
    change = _open(uow, example.change_id)
    if example.turn_id is not None:
        turn = uow.session.scalar(select(Turn).where(Turn.id == example.turn_id))
        if turn is not None:
            turn.state, turn.decided_by, turn.decided_at = "open", None, None
    uow.session.delete(example)
    return change.id


def _is_demo(uow: UnitOfWork, turn: Turn) -> bool:
    return bool(uow.session.scalar(select(func.app_is_generated(turn.conversation_id))))


def set_aside(uow: UnitOfWork, group_id: UUID, user_id: UUID, *, now: datetime) -> int:
    """Nothing is to be learnt from these turns: they do not wait any more. Return how many. Raises NotFound."""
    turns = uow.session.scalars(select(Turn).where(Turn.group_id == group_id, Turn.state == "open")).all()
    if not turns:
        raise NotFound("turn")
    for turn in turns:
        turn.state, turn.decided_by, turn.decided_at = "set_aside", user_id, now
    return len(turns)


def patch_of(uow: UnitOfWork, change: Change, root: Path) -> str:
    """Return the change as `git apply` takes it, on the training data that stands in root. Empty: it adds nothing."""
    files = read_files(root)
    additions = [(example.intent, example.text) for example in examples(uow, change.id)]
    return patch(files, with_additions(files, additions))


def intents(root: Path) -> list[str]:
    """Return every intent that has examples, by name."""
    return sorted(examples_of(read_files(root)))


def _open(uow: UnitOfWork, change_id: UUID) -> Change:
    change = get_change(uow, change_id)
    if change.closed_at is not None:
        raise ChangeClosed
    return change


def _add(
    uow: UnitOfWork, change: Change, intent: str, text: str, root: Path, user_id: UUID, *, turn_id: UUID | None,
    now: datetime,
) -> Example:  # fmt: skip
    known = examples_of(read_files(root))
    if intent not in known:
        raise FieldInvalid("intent", "unknown" if intent else "missing")
    text = _sentence(text)
    folded = _spoken(text)
    for name, sentences in known.items():
        if any(_spoken(sentence) == folded for sentence in sentences):
            raise ExampleKnown if name == intent else ExampleOfAnother
    if any(_spoken(example.text) == folded for example in examples(uow, change.id)):
        raise ExampleKnown
    example = Example(
        id=new_id(), unit=change.unit, change_id=change.id, turn_id=turn_id, intent=intent, text=text, added_by=user_id,
        added_at=now,
    )  # fmt: skip
    uow.session.add(example)
    uow.session.flush()
    return example


def _sentence(text: str) -> str:
    """The text as it may stand in the training data. Raises FieldInvalid."""
    text = invented(mask(text, keep=True))
    if not text:
        raise FieldInvalid("example_text", "missing")
    if len(text) > LONGEST:
        raise FieldInvalid("example_text", "too_long")
    if any(sign in _ANNOTATION.sub("", text) for sign in "[]{}"):
        raise FieldInvalid("example_text", "brackets")
    return text


def _spoken(text: str) -> str:
    """What is compared: without annotations, accents, case and signs."""
    return re.sub(r"[^\w ]+", "", normalise(re.sub(r"\[([^\[\]]+)\](?:\([a-z_]+\)|\{[^{}]*\})", r"\1", text))).strip()
