"""/metrics of the app side: what the page Messaging shows, by unit and channel, in Prometheus's terms.

Read from the rows at every scrape, so that it is true whichever process did the work, and after a restart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Engine

from backoffice.queries import messaging
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work

CONTENT_TYPE = CONTENT_TYPE_LATEST
_OF = ["unit", "channel"]
_COUNTS = (
    ("in_hour", "huntred_received_last_hour", "Messages of people in the last hour"),
    ("out_hour", "huntred_sent_last_hour", "Outbox rows sent in the last hour"),
    ("not_sent", "huntred_not_sent_last_day", "Outbox rows of the last 24 hours that failed or were refused"),
)


class _Queues:
    """Both queues, as they were read at one moment."""

    def __init__(self, overview: messaging.Overview, unread_bodies: int, now: datetime) -> None:
        self._overview, self._unread, self._now = overview, unread_bodies, now

    def collect(self) -> Iterator[Metric]:
        lines = self._overview.lines.items()
        for name, metric, text in _COUNTS:
            family = GaugeMetricFamily(metric, text, labels=_OF)
            for key, figures in lines:
                family.add_metric(key, getattr(figures, name))
            yield family
        rows = GaugeMetricFamily("huntred_queue_rows", "Rows that are not done yet", labels=["table", *_OF, "state"])
        oldest = GaugeMetricFamily(
            "huntred_oldest_waiting_seconds", "Age of the oldest row that waits", labels=["table", *_OF]
        )
        for (unit, channel), figures in lines:
            for table, states, at in (
                ("inbox", figures.inbox, figures.oldest_in), ("outbox", figures.outbox, figures.oldest_out),
            ):  # fmt: skip
                for state, count in states.items():
                    rows.add_metric([table, unit, channel, state], count)
                age = 0.0 if at is None else max(0.0, (self._now - at).total_seconds())
                oldest.add_metric([table, unit, channel], age)
        yield rows
        yield oldest
        reply = GaugeMetricFamily(
            "huntred_reply_seconds", "From a message's arrival to the first bubble sent, in the last 24 hours",
            labels=[*_OF, "quantile"],
        )  # fmt: skip
        for key, figures in lines:
            for quantile, seconds in zip(("0.5", "0.95"), figures.reply_seconds or (), strict=False):
                reply.add_metric([*key, quantile], seconds)
        yield reply
        yield GaugeMetricFamily("huntred_unread_bodies", "Bodies in quarantine, 1,000 at most", value=self._unread)


def read(engine: Engine, units: Sequence[str], now: datetime) -> bytes:
    """Return the figures of these units as text. Raises SQLAlchemyError where the database does not answer."""
    with unit_of_work(engine, Scope(units=tuple(units), all_units=True)) as uow:
        found = messaging.overview(uow.session, units, now)
        unread = messaging.quarantine_count(uow.session)
    registry = CollectorRegistry()
    registry.register(_Queues(found, unread, now))
    return generate_latest(registry)
