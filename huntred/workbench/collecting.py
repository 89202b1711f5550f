"""Brings real turns to the workbench, masked: the worker's job, in the scope of one unit.

What was generated for a demonstration never comes here. A turn is looked at when it has rested: what the person did
next says whether it was understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select, text

from contract.ids import new_id
from huntred.db.unit_of_work import UnitOfWork
from huntred.db.wakeups import wake_after_commit
from huntred.matching.ports import Embedder
from huntred.workbench.masking import mask
from huntred.workbench.models import Turn

RESTED = timedelta(minutes=10)
_NEXT = timedelta(minutes=5)
_OLDEST = timedelta(days=30)
_AT_ONCE = 400
PLAIN_KEPT = 300
UNSURE_BELOW = 0.6
# Whose cosine is this near go together. Of pairs of training examples this near, 53 % are of one intent (0.7: 67 %, and
# less than half as many are found); a designer unticks what does not belong.
_ALIKE = 0.6
_TURNED_AWAY = frozenset({"nlu_fallback", "out_of_scope"})
# That somebody asked for a person soon after does not say that these were misread: a greeting comes before everything.
_SAYS_NOTHING = frozenset({"contact_human", "greet", "goodbye", "thank"})

# A burst of bubbles is one turn: they are read together, as they were then.
_TURNS = text("""
SELECT (array_agg(m.id ORDER BY m.at, m.id))[1] AS message_id, m.conversation_id,
       string_agg(m.text, ' ' ORDER BY m.at, m.id) AS text, m.intent, m.confidence, max(m.at) AS at
FROM (SELECT m.*, coalesce(i.turn_id, i.id) AS turn
      FROM messages m JOIN conversations c ON c.id = m.conversation_id LEFT JOIN inbox i ON i.id = m.inbox_id
      WHERE m.unit = :unit AND c.unit = :unit AND NOT c.generated AND m.direction = 'in' AND m.author = 'person'
        AND m.kind = 'text' AND m.text <> '' AND m.intent IS NOT NULL AND m.at > :since AND m.at <= :until) m
GROUP BY m.conversation_id, m.intent, m.confidence, coalesce(m.turn::text, m.id::text)
ORDER BY max(m.at), 1 LIMIT :most
""")
_CHOSEN_NEXT = text("""
SELECT m.kind, m.intent FROM messages m
WHERE m.conversation_id = :conversation AND m.direction = 'in' AND m.author = 'person' AND m.at > :at AND m.at <= :until
ORDER BY m.at LIMIT 1
""")
_ASKED_PERSON = text(
    "SELECT EXISTS (SELECT 1 FROM handoffs h WHERE h.conversation_id = :conversation AND h.requested_at >= :at"
    " AND h.requested_at <= :until)"
)
_NAMES = text("""
SELECT concat_ws(' ', p.first_name, p.last_name, p.second_last_name) AS name
FROM conversations c JOIN unit_profiles p ON p.person_id = c.person_id AND p.unit = c.unit WHERE c.id = :conversation
UNION ALL SELECT h.user_name FROM conversations c JOIN chats h ON h.id = c.chat_id WHERE c.id = :conversation
""")
_TEAM = text("SELECT name FROM users")


@dataclass
class _Likeness:
    """The groups of the turns that wait, by their vectors."""

    groups: list[UUID]
    vectors: list[NDArray[np.float32]]

    def place(self, vector: NDArray[np.float32]) -> UUID:
        """The group of the nearest one that is near enough, else a new one."""
        group = new_id()
        if self.vectors:
            near = np.stack(self.vectors) @ vector
            best = int(near.argmax())
            if near[best] >= _ALIKE:
                group = self.groups[best]
        self.groups.append(group)
        self.vectors.append(vector)
        return group


def collect(uow: UnitOfWork, embedder: Embedder, *, now: datetime) -> int:
    """Take in what this unit's people wrote and has rested since the last time; return how many turns."""
    newest = uow.session.scalar(select(Turn.at).where(Turn.unit == uow.unit).order_by(Turn.at.desc()).limit(1))
    rows = uow.session.execute(
        _TURNS,
        {
            "unit": uow.unit, "since": max(newest or now - _OLDEST, now - _OLDEST), "until": now - RESTED,
            "most": _AT_ONCE,
        },
    ).all()  # fmt: skip
    if not rows:
        return 0
    known_team = [str(name) for name in uow.session.scalars(_TEAM) if name]
    turns = [_turn(uow, row, known_team) for row in rows]
    _group(uow, [turn for turn in turns if turn.reason != "plain"], embedder)
    uow.session.add_all(turns)
    uow.session.flush()
    _forget_plain(uow)
    wake_after_commit(uow.session, "live")
    return len(turns)


def _turn(uow: UnitOfWork, row: Any, team: Sequence[str]) -> Turn:
    names = [str(name) for name in uow.session.scalars(_NAMES, {"conversation": row.conversation_id}) if name]
    confidence = float(row.confidence or 0)
    reason, suggested = _reason(uow, row, confidence)
    return Turn(
        id=new_id(), unit=uow.unit, message_id=row.message_id, conversation_id=row.conversation_id,
        text=mask(row.text, [*names, *team]), intent=row.intent, confidence=confidence, reason=reason,
        suggested=suggested, at=row.at, state="open",
    )  # fmt: skip


def _reason(uow: UnitOfWork, row: Any, confidence: float) -> tuple[str, str]:
    unsure = row.intent in _TURNED_AWAY or confidence < UNSURE_BELOW
    span = {"conversation": row.conversation_id, "at": row.at, "until": row.at + _NEXT}
    if unsure:
        chosen = uow.session.execute(_CHOSEN_NEXT, span).first()
        if chosen is not None and chosen.kind == "option" and chosen.intent not in {row.intent, None, *_TURNED_AWAY}:
            return "corrected", str(chosen.intent)
    if row.intent not in _SAYS_NOTHING and uow.session.scalar(_ASKED_PERSON, span):
        return "handed_over", ""
    return ("unsure" if unsure else "plain"), ""


def _group(uow: UnitOfWork, turns: Sequence[Turn], embedder: Embedder) -> None:
    if not turns:
        return
    waiting = uow.session.execute(
        select(Turn.group_id, Turn.vector)
        .where(Turn.unit == uow.unit, Turn.state == "open", Turn.reason != "plain", Turn.vector.is_not(None))
        .order_by(Turn.at.desc())
        .limit(2000)
    ).all()
    likeness = _Likeness([row.group_id for row in waiting], [row.vector for row in waiting])
    for turn, vector in zip(turns, embedder.encode([turn.text for turn in turns]), strict=True):
        turn.vector = vector
        turn.group_id = likeness.place(vector)


def _forget_plain(uow: UnitOfWork) -> None:
    """Of what was understood, the latest are enough to compare two models by."""
    kept = (
        select(Turn.id)
        .where(Turn.unit == uow.unit, Turn.reason == "plain")
        .order_by(Turn.at.desc())
        .limit(PLAIN_KEPT)
    )
    uow.session.execute(
        delete(Turn).where(Turn.unit == uow.unit, Turn.reason == "plain", Turn.id.not_in(kept)),
        execution_options={"synchronize_session": False},
    )


def forget(uow: UnitOfWork, conversation_ids: Sequence[UUID]) -> None:
    """Take the turns of these conversations away: the person is being erased."""
    uow.session.execute(
        delete(Turn).where(Turn.unit == uow.unit, Turn.conversation_id.in_(conversation_ids)),
        execution_options={"synchronize_session": False},
    )
