"""In which order the waiting rows of a chat are taken, and which of them are one turn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.turn import InboxRow

FROM_INSIDE = ("notice", "consultant", "opened")


def in_order(rows: Sequence[InboxRow]) -> list[InboxRow]:
    """Return rows (given as they arrived) as they are to be taken.

    What a turn was pinned to comes first: no vendor's clock overtakes a turn that began. Then the vendor's order, as
    far as it tells one; a row that has none, or that comes from inside, keeps its place among the others.
    """
    pinned = [row for row in rows if row.turn_id is not None]
    free = [row for row in rows if row.turn_id is None]
    outside = [row for row in free if row.kind not in FROM_INSIDE]
    if outside and all(row.vendor_seq is not None for row in outside):
        told = sorted(outside, key=lambda row: (row.vendor_seq or 0, row.id))
    else:
        told = sorted(
            (row for row in outside if row.vendor_at is not None),
            key=lambda row: (row.vendor_at or row.received_at, row.vendor_seq or 0, row.id),
        )
    moving = {row.id for row in told}
    following = iter(told)
    return pinned + [next(following) if row.id in moving else row for row in free]


def of_one_turn(rows: Sequence[InboxRow], burst: float) -> list[InboxRow]:
    """Return the first row, or the rows that were pinned with it, or the free texts of one burst (seconds)."""
    first = rows[0]
    if first.turn_id is not None:
        return [row for row in rows if row.turn_id == first.turn_id]
    turn = [first]
    if first.kind == "text":
        for row in rows[1:]:
            gap = abs((row.received_at - turn[-1].received_at).total_seconds())
            if row.kind != "text" or row.turn_id is not None or gap > burst:
                break
            turn.append(row)
    return turn


def is_late(row: InboxRow, heard_at: datetime | None, heard_seq: int | None) -> bool:
    """Whether the vendor has it before something whose turn has begun: it is handled now, and noted as late.

    A vendor's sequence may begin anew after a rest; then its clock decides.
    """
    if row.kind in FROM_INSIDE or row.turn_id is not None:
        return False
    older = row.vendor_at is not None and heard_at is not None and row.vendor_at < heard_at
    if row.vendor_seq is not None and heard_seq is not None:
        newer = row.vendor_at is not None and heard_at is not None and row.vendor_at > heard_at
        return row.vendor_seq < heard_seq and not newer
    return older
