"""Takes chats off the queue and runs their turns: several chats side by side, each chat in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import turn_metrics as metrics
from bot.agents import UnitAgent
from bot.inside import one_line, said_from_inside
from bot.lane import Kept, Lane
from bot.reading import message_of, text_of, understand
from bot.said import TurnOutput
from bot.tracker_store import new_events
from bot.turn import Outage, Overtaken, Turn, current_turn, the_turn
from bot.understanding.languages import LANGUAGE_SLOT
from contract.campaigns import campaign_in

logger = logging.getLogger(__name__)
T = TypeVar("T")

OUTAGE_LINE_AFTER = 10.0
FAULTS_ALLOWED = 3
_BACK_OFF = (0.5, 1.0, 2.0, 4.0, 8.0)
# A turn that is tried again long after its message came: it gets a moment before the person is told that it takes long.
_SECOND_TRY = 1.0
_MOST_REMEMBERED = 10_000
_ANNOUNCE_AFTER = 0.003
# Every so many claims a chat where only notices wait goes first: a campaign never starves, nor does it delay people.
_BACKGROUND_SHARE = 4
FORM_GONE = "utter_form_gone"

# What leads from the queue for a person back to the bot.
_BACK_TO_BOT = {"show_menu", "restart"}


class Worker:
    """agents: by unit. parallel: how many chats at once."""

    def __init__(self, lane: Lane, agents: Mapping[str, UnitAgent], *, lease: float, parallel: int = 8) -> None:
        self._lane = lane
        self._agents = dict(agents)
        self._lease = lease
        self._parallel = parallel
        self._threads = ThreadPoolExecutor(parallel + 2, thread_name_prefix="lane")
        self._taken = 0
        self._wake = asyncio.Event()
        self._stopping = False
        self._held: dict[UUID, UUID] = {}
        self._failures: Counter[int] = Counter()
        self._changed: set[tuple[str, UUID]] = set()
        self._running: set[asyncio.Task[None]] = set()
        metrics.running.set_function(lambda: len(self._held))

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

    @property
    def agents(self) -> Mapping[str, UnitAgent]:
        return self._agents

    def replace_agent(self, unit: str, agent: UnitAgent) -> None:
        """Let new turns of the unit run with this agent; those that run keep theirs."""
        self._agents = {**self._agents, unit: agent}

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def renew_leases(self) -> None:
        """Renew what is held; called from a thread of its own, since a prediction blocks the event loop."""
        self._lane.renew(dict(self._held))

    async def _take_one(self) -> bool:
        if len(self._running) >= self._parallel:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        self._wake.clear()
        agents = self._agents

        def kept(unit: str, conversation_id: UUID) -> Kept | None:
            return agents[unit].store.take(conversation_id)

        self._taken += 1
        found, turn = False, None
        if self._taken % _BACKGROUND_SHARE == 0:
            found, turn = await self._in_thread(lambda: self._lane.take(kept, background=True))
        if not found:
            found, turn = await self._in_thread(lambda: self._lane.take(kept))
        if turn is not None:
            self._held[turn.chat_id] = turn.token
            self._start(self._work(turn, agents[turn.unit]))
        return found

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _rest(self) -> None:
        wait = await self._in_thread(self._lane.seconds_until_due)
        try:
            await asyncio.wait_for(self._wake.wait(), 2.0 if wait is None else min(max(wait, 0.005), 2.0))
        except asyncio.TimeoutError:
            pass

    async def _work(self, turn: Turn, agent: UnitAgent) -> None:
        watchdog = self._watch(turn, agent)
        started, outcome = time.perf_counter(), "saved"
        try:
            await self._run_turn(turn, agent)
            self._failures.pop(turn.id, None)
        except Overtaken as reason:
            outcome = "overtaken"
            logger.info("a turn of chat %s was not saved: %s", turn.chat_id, reason)
            await self._retry(turn, agent, 0.05)
        except Outage as error:
            outcome = "outage"
            logger.warning("a turn of chat %s waits: %s", turn.chat_id, error)
            await self._retry(turn, agent, None)
        except Exception as error:
            outcome = "outage" if _is_database_error(error) else "fault"
            if outcome == "outage":
                logger.warning("a turn of chat %s waits for the database: %s", turn.chat_id, error)
                await self._retry(turn, agent, None)
            else:
                await self._fault(turn, agent, error)
        finally:
            watchdog.cancel()
            metrics.turns.labels(turn.unit, outcome).inc()
            metrics.turn_seconds.labels(turn.unit).observe(time.perf_counter() - started)
            if self._held.get(turn.chat_id) == turn.token:
                del self._held[turn.chat_id]

    async def _run_turn(self, turn: Turn, agent: UnitAgent) -> None:
        current_turn.set(turn)
        kind = turn.rows[0].kind
        output = TurnOutput(turn.channel)
        if kind in ("notice", "consultant"):
            tracker = await self._tracker(agent)
            said = await said_from_inside(turn, agent, tracker)
            for one in said:
                tracker.update(BotUttered(text=one.message.text, metadata={"source": one.source}), agent.domain)
        else:
            turn.campaign, text = campaign_in(text_of(turn))
            if turn.parse is None:
                turn.parse = await understand(
                    turn, agent, text, lambda: self._in_thread(lambda: self._lane.greeting_of(turn))
                )
                turn.before_action = self._pinning(turn, turn.parse)
            if turn.handling == "queued" and turn.parse["intent"]["name"] in _BACK_TO_BOT:
                await self._in_thread(lambda: self._lane.end_handoff_queue(turn))
            if turn.handling in ("queued", "with_person"):
                tracker = await self._tracker(agent)
                tracker.update(UserUttered(text_of(turn), parse_data=None), agent.domain)
            else:
                if turn.form_gone and FORM_GONE in agent.domain.responses:
                    output.said.append(await one_line(turn, agent, FORM_GONE))
                await agent.processor.handle_message(message_of(turn, output))
                assert turn.tracker is not None
                tracker = turn.tracker
            said = output.said
        events = new_events(tracker, turn.loaded_events)
        step = tracker.active_loop_name or ""
        turn.language = str(tracker.get_slot(LANGUAGE_SLOT) or "")
        if turn.language:
            said = [replace(one, message=replace(one.message, language=turn.language)) for one in said]
        await self._in_thread(lambda: self._lane.commit(turn, events, said, step))
        turn.tracker = tracker
        agent.store.keep(turn, len(events))
        self._announce(turn)

    def _pinning(self, turn: Turn, parse: dict[str, Any]) -> Callable[[], Awaitable[None]]:
        """Return what stores the parse, once, before the turn's first action: a replay then calls the same ones.

        A turn that calls no action leaves nothing behind, and is simply read again.
        """

        async def pin() -> None:
            turn.before_action = None
            try:
                await self._in_thread(lambda: self._lane.pin_parse(turn, parse))
            except (psycopg.OperationalError, PoolTimeout) as error:
                raise Outage(f"the parse could not be stored: {error}") from error

        return pin

    def _announce(self, turn: Turn) -> None:
        """Tell of a commit a moment later, together with those that follow at once."""
        if not self._changed:
            self._start(self._announce_soon())
        self._changed.add((turn.unit, turn.conversation_id))

    async def _announce_soon(self) -> None:
        await asyncio.sleep(_ANNOUNCE_AFTER)
        changed, self._changed = self._changed, set()
        try:
            await self._in_thread(lambda: self._lane.announce(changed))
        except Exception as error:
            logger.warning("nobody was woken: %s", error)

    async def _tracker(self, agent: UnitAgent) -> DialogueStateTracker:
        return await agent.processor.get_tracker(the_turn().sender_id)

    def _watch(self, turn: Turn, agent: UnitAgent) -> asyncio.TimerHandle:
        """Arm the one kind line that a person gets when their message takes too long for an outage.

        Waiting in the queue is none; a turn that was tried before counts from when the message came, whichever
        process tried it.
        """
        wait = max(OUTAGE_LINE_AFTER - turn.waited, _SECOND_TRY) if turn.again else OUTAGE_LINE_AFTER
        return asyncio.get_running_loop().call_later(wait, lambda: self._start(self._say_outage(turn, agent)))

    async def _say_outage(self, turn: Turn, agent: UnitAgent) -> None:
        if turn.rows[0].kind in ("notice", "consultant") or turn.handling != "bot":
            return
        try:
            said = await one_line(turn, agent, "utter_outage")
            await self._in_thread(lambda: self._lane.say_outage(turn, said))
            self._announce(turn)
        except Exception:
            logger.exception("the outage line of chat %s could not be stored", turn.chat_id)

    async def _retry(self, turn: Turn, agent: UnitAgent, seconds: float | None) -> None:
        """Give the chat back for another try. seconds: None backs off, and tells the person where it takes long."""
        if seconds is None:
            if len(self._failures) > _MOST_REMEMBERED:
                self._failures.clear()
            seconds = _BACK_OFF[min(self._failures[turn.id], len(_BACK_OFF) - 1)]
            self._failures[turn.id] += 1
            if turn.waiting_seconds >= OUTAGE_LINE_AFTER:
                await self._say_outage(turn, agent)
        pause = seconds
        try:
            await self._in_thread(lambda: self._lane.retry_later(turn, pause))
        except Exception as error:
            logger.warning("chat %s comes back when its lease ends: %s", turn.chat_id, error)

    async def _fault(self, turn: Turn, agent: UnitAgent, error: Exception) -> None:
        """The message's own fault: count it, and put it aside at the third time."""
        logger.error("a message of chat %s failed", turn.chat_id, exc_info=error)
        try:
            faults = await self._in_thread(lambda: self._lane.count_fault(turn, f"{type(error).__name__}: {error}"))
            if faults >= FAULTS_ALLOWED:
                notice = turn.rows[0].kind == "notice"
                said = [] if notice else [await one_line(turn, agent, "utter_error_unexpected")]
                await self._in_thread(lambda: self._lane.put_aside(turn, said))
                metrics.put_aside.labels(turn.unit).inc()
                self._announce(turn)
            else:
                await self._retry(turn, agent, _BACK_OFF[faults - 1])
        except Exception as second:
            logger.warning("the fault of chat %s could not be noted: %s", turn.chat_id, second)
            await self._retry(turn, agent, 1.0)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _is_database_error(error: Exception) -> bool:
    return isinstance(error, (psycopg.OperationalError, PoolTimeout))
