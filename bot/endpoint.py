"""The action server as Rasa sees it: a time-out of ours, a key for each call, and no failure that is swallowed.

Rasa's `_run_action` and `ActionExtractSlots._run_custom_action` go on after a transport error and would save
half a turn with slots unvalidated; so the failure is noted on the turn, and the processor raises it.
"""

from __future__ import annotations

import asyncio
import json as jsonlib
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.turn import MessageFault, Outage, TurnFailed, the_turn

# What the SDK reads of a domain: forms for their slots, slots for their mappings. Texts and intents stay here.
_DOMAIN_PARTS = ("forms", "slots", "actions", "session_config")


class ActionEndpoint(EndpointConfig):
    """POSTs an action call. url: of the server's webhook; secret: sent as X-Actions-Secret; timeout: seconds."""

    def __init__(self, url: str, secret: str, timeout: float) -> None:
        super().__init__(url=url, headers={"X-Actions-Secret": secret})
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        body = kwargs["json"]
        turn = the_turn()
        key = turn.key(body["next_action"])
        body["tracker"]["events"] = _since_last_message(body["tracker"]["events"])
        body["domain"] = {part: body["domain"][part] for part in _DOMAIN_PARTS if part in body["domain"]}
        body["turn"] = {"inbox_id": turn.id, "ordinal": turn.ordinal, "channel": turn.channel}
        try:
            if turn.before_action is not None:
                await turn.before_action()
            return await self._post(body, key)
        except TurnFailed as failure:
            turn.failure = turn.failure or failure
            raise

    async def _post(self, body: dict[str, Any], key: str) -> Any:
        if self._session is None:
            # One connection pool for the process: Rasa opens a session for each call.
            self._session = aiohttp.ClientSession(headers=self.headers, timeout=self._timeout)
        name = body["next_action"]
        try:
            async with self._session.post(
                self.url, json=body, headers={"Idempotency-Key": key}
            ) as response:
                raw = await response.read()
                status = response.status
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise Outage(f"{name}: {type(error).__name__} {error}") from error
        try:
            reply = jsonlib.loads(raw)
        except ValueError:
            raise Outage(f"{name}: HTTP {status} without JSON") from None
        if status == 400 and isinstance(reply, dict) and "action_name" in reply:
            # The action refuses to run (ActionExecutionRejection): Rasa knows what to do with it.
            raise ClientResponseError(status, "rejected", jsonlib.dumps(reply))
        if status in (400, 404, 422, 500):
            raise MessageFault(f"{name}: HTTP {status} {str(reply)[:300]}")
        if status >= 400:
            raise Outage(f"{name}: HTTP {status}")
        if not isinstance(reply, dict) or not isinstance(reply.get("events"), list):
            raise MessageFault(f"{name}: a reply of the wrong shape")
        return reply


def _since_last_message(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events from the last user message on: all that an action of ours reads (196 → 3 KiB)."""
    for position in range(len(events) - 1, -1, -1):
        if events[position].get("event") == "user":
            return events[position:]
    return events
