"""The buckets that all gateways share, in Redis. Whoever asks where it is away learns that at once.

Redis may be flushed, killed and restored at any time: see bot/limits.lua for what is assumed then.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from redis import asyncio as aioredis
from redis.exceptions import RedisError

from bot.buckets import BucketUnknown
from bot.limits import Limit

_TAKE = (Path(__file__).resolve().parent / "limits.lua").read_text(encoding="utf-8")
_PAUSE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local wanted = now + tonumber(ARGV[1]) * 1000000
if wanted > tonumber(redis.call('GET', KEYS[1]) or '0') then
    redis.call('SET', KEYS[1], string.format('%.0f', wanted), 'PX', string.format('%.0f', ARGV[1] * 1000 + 1000))
end
"""
_PREFIX = "rates:"
_EPOCH = f"{_PREFIX}epoch"
# An answer takes a fraction of a millisecond; one that takes so long is as good as none.
_TIMEOUT = 0.5


class SharedAway(Exception):
    """Redis does not answer."""


class SharedBuckets:
    """One connection pool; opened by the first question."""

    def __init__(self, url: str) -> None:
        # What this run of Redis is called: known from the connection, for a restart breaks that.
        self._run = ""

        async def connected(connection: Any) -> None:
            await connection.on_connect()
            await connection.send_command("INFO", "server")
            answer = await connection.read_response()
            text = answer.decode() if isinstance(answer, bytes) else str(answer)
            self._run = next(
                (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("run_id:")), ""
            )

        self._redis: Any = aioredis.Redis.from_url(
            url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, redis_connect_func=connected,
            retry_on_timeout=False,
        )  # fmt: skip
        self._take = self._redis.register_script(_TAKE)
        self._pause = self._redis.register_script(_PAUSE)

    async def take(
        self, bucket: str, limit: Limit, wanted: int, ahead: float, used: int | None = None, *, empty: bool
    ) -> tuple[list[float], float]:
        """As Buckets.take, for all gateways together. Raises BucketUnknown, SharedAway."""
        if not self._run:
            await self.reach()
        keys = [_PREFIX + bucket, f"{_PREFIX}{bucket}:pause", _EPOCH]
        unknown = "all" if empty else "ask" if used is None else used
        given = [repr(limit.every), repr(limit.burst), wanted, repr(ahead), self._run, unknown]
        answer = [item.decode() for item in await self._asked(self._take(keys=keys, args=given))]
        if answer and answer[0] == "wait":
            return [], int(answer[1]) / 1e6
        if answer == ["unknown"]:
            raise BucketUnknown(bucket)
        return [int(slot) / 1e6 for slot in answer], 0.0

    async def pause(self, bucket: str, seconds: float) -> None:
        """Give no slot of this bucket to anybody for so long. Raises SharedAway."""
        await self._asked(self._pause(keys=[f"{_PREFIX}{bucket}:pause"], args=[repr(seconds)]))

    async def reach(self) -> None:
        """Raises SharedAway where Redis does not answer."""
        await self._asked(self._redis.ping())

    async def close(self) -> None:
        """Let the connections go."""
        await self._redis.close()
        await self._redis.connection_pool.disconnect()

    async def _asked(self, question: Any) -> Any:
        try:
            return await question
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            raise SharedAway(str(error)) from error
