"""Sets apart what one of our own team writes to a bot on their Telegram: no chat, no row of the queue is made of it.

Who they are is the app's to know (huntred/notifications/team_telegram.py): it links who sent their code, and answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from bot.arrivals import Arrival, Event
from bot.encoding import encode
from contract.team_codes import is_team_code

_THEIRS = """
SELECT n.ord FROM json_to_recordset(%s) AS n (ord int, account uuid, user_id text, code text)
WHERE app_team_chat(n.account, n.user_id, n.code)
"""
_TELL = "INSERT INTO stored_events (unit, name, payload) VALUES (%s, 'TeamMemberWrote', %s)"
# To a reaction or a change of a message nobody is answered.
_SILENT = frozenset({"reaction", "edited", "deleted"})


async def set_apart(connection: psycopg.AsyncConnection[Any], events: Sequence[Event]) -> Sequence[Event]:
    """Hand what the team wrote to the app, and return the rest. connection: one that commits by itself.

    A vendor that sends it again has it handed on again: it is answered once by its id.
    """
    arrivals = {
        ord_: event
        for ord_, event in enumerate(events)
        if isinstance(event, Arrival) and event.account.channel == "telegram"
    }
    if not arrivals:
        return events
    asked = [
        {"ord": ord_, "account": one.account.id, "user_id": one.user_id, "code": _code_of(one)}
        for ord_, one in arrivals.items()
    ]
    theirs = {ord_ for (ord_,) in await (await connection.execute(_THEIRS, (encode(asked),))).fetchall()}
    for ord_ in sorted(theirs):
        one = arrivals[ord_]
        if one.inbound.kind in _SILENT:
            continue
        told = {
            "account_id": str(one.account.id), "telegram_user_id": one.user_id, "vendor_id": one.vendor_id,
            "code": _code_of(one),
        }  # fmt: skip
        await connection.execute(_TELL, (one.account.unit, Jsonb(told)))
    return [event for ord_, event in enumerate(events) if ord_ not in theirs]


def _code_of(arrival: Arrival) -> str:
    start = str(arrival.inbound.values.get("start") or "")
    return start if is_team_code(start) else ""
