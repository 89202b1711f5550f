"""Takes chats off the queue and runs their turns: several chats side by side, each chat in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import picks
from bot.agents import UnitAgent, render
from bot.lane import Claim, Lane
from bot.said import Said, TurnOutput, read_response
from bot.tracker_store import new_events
from bot.turn import Outage, Overtaken, Turn, current_turn, the_turn
from contract.message import Message, TemplateUse

logger = logging.getLogger(__name__)
T = TypeVar("T")

OUTAGE_LINE_AFTER = 10.0
FAULTS_ALLOWED = 3
_BACK_OFF = (0.5, 1.0, 2.0, 4.0, 8.0)

# The intent as which an event without words is read.
INTENT_OF_KIND = {
    "opened": "greet",
    "location": "share_location",
    "document": "send_document",
    "image": "send_image",
    "audio": "send_audio",
    "video": "send_audio",
    "contact": "send_contact",
    "sticker": "send_sticker",
    "reaction": "send_reaction",
    "edited": "edit_message",
    "deleted": "delete_message",
    "unknown": "send_unknown",
}
# What leads from the queue for a person back to the bot.
_BACK_TO_BOT = {"show_menu", "restart"}


class Worker:
    """agents: by unit. parallel: how many chats at once."""

    def __init__(self, lane: Lane, agents: Mapping[str, UnitAgent], *, lease: float, parallel: int = 8) -> None:
        self._lane = lane
        self.agents = dict(agents)
        self._lease = lease
        self._parallel = parallel
        self._threads = ThreadPoolExecutor(parallel + 2, thread_name_prefix="lane")
        self._wake = asyncio.Event()
        self._stopping = False
        self._held: dict[UUID, UUID] = {}
        self._failing: dict[int, tuple[float, int]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look at the queue now (a notification came)."""
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop`; an error of the database is waited out."""
        while not self._stopping:
            try:
                if not await self._take_one():
                    await self._rest()
            except Exception:
                logger.exception("the queue cannot be read; trying again")
                await asyncio.sleep(1)
        if self._running:
            await asyncio.wait(self._running, timeout=self._lease)

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def renew_leases(self) -> None:
        """Renew what is held; called from a thread of its own, since a prediction blocks the event loop."""
        self._lane.renew(list(self._held.values()))

    async def _take_one(self) -> bool:
        if len(self._running) >= self._parallel:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        self._wake.clear()
        claim = await self._in_thread(self._lane.claim)
        if claim is None:
            return False
        self._held[claim.chat_id] = claim.token
        task = asyncio.create_task(self._work(claim))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return True

    async def _rest(self) -> None:
        wait = await self._in_thread(self._lane.seconds_until_due)
        try:
            await asyncio.wait_for(self._wake.wait(), 2.0 if wait is None else min(max(wait, 0.005), 2.0))
        except asyncio.TimeoutError:
            pass

    async def _work(self, claim: Claim) -> None:
        turn: Turn | None = None
        watchdog: asyncio.TimerHandle | None = None
        try:
            turn = await self._in_thread(lambda: self._lane.open_turn(claim))
            if turn is None:
                return
            watchdog = self._watch(turn)
            await self._run_turn(turn)
            self._failing.pop(turn.id, None)
        except Overtaken as reason:
            logger.info("a turn of chat %s was not saved: %s", claim.chat_id, reason)
            await self._retry(claim, turn, 0.05)
        except Outage as error:
            logger.warning("a turn of chat %s waits: %s", claim.chat_id, error)
            await self._retry(claim, turn, None)
        except Exception as error:
            if turn is None or _is_database_error(error):
                logger.warning("a turn of chat %s waits for the database: %s", claim.chat_id, error)
                await self._retry(claim, turn, None)
            else:
                await self._fault(claim, turn, error)
        finally:
            if watchdog is not None:
                watchdog.cancel()
            self._held.pop(claim.chat_id, None)

    async def _run_turn(self, turn: Turn) -> None:
        current_turn.set(turn)
        agent = self.agents[turn.unit]
        kind = turn.rows[0].kind
        output = TurnOutput(turn.channel)
        if kind in ("notice", "consultant"):
            tracker = await self._tracker(agent)
            said = await self._from_inside(turn, agent, tracker)
            for one in said:
                tracker.update(BotUttered(text=one.message.text, metadata={"source": one.source}), agent.domain)
        else:
            turn.parse = turn.parse or await self._parse(turn, agent)
            if turn.handling == "queued" and turn.parse["intent"]["name"] in _BACK_TO_BOT:
                await self._in_thread(lambda: self._lane.end_handoff_queue(turn))
            if turn.handling in ("queued", "with_person"):
                tracker = await self._tracker(agent)
                tracker.update(UserUttered(_text_of(turn), parse_data=None), agent.domain)
            else:
                await agent.processor.handle_message(self._message(turn, output))
                assert turn.tracker is not None
                tracker = turn.tracker
            said = output.said
        events = new_events(tracker, turn.loaded_events)
        step = tracker.active_loop_name or ""
        await self._in_thread(lambda: self._lane.commit(turn, events, said, step))

    async def _parse(self, turn: Turn, agent: UnitAgent) -> dict[str, Any]:
        """Read the rows as one message; pinned before anything is predicted."""
        first = turn.rows[0]
        parse = await self._understand(turn, agent, first.kind)
        await self._in_thread(lambda: self._lane.pin_parse(turn, parse))
        return parse

    async def _understand(self, turn: Turn, agent: UnitAgent, kind: str) -> dict[str, Any]:
        payload = turn.rows[0].payload
        if kind == "option":
            option = picks.by_id(payload.option_id, turn.options)
            if option is not None:
                return picks.as_parse([option])
            # Unknown or expired: what it said is read as text; without words the menu is offered again.
            kind = "text" if payload.text else "stale"
        if kind == "stale":
            return picks.parse_of("show_menu", {})
        if kind in INTENT_OF_KIND:
            entities = {}
            if payload.location is not None:
                entities = {"latitude": payload.location.latitude, "longitude": payload.location.longitude}
            return picks.parse_of(INTENT_OF_KIND[kind], entities)
        text = _text_of(turn)
        if picks.is_opt_out(text):
            return picks.parse_of("opt_out", {}, text=text)
        if any(option.multiple for option in turn.options if option.ord > 0):
            known, _ = picks.several_by_text(text, turn.options)
            if known:
                return picks.as_parse(known)
        picked = picks.by_text(text, turn.options)
        if picked is not None:
            return picks.as_parse([picked])
        message = UserMessage(text, sender_id=turn.sender_id, input_channel=turn.channel)
        return await agent.processor.parse_message(message)

    def _message(self, turn: Turn, output: TurnOutput) -> UserMessage:
        parse = turn.parse or {}
        first = turn.rows[0]
        metadata: dict[str, Any] = {"kind": first.kind}
        if first.payload.media is not None:
            metadata["media"] = first.payload.as_json()["media"]
        if first.payload.sender_name:
            metadata["sender_name"] = first.payload.sender_name
        return UserMessage(
            parse.get("text"),
            output_channel=output,
            sender_id=turn.sender_id,
            parse_data=parse,
            input_channel=turn.channel,
            message_id=f"{first.kind}:{first.vendor_id}",
            metadata=metadata,
        )

    async def _tracker(self, agent: UnitAgent) -> DialogueStateTracker:
        return await agent.processor.get_tracker(the_turn().sender_id)

    async def _from_inside(self, turn: Turn, agent: UnitAgent, tracker: DialogueStateTracker) -> list[Said]:
        """A due notice or a consultant's words: said as they are, no policy runs."""
        payload = turn.rows[0].payload
        values = payload.values
        if turn.rows[0].kind == "consultant":
            said = Said(
                Message("text", text=payload.text), source="consultant", author="consultant",
                user_id=UUID(values["user_id"]),
            )  # fmt: skip
            return [said]
        response = await render(agent, values["response"], tracker, turn.channel, **values.get("values", {}))
        template = values.get("template")
        use = (
            TemplateUse(template["name"], template.get("language", "es_MX"), tuple(template.get("values", ())))
            if template
            else None
        )
        purpose = values.get("purpose", "notice")
        return [
            Said(
                Message.from_json({**one.message.as_json(), **({"template": _as_dict(use)} if use else {})}),
                one.offers, purpose=purpose, source="notice",
            )
            for one in read_response(response)
        ]  # fmt: skip

    def _watch(self, turn: Turn) -> asyncio.TimerHandle:
        """Arm the one kind line that a person gets when their message takes too long for an outage."""
        since, _ = self._failing.get(turn.id, (time.monotonic(), 0))
        wait = max(OUTAGE_LINE_AFTER - (time.monotonic() - since), 0.0)
        loop = asyncio.get_running_loop()
        return loop.call_later(wait, lambda: loop.create_task(self._say_outage(turn)))

    async def _say_outage(self, turn: Turn) -> None:
        if turn.rows[0].kind in ("notice", "consultant") or turn.handling != "bot":
            return
        try:
            said = await self._line(turn, "utter_outage")
            await self._in_thread(lambda: self._lane.say_outage(turn, said))
        except Exception:
            logger.exception("the outage line of chat %s could not be stored", turn.chat_id)

    async def _line(self, turn: Turn, response: str) -> Said:
        agent = self.agents[turn.unit]
        tracker = DialogueStateTracker.from_events(turn.sender_id, [])
        return read_response(await render(agent, response, tracker, turn.channel))[0]

    async def _retry(self, claim: Claim, turn: Turn | None, seconds: float | None) -> None:
        if seconds is None:
            if turn is None:
                seconds = 1.0
            else:
                since, failures = self._failing.get(turn.id, (time.monotonic(), 0))
                self._failing[turn.id] = (since, failures + 1)
                seconds = _BACK_OFF[min(failures, len(_BACK_OFF) - 1)]
                if time.monotonic() - since >= OUTAGE_LINE_AFTER:
                    await self._say_outage(turn)
        try:
            await self._in_thread(lambda: self._lane.retry_later(claim, seconds or 0.0))
        except Exception as error:
            logger.warning("chat %s comes back when its lease ends: %s", claim.chat_id, error)

    async def _fault(self, claim: Claim, turn: Turn, error: Exception) -> None:
        """The message's own fault: count it, and put it aside at the third time."""
        logger.error("a message of chat %s failed", claim.chat_id, exc_info=error)
        try:
            faults = await self._in_thread(lambda: self._lane.count_fault(turn, f"{type(error).__name__}: {error}"))
            if faults >= FAULTS_ALLOWED:
                said = [] if turn.rows[0].kind == "notice" else [await self._line(turn, "utter_error_unexpected")]
                await self._in_thread(lambda: self._lane.put_aside(turn, said))
            else:
                await self._retry(claim, turn, _BACK_OFF[faults - 1])
        except Exception as second:
            logger.warning("the fault of chat %s could not be noted: %s", claim.chat_id, second)
            await self._retry(claim, turn, 1.0)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _text_of(turn: Turn) -> str:
    return " ".join(row.payload.text for row in turn.rows if row.payload.text).replace("\x00", "")


def _as_dict(use: TemplateUse) -> dict[str, Any]:
    return {"name": use.name, "language": use.language, "values": list(use.values)}


def _is_database_error(error: Exception) -> bool:
    return isinstance(error, (psycopg.OperationalError, PoolTimeout))
