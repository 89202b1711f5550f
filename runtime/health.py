"""How one sees that a process is well: an address that answers 200, or a heartbeat in Redis."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

import redis

from runtime import heartbeat


@dataclass(frozen=True)
class Health:
    """What a check saw."""

    well: bool
    detail: str


Check = Callable[[], Health]


def http_check(url: str, timeout_seconds: float = 3.0) -> Check:
    """Well when GET answers 200."""

    def check() -> Health:
        try:
            with urllib.request.urlopen(url, timeout=timeout_seconds) as answer:  # noqa: S310  # our own loopback
                return Health(True, _summary(answer.read(4096)))
        except urllib.error.HTTPError as error:
            return Health(False, f"{url} answers {error.code}: {_summary(error.read(4096))}")
        except OSError as error:
            return Health(False, f"{url} does not answer ({getattr(error, 'reason', error)})")

    return check


def heartbeat_check(redis_url: str, name: str) -> Check:
    """Well while the process's key is there."""

    def check() -> Health:
        try:
            client = redis.Redis.from_url(redis_url, socket_timeout=3, socket_connect_timeout=3)
            try:
                alive = heartbeat.is_alive(client, name)
            finally:
                client.close()
        except redis.exceptions.RedisError as error:
            return Health(False, f"Redis does not answer ({error})")
        return Health(alive, "heartbeat" if alive else "no heartbeat within 30 s")

    return check


def postgres_check(url: str) -> Check:
    """Well when a query is answered."""

    def check() -> Health:
        import psycopg

        try:
            with psycopg.connect(url, connect_timeout=3, autocommit=True) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error as error:
            return Health(False, str(error).strip().splitlines()[0])
        return Health(True, "answers")

    return check


def redis_check(url: str) -> Check:
    """Well when a ping is answered."""

    def check() -> Health:
        client = redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3)
        try:
            client.ping()
        except redis.exceptions.RedisError as error:
            return Health(False, str(error))
        finally:
            client.close()
        return Health(True, "answers")

    return check


def _summary(body: bytes) -> str:
    text = body.decode("utf-8", "replace").strip()
    try:
        data = json.loads(text)
    except ValueError:
        return text.splitlines()[0][:120] if text else ""
    if isinstance(data, dict):
        return str(data.get("status") or data.get("detail") or "answers")
    return "answers"
