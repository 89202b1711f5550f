"""Sends the outbox: claims what is due, asks the gates and rates, hands over to the channel, writes down the end.

In order within a chat (an earlier row that is open holds up the later ones), side by side over chats. Each number has
room for a few rows only before its line, so that a campaign waits in the outbox and never in here; what people wait
for has room of its own and goes before.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone

import psycopg
from psycopg_pool import PoolTimeout

from bot import metrics, reasons
from bot.accounts import Account, Directory
from bot.channels.connector import Outgoing, Receipt, Sender
from bot.line import Flight, Later
from bot.outbox import ONCE, Claimed, Outbox, Room
from bot.rates import Rates
from bot.rendering.options import CannotRender
from bot.rendering.words import speaking
from bot.window import Refuse, Send, Wait, decide
from contract.message import Message, TemplateUse
from contract.quiet_hours import of_unit
from contract.templates import SENDABLE_STATES

logger = logging.getLogger(__name__)

SLOTS = 256
# The rest is kept for what somebody waits for.
_CAMPAIGN_SLOTS = 192
_MORE_FOR_LIVE = 8
MOST_TRIES = 12
_POLL = 1.0
_RELEASE_EVERY = 5.0
# Every row that ends makes room for another: under load one claim is made for several of them.
_CLAIM_EVERY = 0.01
_WINDOW_CODES = {"131047"}
_LIVE, _CAMPAIGN = (1, 32767), (-32768, 0)


class Sending:
    """The loop. senders: by channel."""

    def __init__(self, outbox: Outbox, directory: Directory, senders: Mapping[str, Sender], rates: Rates) -> None:
        self._outbox = outbox
        self._directory = directory
        self._senders = senders
        self._rates = rates
        self._awake = asyncio.Event()
        self._stopping = False
        self._tasks: dict[asyncio.Task[None], bool] = {}
        self._before: Counter[tuple[str, bool]] = Counter()
        self._released_at = 0.0
        rates.moved = self._awake.set

    def wake(self) -> None:
        """There may be something to send."""
        self._awake.set()

    async def run(self) -> None:
        """Send until stop() is called."""
        pause, claimed_at = _POLL, 0.0
        while not self._stopping:
            await asyncio.sleep(claimed_at + _CLAIM_EVERY - time.monotonic())
            self._awake.clear()
            claimed_at = time.monotonic()
            try:
                claimed = await self._claim()
                pause = _POLL
            except (psycopg.Error, PoolTimeout) as error:
                logger.warning("the outbox cannot be read: %s", str(error).splitlines()[:1])
                claimed, pause = [], min(pause * 2, 10.0)
            for row in claimed:
                key = (_key(row), _is_live(row))
                self._before[key] += 1
                task = asyncio.ensure_future(self._handle(row))
                self._tasks[task] = _is_live(row)
                task.add_done_callback(self._done)
            if not claimed:
                try:
                    await asyncio.wait_for(self._awake.wait(), pause)
                except asyncio.TimeoutError:
                    pass

    async def stop(self, patience: float = 12.0) -> None:
        """Claim nothing more and let what is under way end."""
        self._stopping = True
        self._awake.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)

    async def _claim(self) -> list[Claimed]:
        if time.monotonic() - self._released_at > _RELEASE_EVERY and not await self._outbox.release():
            self._released_at = time.monotonic()
        free = SLOTS - len(self._tasks)
        rooms = self._rooms(free) if free else []
        if not rooms:
            return []
        share = self._rates.share
        return await self._outbox.claim(rooms, free, shares=share.of, share=share.index)

    def _rooms(self, free: int) -> list[Room]:
        """Return how much may be claimed of each number: a few rows more than it can send in a moment."""
        campaign_free = min(free, _CAMPAIGN_SLOTS - sum(1 for live in self._tasks.values() if not live))
        rooms = []
        accounts: list[Account | None] = [*self._directory.every(), None]
        for account in accounts:
            channel, key = (account.channel, str(account.id)) if account else ("email", "email")
            most = self._rates.before(channel, key, account.per_second if account else None)
            if not most:
                continue
            live = min(free, most + _MORE_FOR_LIVE - self._before[key, True])
            campaign = min(campaign_free, most - self._before[key, False])
            of = account.id if account else None
            if account is None:
                if live > 0:
                    rooms.append(Room(None, _CAMPAIGN[0], _LIVE[1], live))
                continue
            if live > 0:
                rooms.append(Room(of, *_LIVE, live))
            # Not a row at a time: what waits in the outbox keeps, and each claim costs.
            if campaign > 0 and campaign * 2 >= most:
                rooms.append(Room(of, *_CAMPAIGN, campaign))
        return rooms

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        self._awake.set()
        if not task.cancelled() and task.exception() is not None:
            # The row stays leased and comes again after it; nothing is lost.
            logger.error("an outbox row ended in an error: %r", task.exception())

    async def _handle(self, row: Claimed) -> None:
        place = _Place(self._before, (_key(row), _is_live(row)))
        try:
            await self._send(row, place)
        except Later as later:
            await self._put_off(row, later.after)
        except (psycopg.OperationalError, PoolTimeout):
            if place.asked:
                raise
            # Nothing went: a row that stays leased would count as perhaps sent.
            await self._put_off(row, 0.5)
        finally:
            place.leave()
            place.land()

    async def _send(self, row: Claimed, place: _Place) -> None:
        if row.was_sending and row.purpose in ONCE:
            await self._end(row, Receipt("unknown", code="outcome_unknown"))
            return
        if row.was_sending and row.was_doubtful:
            await self._end(row, Receipt("failed", code="outcome_unknown"))
            return
        sender = self._senders.get(row.channel)
        if sender is None:
            await self._end(row, Receipt("failed", code="no_channel"))
            return
        allowed = await self._allowed(row)
        if allowed is None:
            return
        message, human_agent = allowed
        account = await self._directory.by_id(row.account_id) if row.account_id else None
        if row.channel != "email" and (account is None or not account.active):
            await self._end(row, Receipt("failed", code="no_account"))
            return
        key, granted, began = _key(row), account.per_second if account else None, time.monotonic()
        await self._person(row)
        # Noted before its turn comes and not after: between the turn and the request nothing may take time, or those
        # of a slow moment would all go in the next one.
        if row.purpose in ONCE and not await self._outbox.begin(row, once=True):
            return
        place.flight = await self._rates.account(row.channel, key, granted, priority=row.priority, order=row.id)
        place.leave()
        if time.monotonic() - began > self._outbox.lease / 3 and not await self._outbox.begin(row, once=False):
            return
        outgoing = Outgoing(
            row.id, account, row.unit, row.address, row.chat_id, message, row.parts_sent, row.attempts, row.created_at,
            maybe_sent=row.was_sending or row.was_doubtful, human_agent=human_agent,
        )
        place.asked = True
        receipt = await self._deliver(sender, row, outgoing, place)
        if receipt.code in _WINDOW_CODES and message.template is not None and message.kind != "template":
            # The vendor's clock says otherwise than ours: what the template is for.
            template = await self._as_template(row, message)
            if template is None:
                return
            place.flight = await self._next_part(row, account)
            receipt = await self._deliver(sender, row, replace(outgoing, message=template, parts_sent=0), place)
        if receipt.account_wide and receipt.after:
            await self._rates.pause(key, receipt.after)
        elif receipt.outcome == "retry" and receipt.after:
            await self._rates.pause(key, receipt.after, person=row.address)
        await self._end(row, receipt)

    async def _allowed(self, row: Claimed) -> tuple[Message, bool] | None:
        """Return what may be sent and whether as a person's own words, or end the row and return None."""
        try:
            message = Message.from_json(row.payload)
        except (TypeError, ValueError, KeyError) as error:
            logger.warning("outbox row %s cannot be read: %s", row.id, error)
            await self._end(row, Receipt("failed", code="unreadable"))
            return None
        unit = row.conversation_unit if row.channel != "email" else row.unit
        decision = decide(
            unit=unit,
            channel=row.channel,
            purpose=row.purpose,
            source=row.source,
            message=message,
            opted_out=row.opted_out,
            agreed=row.agreed,
            handling=row.handling,
            quiet=of_unit(self._directory.unit(unit).settings),
            last_inbound_at=row.last_inbound_at,
            now=datetime.now(timezone.utc),
        )
        if isinstance(decision, Wait):
            await self._outbox.hold(row, decision.until)
            return None
        if isinstance(decision, Refuse):
            fitting = ""
            if decision.code == "outside_window" and row.channel == "whatsapp":
                fitting = await self._outbox.fitting_template(row.unit)
            said = "outside_window_template" if fitting else decision.code
            reason = reasons.say(row.channel, said, template=fitting)
            await self._end(row, Receipt("refused", code=decision.code, reason=reason), reason)
            return None
        assert isinstance(decision, Send)
        if not decision.as_template:
            return message, decision.human_agent
        template = await self._as_template(row, message)
        return None if template is None else (template, False)

    async def _as_template(self, row: Claimed, message: Message) -> Message | None:
        """Return it as the first of its templates that is approved, or end the row and return None."""
        use, code = message.template, "no_template"
        while use is not None:
            found = await self._outbox.template(row.unit, use.name, use.language)
            if found is not None and found.state in SENDABLE_STATES:
                buttons = found.components.get("buttons") or []
                options = message.options[: len(buttons)] if isinstance(buttons, list) else ()
                sent = TemplateUse(use.name, found.language, use.values)
                return replace(message, kind="template", options=options, template=sent)
            code = "template_unknown" if found is None else "template_not_approved"
            use = use.instead
        await self._end(row, Receipt("failed" if code == "no_template" else "refused", code=code))
        return None

    async def _deliver(self, sender: Sender, row: Claimed, outgoing: Outgoing, place: _Place) -> Receipt:
        async def part_sent(part: int) -> None:
            place.land()
            await self._outbox.part_sent(row, part)
            place.flight = await self._next_part(row, outgoing.account)

        try:
            with speaking(outgoing.message.language):
                return await sender.deliver(outgoing, part_sent)
        except CannotRender as error:
            logger.warning("outbox row %s cannot be drawn: %s", row.id, error)
            return Receipt("failed", code="cannot_render")
        except (psycopg.Error, PoolTimeout, Later):
            raise
        except Exception:
            # A fault of ours in one message: nobody knows how far it came. Once more, then a person looks at it.
            logger.exception("sending outbox row %s failed", row.id)
            return Receipt("unknown", code="error")
        finally:
            place.land()
            await self._rates.answered(row.channel, _key(row), row.address)

    async def _next_part(self, row: Claimed, account: Account | None) -> Flight:
        """Wait until one more vendor message of this row may go. Raises Later: the parts that went are noted."""
        key, granted = _key(row), account.per_second if account else None
        for _ in range(4):
            try:
                await self._person(row)
                break
            except Later as later:
                if later.after > self._outbox.lease / 3:
                    raise
                await asyncio.sleep(later.after)
        else:
            raise Later(1.0)
        return await self._rates.account(row.channel, key, granted, priority=row.priority, order=row.id)

    async def _person(self, row: Claimed) -> None:
        async def used(seconds: float) -> int:
            return await self._outbox.used(row, seconds)

        await self._rates.person(row.channel, _key(row), row.address, row.lane, used)

    async def _put_off(self, row: Claimed, after: float) -> None:
        await self._outbox.again(row, after, tried=False)
        asyncio.get_running_loop().call_later(after, self._awake.set)

    async def _end(self, row: Claimed, receipt: Receipt, reason: str = "") -> None:
        """Write down what became of it. reason: in plain Spanish, where it is not simply that of the code."""
        channel, code = row.channel, receipt.code
        if receipt.outcome == "sent":
            await self._outbox.sent(row, receipt.vendor_id)
            metrics.sent.labels(channel).inc()
            metrics.send_seconds.labels(channel).observe((datetime.now(timezone.utc) - row.created_at).total_seconds())
            return
        reason = reason or reasons.say(channel, code, receipt.reason)
        if receipt.outcome == "unknown" and channel == "whatsapp" and code != "outcome_unknown":
            metrics.retried.labels(channel, code).inc()
            await self._outbox.unknown(row, code, reason)
            return
        if receipt.outcome == "unknown" and row.purpose in ONCE:
            await self._stop_at(row, "review", "outcome_unknown", reasons.say(channel, "outcome_unknown"), receipt)
            return
        # Once more, and no more: nothing but a person's own look can tell after that.
        most = 1 if receipt.outcome == "unknown" and row.was_doubtful else MOST_TRIES
        if receipt.outcome in ("retry", "unknown") and row.attempts + 1 < most:
            metrics.retried.labels(channel, code).inc()
            after = receipt.after or min(2.0**row.attempts, 300.0) * random.uniform(0.8, 1.2)
            await self._outbox.again(row, after, code=code, reason=reason, doubtful=receipt.outcome == "unknown")
            asyncio.get_running_loop().call_later(after, self._awake.set)
            return
        await self._stop_at(row, "refused" if receipt.outcome == "refused" else "failed", code, reason, receipt)

    async def _stop_at(self, row: Claimed, state: str, code: str, reason: str, receipt: Receipt) -> None:
        metrics.not_sent.labels(row.channel, code).inc()
        logger.warning("outbox row %s %s: %s %s", row.id, state, receipt.code, receipt.reason)
        await self._outbox.ended(row, state, code, reason)


class _Place:
    """One row's place before its number's line, and then on the way; left once.

    asked: from then on the vendor may have it.
    """

    def __init__(self, before: Counter[tuple[str, bool]], key: tuple[str, bool]) -> None:
        self._before = before
        self._key = key
        self._left = False
        self.asked = False
        self.flight: Flight | None = None

    def land(self) -> None:
        if self.flight is not None:
            self.flight.land()
            self.flight = None

    def leave(self) -> None:
        if not self._left:
            self._left = True
            self._before[self._key] -= 1


def _key(row: Claimed) -> str:
    return str(row.account_id or row.channel)


def _is_live(row: Claimed) -> bool:
    return row.priority >= _LIVE[0]
