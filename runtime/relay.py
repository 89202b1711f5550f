"""Hands stored events to the worker: listens, and sweeps behind the notifications.

An event that was sent is left alone for a while (`due_at` as a lease); one that nobody has handled by then is
sent again, and the worker handles it once. Sees of an event its id and unit only.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Sequence

import psycopg
import redis
from celery import Celery
from kombu.exceptions import OperationalError as BrokerDown

from huntred.settings import AppSettings, read_app_settings
from runtime import heartbeat
from runtime.celery_app import HANDLE_EVENT, QUEUE, make_celery
from runtime.entry import run_entry

_BATCH = 200
_LEASE_SECONDS = 60
_SWEEP_SECONDS = 5.0
_PAUSE_SECONDS = 2.0
# With the worker away the queue would only fill with the same ids: the truth waits in the table.
_QUEUE_LIMIT = 2000

_CLAIM = """
UPDATE stored_events SET due_at = clock_timestamp() + make_interval(secs => %s)
WHERE id IN (
    SELECT id FROM stored_events
    WHERE handled_at IS NULL AND (due_at IS NULL OR due_at <= clock_timestamp())
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING id, unit
"""
_UNSENT = "UPDATE stored_events SET due_at = NULL WHERE id = ANY(%s) AND handled_at IS NULL"

logger = logging.getLogger(__name__)


class Relay:
    """One connection to the database, one to the broker."""

    def __init__(self, database_url: str, celery: Celery, client: redis.Redis) -> None:
        self._database_url = database_url
        self._celery = celery
        self._redis = client
        self.ended = threading.Event()

    def run(self) -> None:
        """Work until `ended` is set; a database or a broker that is away is waited for."""
        while not self.ended.is_set():
            try:
                with psycopg.connect(self._database_url, autocommit=True) as connection:
                    connection.execute("LISTEN events")
                    self._work(connection)
            except (psycopg.OperationalError, BrokerDown, redis.exceptions.RedisError) as error:
                logger.warning("the relay waits: %s", " ".join(str(error).split()))
                self.ended.wait(_PAUSE_SECONDS)

    def _work(self, connection: psycopg.Connection) -> None:
        while not self.ended.is_set():
            heartbeat.mark(self._redis, "relay")
            if self.sweep(connection) < _BATCH:
                for _ in connection.notifies(timeout=_SWEEP_SECONDS, stop_after=1):
                    pass

    def sweep(self, connection: psycopg.Connection) -> int:
        """Send the events that are due; return how many."""
        if int(self._redis.llen(QUEUE)) >= _QUEUE_LIMIT:  # type: ignore[arg-type]  # int, not awaitable: sync client
            return 0
        claimed: Sequence[tuple[int, str]] = sorted(
            connection.execute(_CLAIM, (_LEASE_SECONDS, _BATCH)).fetchall()
        )
        for position, (event_id, unit) in enumerate(claimed):
            try:
                self._celery.send_task(HANDLE_EVENT, args=(event_id, unit), retry=False)
            except Exception:
                connection.execute(_UNSENT, ([row[0] for row in claimed[position:]],))
                raise
        return len(claimed)


def main(settings: AppSettings) -> None:
    client: redis.Redis = redis.Redis.from_url(settings.redis_url, socket_timeout=5)
    relay = Relay(settings.database_url, make_celery(settings), client)
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(which, lambda *_: relay.ended.set())
    relay.run()


if __name__ == "__main__":
    run_entry("relay", read_app_settings, main)
