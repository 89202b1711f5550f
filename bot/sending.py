"""Sends the outbox: claims what is due, asks the gates and rates, hands over to the channel, writes down the end.

In order within a chat (an earlier row that is open holds up the later ones), side by side over chats, those with
higher priority first.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone

import psycopg
from psycopg_pool import PoolTimeout

from bot import metrics
from bot.accounts import Directory
from bot.channels.connector import Outgoing, Receipt, Sender
from bot.outbox import Claimed, Outbox
from bot.rates import Rates
from bot.rendering.options import CannotRender
from bot.window import Refuse, decide
from contract.message import Message, TemplateUse

logger = logging.getLogger(__name__)

SLOTS = 48
MOST_TRIES = 12
MOST_DOUBTFUL_TRIES = 4
_POLL = 1.0
# A wait up to this is slept through; a longer one goes back to the outbox, so that it holds no slot.
_SLEPT = 0.25
_WINDOW_CODES = {"131047"}
_UNSENDABLE_TEMPLATES = {"REJECTED", "PAUSED", "DISABLED"}


class Sending:
    """The loop. senders: by channel."""

    def __init__(self, outbox: Outbox, directory: Directory, senders: Mapping[str, Sender], rates: Rates) -> None:
        self._outbox = outbox
        self._directory = directory
        self._senders = senders
        self._rates = rates
        self._awake = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There may be something to send."""
        self._awake.set()

    async def run(self) -> None:
        """Send until stop() is called."""
        pause = _POLL
        while not self._stopping:
            self._awake.clear()
            try:
                claimed = await self._outbox.claim(SLOTS - len(self._tasks)) if len(self._tasks) < SLOTS else []
                pause = _POLL
            except (psycopg.Error, PoolTimeout) as error:
                logger.warning("the outbox cannot be read: %s", str(error).splitlines()[:1])
                claimed, pause = [], min(pause * 2, 10.0)
            for row in claimed:
                task = asyncio.ensure_future(self._handle(row))
                self._tasks.add(task)
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

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._awake.set()
        if not task.cancelled() and task.exception() is not None:
            # The row stays leased and comes again after it; nothing is lost.
            logger.error("an outbox row ended in an error: %r", task.exception())

    async def _handle(self, row: Claimed) -> None:
        if row.was_sending and (row.was_doubtful or row.purpose == "promotion"):
            await self._end(row, Receipt("failed", code="outcome_unknown", reason="it is not known whether it went"))
            return
        sender = self._senders.get(row.channel)
        if sender is None:
            await self._end(row, Receipt("failed", code="no_channel", reason=f"no connector for {row.channel}"))
            return
        message = await self._allowed(row)
        if message is None:
            return
        account = await self._directory.by_id(row.account_id) if row.account_id else None
        if row.channel != "email" and (account is None or not account.active):
            await self._end(row, Receipt("failed", code="no_account", reason="its number or bot is gone or inactive"))
            return
        key = str(row.account_id or row.channel)
        wait = self._rates.wait(row.channel, key, row.address)
        if wait > _SLEPT:
            await self._outbox.again(row, wait, tried=False)
            asyncio.get_running_loop().call_later(wait, self._awake.set)
            return
        if wait:
            await asyncio.sleep(wait)
        self._rates.take(row.channel, key, row.address)
        outgoing = Outgoing(
            row.id, account, row.unit, row.address, row.chat_id, message, row.parts_sent, row.attempts, row.created_at
        )
        receipt = await self._deliver(sender, row, outgoing)
        if receipt.code in _WINDOW_CODES and message.template is not None and message.kind != "template":
            # The vendor's clock says otherwise than ours: what the template is for.
            template = await self._as_template(row, message)
            if template is None:
                return
            receipt = await self._deliver(sender, row, replace(outgoing, message=template, parts_sent=0))
        self._rates.answered(row.channel, key, row.address)
        if receipt.account_wide:
            self._rates.pause(key, receipt.after)
        await self._end(row, receipt)

    async def _allowed(self, row: Claimed) -> Message | None:
        """Return what may be sent, or end the row and return None."""
        try:
            message = Message.from_json(row.payload)
        except (TypeError, ValueError, KeyError) as error:
            await self._end(row, Receipt("failed", code="unreadable", reason=f"its payload cannot be read: {error}"))
            return None
        decision = decide(
            unit=row.conversation_unit if row.channel != "email" else row.unit,
            channel=row.channel,
            purpose=row.purpose,
            message=message,
            opted_out=row.opted_out,
            last_inbound_at=row.last_inbound_at,
            now=datetime.now(timezone.utc),
        )
        if isinstance(decision, Refuse):
            await self._end(row, Receipt("refused", code=decision.code, reason=decision.reason))
            return None
        return await self._as_template(row, message) if decision.as_template else message

    async def _as_template(self, row: Claimed, message: Message) -> Message | None:
        use = message.template
        if use is None:
            await self._end(row, Receipt("failed", code="no_template", reason="a template message names no template"))
            return None
        found = await self._outbox.template(row.unit, use.name, use.language)
        if found is None:
            reason = f"the unit {row.unit} has no template {use.name}"
            await self._end(row, Receipt("refused", code="template_unknown", reason=reason))
            return None
        if found.state in _UNSENDABLE_TEMPLATES:
            reason = f"the template {use.name} is {found.state} at the vendor"
            await self._end(row, Receipt("refused", code="template_not_approved", reason=reason))
            return None
        buttons = found.components.get("buttons") or []
        options = message.options[: len(buttons)] if isinstance(buttons, list) else ()
        return replace(
            message, kind="template", options=options, template=TemplateUse(use.name, found.language, use.values)
        )

    async def _deliver(self, sender: Sender, row: Claimed, outgoing: Outgoing) -> Receipt:
        async def part_sent(part: int) -> None:
            await self._outbox.part_sent(row, part)

        try:
            return await sender.deliver(outgoing, part_sent)
        except CannotRender as error:
            return Receipt("failed", code="cannot_render", reason=str(error))
        except (psycopg.Error, PoolTimeout):
            raise
        except Exception as error:
            # A fault of ours in one message: it must not be tried for ever, nor stop the others.
            logger.exception("sending outbox row %s failed", row.id)
            return Receipt("failed", code="error", reason=f"{type(error).__name__}: {error}"[:300])

    async def _end(self, row: Claimed, receipt: Receipt) -> None:
        """Write down what became of it."""
        channel = row.channel
        if receipt.outcome == "sent":
            await self._outbox.sent(row, receipt.vendor_id)
            metrics.sent.labels(channel).inc()
            metrics.send_seconds.labels(channel).observe((datetime.now(timezone.utc) - row.created_at).total_seconds())
            return
        if receipt.outcome == "unknown" and channel == "whatsapp":
            metrics.retried.labels(channel, receipt.code).inc()
            await self._outbox.unknown(row, receipt.code, receipt.reason)
            return
        most = MOST_DOUBTFUL_TRIES if receipt.outcome == "unknown" else MOST_TRIES
        if receipt.outcome in ("retry", "unknown") and row.attempts + 1 < most:
            metrics.retried.labels(channel, receipt.code).inc()
            after = receipt.after or min(2.0**row.attempts, 300.0) * random.uniform(0.8, 1.2)
            await self._outbox.again(
                row, after, code=receipt.code, reason=receipt.reason, doubtful=receipt.outcome == "unknown"
            )
            asyncio.get_running_loop().call_later(after, self._awake.set)
            return
        metrics.not_sent.labels(channel, receipt.code).inc()
        logger.warning("outbox row %s %s: %s %s", row.id, receipt.outcome, receipt.code, receipt.reason)
        if receipt.outcome == "refused":
            await self._outbox.refused(row, receipt.code, receipt.reason)
        else:
            await self._outbox.failed(row, receipt.code, receipt.reason)
