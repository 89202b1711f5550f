"""The live stream: server-sent events that nudge an open page to fetch what has changed.

An event carries no data, only the state's fingerprint as its id: a page that comes back with its last id hears at
once whether it missed anything, so nothing has to be kept for it. One connection of this process LISTENs; behind
it a sweep finds what nobody announced (delivery states).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from backoffice import live_tokens
from backoffice.live_tokens import LiveScope
from huntred.privacy.links import LinkExpired, LinkInvalid

_log = logging.getLogger(__name__)

CHANNELS = ("live", "inbox", "outbox")
_COALESCE_SECONDS = 0.15
_SWEEP_SECONDS = 3.0
_PING_SECONDS = 20.0
_RECONNECT_SECONDS = 2.0

_OF_CONVERSATION = """
SELECT c.version, c.handling, c.assigned_to, c.message_count, c.last_message_at,
       (SELECT count(*) || ':' || count(sentiment) FROM messages m WHERE m.conversation_id = c.id),
       (SELECT string_agg(o.id || o.state, ',' ORDER BY o.id DESC) FROM (
            SELECT id, state FROM outbox WHERE conversation_id = c.id ORDER BY id DESC LIMIT 40) o),
       (SELECT count(*) FROM inbox i WHERE i.chat_id = c.chat_id AND i.state = 'waiting' AND i.kind = 'consultant'),
       (SELECT count(*) FROM conversation_notes n WHERE n.conversation_id = c.id),
       (SELECT count(*) || ':' || max(a.moved_at) FROM applications a WHERE a.person_id = c.person_id)
FROM conversations c WHERE c.id = %s
"""
_OF_UNITS = """
SELECT (SELECT max(latest) FROM unnest(app_units()) u, LATERAL (
            SELECT max(coalesce(last_message_at, created_at)) AS latest FROM conversations WHERE unit = u) c),
       (SELECT string_agg(handling || n || ':' || versions, ',' ORDER BY handling)
          FROM (SELECT handling, count(*) AS n, sum(version) AS versions FROM conversations
                WHERE handling IN ('queued', 'with_person') GROUP BY handling) h),
       (SELECT count(*) FROM handoffs WHERE state = 'queued'),
       (SELECT count(*) FROM note_mentions WHERE seen_at IS NULL),
       (SELECT max(latest) FROM unnest(app_units()) u, LATERAL (
            SELECT max(moved_at) AS latest FROM applications WHERE unit = u) a),
       (SELECT max(latest) FROM unnest(app_units()) u, LATERAL (
            SELECT max(booked_at) AS latest FROM interviews WHERE unit = u) i),
       (SELECT count(*) || ':' || max(proposed_at) FROM interview_proposals WHERE state = 'waiting'),
       (SELECT sum(sequence) + count(attendance_confirmed_at) + count(arrived_at) FROM interviews
         WHERE state = 'booked')
"""
# By the partial indexes alone; the minute makes ages move on where nothing else does.
_OF_MESSAGING = """
SELECT (SELECT max(id) FROM inbox WHERE id > (SELECT app_last_id('inbox') - 1000)),
       (SELECT max(id) FROM outbox WHERE id > (SELECT app_last_id('outbox') - 1000)), date_trunc('minute', now()),
       (SELECT count(*) || ':' || sum(id) FROM inbox WHERE state = 'waiting'),
       (SELECT count(*) || ':' || sum(id) FROM inbox WHERE state = 'aside'),
       (SELECT string_agg(state || n, ',' ORDER BY state) FROM (
            SELECT state, count(*) AS n FROM outbox
            WHERE state = 'waiting' OR state = 'sending' OR state = 'held' OR state = 'review' GROUP BY state) o),
       (SELECT max(id) FROM outbox WHERE state IN ('failed', 'refused'))
"""
_OF_WORKBENCH = """
SELECT (SELECT string_agg(id || state || step || done || attempts, ',' ORDER BY id) FROM workbench_jobs
         WHERE ended_at IS NULL OR ended_at > now() - interval '10 minutes'),
       (SELECT count(*) || ':' || count(published_id) FROM workbench_jobs WHERE state <> 'queued'),
       (SELECT string_agg(id || coalesce(taken_back_at::text, ''), ',' ORDER BY id) FROM published_models)
"""


@dataclass(eq=False)
class _Watcher:
    """One open page."""

    scope: LiveScope
    changed: asyncio.Event = field(default_factory=asyncio.Event)


def _query(scope: LiveScope) -> str:
    if scope.design:
        return _OF_WORKBENCH
    return _OF_MESSAGING if scope.messaging else _OF_UNITS


class LiveStream:
    """Hands nudges to the open pages of this process. database_url: of the role huntred_app."""

    def __init__(self, database_url: str, link_secret: str, clock: Callable[[], datetime]) -> None:
        self._database_url = database_url
        self._secret = link_secret
        self._clock = clock
        self._watchers: set[_Watcher] = set()
        self._dirty = asyncio.Event()
        self._listening = asyncio.Event()
        self._reader: psycopg.AsyncConnection | None = None
        self._reading = asyncio.Lock()
        # One reading serves every page of the same scope until something happens again.
        self._read: dict[tuple[object, ...], str] = {}
        self._happened = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for as long as the server runs."""
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._spread())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            if self._reader is not None:
                await self._reader.close()

    async def endpoint(self, request: Request) -> Response:
        """`/live?token=…`: an event stream until the token's end."""
        try:
            scope = live_tokens.read(self._secret, request.query_params.get("token", ""), now=self._clock())
        except (LinkExpired, LinkInvalid):
            return PlainTextResponse("token", status_code=401)
        last = request.headers.get("last-event-id") or request.query_params.get("last", "")
        return StreamingResponse(
            self._stream(scope, last),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"},
        )

    async def _stream(self, scope: LiveScope, last: str) -> AsyncIterator[bytes]:
        watcher = _Watcher(scope)
        self._watchers.add(watcher)
        try:
            yield b"retry: 2000\n\n"
            while (left := (scope.expires_at - self._clock()).total_seconds()) > 0:
                fingerprint = await self._fingerprint(scope)
                if fingerprint and fingerprint != last:
                    # The first one of a page that brings no id says where it stands; the page was made just now.
                    kind = "changed" if last else "here"
                    last = fingerprint
                    yield f"id: {fingerprint}\nevent: {kind}\ndata: {{}}\n\n".encode()
                elif not fingerprint:
                    yield b": waiting for the database\n\n"
                try:
                    await asyncio.wait_for(watcher.changed.wait(), min(_PING_SECONDS, left))
                except TimeoutError:
                    yield b": ping\n\n"
                watcher.changed.clear()
            yield b"event: expired\ndata: {}\n\n"
        finally:
            self._watchers.discard(watcher)

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._database_url, autocommit=True) as connection:
                    for channel in CHANNELS:
                        await connection.execute(f"LISTEN {channel}")
                    self._dirty.set()
                    self._listening.set()
                    async for _ in connection.notifies():
                        self._dirty.set()
            except psycopg.Error as error:
                _log.warning("live stream: %s; again in %.0f s", error, _RECONNECT_SECONDS)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _spread(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), _SWEEP_SECONDS)
            await asyncio.sleep(_COALESCE_SECONDS)
            self._dirty.clear()
            self._forget()
            for watcher in list(self._watchers):
                watcher.changed.set()

    def _forget(self) -> None:
        """Something happened: what was read before, or is being read now, is no answer any more."""
        self._happened += 1
        self._read.clear()

    async def _fingerprint(self, scope: LiveScope) -> str:
        """What the page would show, in 16 characters; empty while the database does not answer."""
        try:
            key = (scope.units, scope.divisions, scope.conversation_id, scope.messaging, scope.design)
            async with self._reading:
                if key in self._read:
                    return self._read[key]
                happened = self._happened
                row = await self._ask(scope)
                fingerprint = hashlib.sha256(repr(row).encode()).hexdigest()[:16]
                if happened == self._happened:
                    self._read[key] = fingerprint
        except psycopg.Error as error:
            _log.warning("live stream: %s", error)
            if self._reader is not None:
                await self._reader.close()
            self._reader = None
            return ""
        return fingerprint

    async def _ask(self, scope: LiveScope) -> tuple[object, ...] | None:
        if self._reader is None or self._reader.closed:
            self._reader = await psycopg.AsyncConnection.connect(self._database_url)
        async with self._reader.transaction():
            await self._reader.execute(
                "SELECT set_config('app.units', %s, true), set_config('app.divisions', %s, true),"
                " set_config('app.design', %s, true)",
                (
                    ",".join(scope.units), ",".join(str(division) for division in scope.divisions),
                    ",".join(scope.design),
                ),
            )
            if scope.conversation_id is not None:
                cursor = await self._reader.execute(_OF_CONVERSATION, (scope.conversation_id,))
            else:
                cursor = await self._reader.execute(_query(scope))
            return await cursor.fetchone()
