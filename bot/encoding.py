"""JSON as fast as this process needs it: webhooks are read, and a flush is handed to PostgreSQL in one parameter.

orjson does the work; what it refuses (half of a surrogate pair, numbers without end, NaN) is read and written by the
standard library, and what JSONB cannot hold is taken out.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from bot.cleaning import storable

_NUL = b"\\u0000"
# Far more than any vendor sends. What is deeper is read by orjson, and then breaks whatever walks through it.
_MOST_DEEP = 100


def decode(raw: bytes) -> Any:
    """Read JSON. Raises ValueError where it is none, or nested beyond all sense."""
    try:
        value = orjson.loads(raw)
    except ValueError:
        try:
            value = json.loads(raw)
        except RecursionError:
            raise ValueError("nested too deeply") from None
    # What opens so few times cannot be deep: most are not walked through.
    if raw.count(b"{") + raw.count(b"[") > _MOST_DEEP and _is_too_deep(value):
        raise ValueError("nested too deeply")
    return value


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_MOST_DEEP):
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


def encode(value: Any) -> str:
    """Write JSON that PostgreSQL stores as JSONB; UUIDs and times are written as text."""
    try:
        written = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(storable(value), default=str)
    if _NUL in written:
        return json.dumps(storable(value), default=str)
    return written.decode()
