"""The live stream: what happens while it reads is not lost."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

from backoffice.live import LiveStream
from backoffice.live_tokens import LiveScope

NOW = datetime(2026, 11, 28, 18, 0, tzinfo=timezone.utc)
SCOPE = LiveScope(("amigro",), (), None, NOW + timedelta(hours=1))


class _Slow(LiveStream):
    """A database whose answer is as old as the moment of the question, and comes when it is let."""

    def __init__(self) -> None:
        super().__init__("", "", lambda: NOW)
        self.state, self.asked, self.may_answer = 1, 0, asyncio.Event()

    async def _ask(self, scope: LiveScope) -> tuple[object, ...] | None:
        self.asked += 1
        then = (self.state,)
        await self.may_answer.wait()
        return then


def test_what_happened_while_it_was_read_is_read_again() -> None:
    async def walk() -> None:
        stream = _Slow()
        reading = asyncio.create_task(stream._fingerprint(SCOPE))
        await asyncio.sleep(0)
        # Somebody moves a card; the answer that is on its way is of before.
        stream.state = 2
        stream._forget()
        stream.may_answer.set()
        before = await reading
        after = await stream._fingerprint(SCOPE)
        assert after != before and stream.asked == 2
        assert await stream._fingerprint(SCOPE) == after and stream.asked == 2, "read once for all pages"

    asyncio.run(walk())
