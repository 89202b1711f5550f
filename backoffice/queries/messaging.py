"""What inbox and outbox look like just now, by unit and channel.

Nothing here reads a whole table: what waits is found by the partial indexes, and what has been is counted among the
last 50,000 rows of each (times to reply: 10,000), so that the page costs the same with ten million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from huntred.conversations.models import ChannelAccount, OutboxRow, Quarantined
from huntred.pages import Page

LAST_ROWS = 50_000
# Each of them is looked up in the inbox.
LAST_REPLIES = 10_000
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
_PAGE = 30
# Put into the lane by ourselves: they came from nobody.
_OUR_OWN = ("notice", "consultant")

_INBOX_RECENT = text(
    "SELECT unit, channel, count(*) FILTER (WHERE received_at > :hour) AS in_hour, count(*) AS in_day"
    " FROM inbox WHERE id > (SELECT app_last_id('inbox') - :rows) AND received_at > :day"
    " AND unit = ANY (:units) AND kind <> ALL (:own) GROUP BY unit, channel"
)
_INBOX_OPEN = text(
    "SELECT unit, channel, 'waiting' AS state, count(*) AS n, min(received_at) AS oldest"
    " FROM inbox WHERE state = 'waiting' AND unit = ANY (:units) GROUP BY unit, channel"
    " UNION ALL SELECT unit, channel, 'aside', count(*), min(received_at)"
    " FROM inbox WHERE state = 'aside' AND unit = ANY (:units) GROUP BY unit, channel"
)
_OUTBOX_RECENT = text(
    "SELECT unit, channel, count(*) FILTER (WHERE sent_at > :hour) AS out_hour,"
    " count(*) FILTER (WHERE sent_at > :day) AS out_day,"
    " count(*) FILTER (WHERE state IN ('failed', 'refused')) AS not_sent,"
    " count(*) FILTER (WHERE delivered_at IS NOT NULL) AS delivered,"
    " count(*) FILTER (WHERE read_at IS NOT NULL) AS read"
    " FROM outbox WHERE id > (SELECT app_last_id('outbox') - :rows) AND created_at > :day"
    " AND unit = ANY (:units) GROUP BY unit, channel"
)
_OUTBOX_OPEN = text(
    " UNION ALL ".join(
        f"SELECT unit, channel, '{state}' AS state, count(*) AS n,"  # noqa: S608  # our own words
        " min(created_at) FILTER (WHERE due IS NULL OR due <= :now OR state <> 'waiting') AS oldest"
        f" FROM outbox WHERE state = '{state}' AND unit = ANY (:units) GROUP BY unit, channel"
        for state in ("waiting", "sending", "held", "review")
    )
)
# From the arrival of a turn's first message, its burst's window included, until the first bubble was with the vendor.
_REPLY_TIMES = text(
    "SELECT unit, channel, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY seconds) AS seconds FROM ("
    " SELECT o.unit, o.channel, extract(epoch FROM min(o.sent_at) - min(i.received_at)) AS seconds"
    " FROM outbox o JOIN inbox i"
    " ON i.id = CASE WHEN o.source = 'turn' AND o.source_id ~ '^[0-9]{1,18}$' THEN o.source_id::bigint END"
    " WHERE o.id > (SELECT app_last_id('outbox') - :replies) AND o.created_at > :day AND o.sent_at IS NOT NULL"
    " AND i.id > (SELECT app_last_id('inbox') - :rows) AND o.unit = ANY (:units)"
    " GROUP BY o.unit, o.channel, o.source_id) turns GROUP BY GROUPING SETS ((unit, channel), ())"
)


@dataclass
class Figures:
    """Of one unit and channel, or of all of them. reply_seconds: (median, 95th percentile) of the last 24 hours."""

    in_hour: int = 0
    in_day: int = 0
    out_hour: int = 0
    out_day: int = 0
    not_sent: int = 0
    delivered: int = 0
    read: int = 0
    inbox: dict[str, int] = field(default_factory=dict)
    outbox: dict[str, int] = field(default_factory=dict)
    oldest_in: datetime | None = None
    oldest_out: datetime | None = None
    reply_seconds: tuple[float, float] | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing came, went or waits."""
        return not (self.in_day or self.out_day or self.not_sent or self.inbox or self.outbox)

    def add(self, other: Figures) -> None:
        """Take what adds up; times to reply do not."""
        for name in ("in_hour", "in_day", "out_hour", "out_day", "not_sent", "delivered", "read"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.inbox, other.inbox), (self.outbox, other.outbox)):
            for state, count in theirs.items():
                mine[state] = mine.get(state, 0) + count
        self.oldest_in = _older(self.oldest_in, other.oldest_in)
        self.oldest_out = _older(self.oldest_out, other.oldest_out)


@dataclass(frozen=True)
class Overview:
    """total: of everything in scope; lines: (unit, channel) → its figures, every channel account's among them."""

    total: Figures
    lines: dict[tuple[str, str], Figures]

    @property
    def busy(self) -> bool:
        return any(not figures.idle for figures in self.lines.values())

    @property
    def idle(self) -> list[tuple[str, str]]:
        """The channels in which nothing happens."""
        return [key for key, figures in self.lines.items() if figures.idle]


def overview(session: Session, units: Sequence[str], now: datetime) -> Overview:
    """Return the state of both queues as this scope sees it."""
    accounts = session.execute(
        select(ChannelAccount.unit, ChannelAccount.channel)
        .where(ChannelAccount.active, ChannelAccount.unit.in_(units))
        .distinct()
        .order_by(ChannelAccount.unit, ChannelAccount.channel)
    )
    lines: dict[tuple[str, str], Figures] = {(unit, channel): Figures() for unit, channel in accounts}
    values = {
        "units": list(units), "own": list(_OUR_OWN), "rows": LAST_ROWS, "replies": LAST_REPLIES, "now": now,
        "hour": now - HOUR, "day": now - DAY,
    }  # fmt: skip

    def read(query: Any) -> list[Any]:
        return list(session.execute(query, values))

    def line(row: Any) -> Figures:
        return lines.setdefault((row.unit, row.channel), Figures())

    for query in (_INBOX_RECENT, _OUTBOX_RECENT):
        for row in read(query):
            for name, count in row._mapping.items():
                if name not in {"unit", "channel"}:
                    setattr(line(row), name, count)
    for row in read(_INBOX_OPEN):
        line(row).inbox[row.state] = row.n
        if row.state == "waiting":
            line(row).oldest_in = row.oldest
    for row in read(_OUTBOX_OPEN):
        line(row).outbox[row.state] = row.n
        if row.state in {"waiting", "sending"}:
            line(row).oldest_out = _older(line(row).oldest_out, row.oldest)
    total = Figures()
    for row in read(_REPLY_TIMES):
        if row.seconds is None:
            continue
        of = total if row.unit is None else line(row)
        of.reply_seconds = (float(row.seconds[0]), float(row.seconds[1]))
    for figures in lines.values():
        total.add(figures)
    return Overview(total, lines)


def not_sent(session: Session, units: Sequence[str], before_id: int | None) -> Page[OutboxRow]:
    """Return what failed or was refused, the newest first. Cursor: the last id shown."""
    rows = list(
        session.scalars(
            select(OutboxRow)
            .where(
                OutboxRow.state.in_(("failed", "refused")),
                OutboxRow.unit.in_(units),
                *([OutboxRow.id < before_id] if before_id is not None else []),
            )
            .order_by(OutboxRow.id.desc())
            .limit(_PAGE + 1)
        )
    )
    return Page(rows[:_PAGE], str(rows[_PAGE - 1].id) if len(rows) > _PAGE else "")


def quarantined(session: Session, quarantine_id: int) -> Quarantined | None:
    return session.get(Quarantined, quarantine_id)


def quarantine_count(session: Session) -> int:
    """How many bodies nobody has read yet, 1,000 at most."""
    query = text("SELECT count(*) FROM (SELECT 1 FROM quarantine WHERE replayed_at IS NULL LIMIT 1000) few")
    return int(session.scalar(query) or 0)


def open_rows(session: Session) -> dict[str, int]:
    """How many wait for somebody of this scope: aside and review."""
    query = text(
        "SELECT (SELECT count(*) FROM inbox WHERE state = 'aside') AS aside,"
        " (SELECT count(*) FROM outbox WHERE state = 'review') AS review"
    )
    return dict(session.execute(query).one()._mapping)


def _older(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
