"""Runs the conversations inside Rasa's environment: the worker's own turns on a real database and action server.

    python -m tests.simulation.driver   reads {"urls": …, "actions": …, "secret": …, "unit": …, …} from standard input
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import asyncio  # noqa: E402
import json  # noqa: E402
import re  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import psycopg  # noqa: E402
from psycopg.rows import dict_row  # noqa: E402
from psycopg.types.json import Jsonb  # noqa: E402

from bot.agents import UnitAgent, load_agent, model_of  # noqa: E402
from bot.endpoint import ActionEndpoint  # noqa: E402
from bot.lane import Lane  # noqa: E402
from bot.processor import speed_up_reply_validation  # noqa: E402
from bot.server import every  # noqa: E402
from bot.store import open_pool  # noqa: E402
from bot.worker import Worker  # noqa: E402
from contract.ids import new_id  # noqa: E402
from contract.message import Inbound, Location, Media, Message  # noqa: E402
from tests.simulation.judge import FAULTS, UNANSWERED, Exchange, faults, transcript  # noqa: E402
from tests.simulation.person import Move, Person, View  # noqa: E402

_PARALLEL = 6
_LEASE = 30.0
_PATIENCE = 60.0
# Reached when: rows of the conversation (%s) say so.
_DONE = {
    "register": "SELECT 1 FROM conversations v JOIN chats c ON c.id = v.chat_id JOIN unit_profiles p ON"
                " p.person_id = c.person_id AND p.unit = v.unit WHERE v.id = %s AND p.first_name <> '' AND p.email <> ''",
    "job": "SELECT 1 FROM applications WHERE conversation_id = %s",
    "human": "SELECT 1 FROM conversations WHERE id = %s AND handling = 'queued'",
    "proposal": "SELECT 1 FROM conversations WHERE id = %s AND handling = 'queued'",
}  # fmt: skip
# Reached when the bot said one of these.
_SAID = {
    "status": {"utter_status", "utter_status_none"}, "invite": {"utter_invitation_text"},
    "unit": {"utter_about_business_unit"}, "safe": {"utter_faq_is_it_safe"}, "office": {"utter_faq_office", "utter_contact"},
}  # fmt: skip
_NOT_OFFERED = "utter_not_offered"


@dataclass
class Town:
    """The database as the gateway leaves it, and what came of it."""

    connection: psycopg.Connection[dict[str, Any]]
    unit: str
    account: Any
    channel: str
    count: int = 0

    @classmethod
    def of(cls, url: str, unit: str) -> Town:
        connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        row = connection.execute(
            "SELECT id, channel FROM channel_accounts WHERE unit = %s AND channel IN ('whatsapp', 'telegram')"
            " ORDER BY channel DESC LIMIT 1", (unit,),
        ).fetchone()  # fmt: skip
        assert row is not None, f"unit {unit} has no account in the stand-ins' list"
        return cls(connection, unit, row["id"], row["channel"])

    def open_chat(self, user: str) -> Any:
        chat = new_id()
        self.connection.execute(
            "INSERT INTO chats (id, channel_account_id, channel, user_id, unit) VALUES (%s, %s, %s, %s, %s)",
            (chat, self.account, self.channel, user, self.unit),
        )
        return chat

    def arrive(self, chat: Any, move: Move) -> None:
        self.count += 1
        media = Media(f"m{self.count}", "image/jpeg") if move.kind in ("image", "audio", "document") else None
        where = Location(19.43, -99.13) if move.kind == "location" else None
        payload = Inbound(kind=move.kind, text=move.text, option_id=move.option_id, media=media, location=where)  # type: ignore[arg-type]
        with self.connection.transaction():
            self.connection.execute("SELECT 1 FROM chats WHERE id = %s FOR UPDATE", (chat,))
            self.connection.execute(
                "INSERT INTO inbox (chat_id, channel_account_id, channel, kind, vendor_id, payload)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (chat, self.account, self.channel, move.kind, f"s{chat}{self.count}", Jsonb(payload.as_json())),
            )
            self.connection.execute("UPDATE chats SET due = clock_timestamp() WHERE id = %s AND due IS NULL", (chat,))

    def row(self, query: str, *values: Any) -> dict[str, Any] | None:
        return self.connection.execute(query, values).fetchone()

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        return self.connection.execute(query, values).fetchall()


@dataclass
class Talk:
    """One conversation of one person."""

    town: Town
    worker: Worker
    person: Person
    chat: Any
    exchanges: list[Exchange] = field(default_factory=list)
    seen: int = 0
    events: int = 0
    moved: bool = False
    slots: dict[str, Any] = field(default_factory=dict)

    async def lead(self) -> None:
        """From the first message to the goal, or to where somebody gives up."""
        move: Move | None = self.person.begins()
        while move is not None:
            self.town.arrive(self.chat, move)
            self.worker.wake()
            if not await self._settled():
                self.exchanges.append(Exchange(_shown(move), [], []))
                return
            view = self._read(move)
            if self.moved or self.exchanges[-1].silent:
                return
            move = self.person.goes_on(view)

    async def _settled(self) -> bool:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            row = self.town.row("SELECT due, unit, token FROM chats WHERE id = %s", self.chat)
            assert row is not None
            # The action moves the chat before its turn has said so.
            if row["unit"] != self.town.unit and row["token"] is None:
                self.moved = True
                return True
            if row["due"] is None:
                return True
            await asyncio.sleep(0.02)
        return False

    def _read(self, move: Move) -> View:
        town = self.town
        out = town.rows("SELECT id, payload FROM outbox WHERE chat_id = %s AND id > %s ORDER BY id", self.chat, self.seen)
        self.seen = out[-1]["id"] if out else self.seen
        messages = [Message.from_json(row["payload"]) for row in out]
        conversation = town.row(
            "SELECT id, handling FROM conversations WHERE chat_id = %s AND unit = %s", self.chat, town.unit
        )
        assert conversation is not None
        said = town.rows(
            "SELECT seq, name, event FROM tracker_events WHERE conversation_id = %s AND seq > %s ORDER BY seq",
            conversation["id"], self.events,
        )  # fmt: skip
        self.events = said[-1]["seq"] if said else self.events
        names = []
        for row in said:
            if row["name"] == "slot":
                self.slots[row["event"]["name"]] = row["event"]["value"]
            elif row["name"] == "active_loop":
                self.slots["_form"] = row["event"]["name"]
            elif row["name"] == "bot":
                names.append(str((row["event"].get("metadata") or {}).get("utter_action") or ""))
        options = tuple(option for message in messages for option in message.options)
        in_form = bool(self.slots.get("_form"))
        silent = conversation["handling"] in ("queued", "with_person") and not messages
        texts = [message.text for message in messages]
        stopped = "utter_opted_out" in names
        self.exchanges.append(
            Exchange(_shown(move), texts, names, [option.title for option in options], in_form, silent, stopped)
        )
        asked = str(self.slots.get("asked") or "") if in_form else ""
        accepted = town.row(
            "SELECT 1 AS one FROM consents s JOIN chats c ON c.person_id = s.person_id WHERE c.id = %s", self.chat
        )
        return View(
            options, asked, str(self.slots.get("expecting") or ""), accepted is not None,
            (self._is_done(conversation["id"]) and accepted is not None) or conversation["handling"] == "queued",
        )  # fmt: skip

    def _is_done(self, conversation: Any) -> bool:
        goal = self.person.goal
        names = {name for exchange in self.exchanges for name in exchange.names}
        if goal in _SAID:
            return bool(_SAID[goal] & names) or _NOT_OFFERED in names
        found = self.town.row(_DONE[goal].replace("SELECT 1", "SELECT 1 AS one", 1), conversation) is not None
        last = self.exchanges[-1]
        # Whoever has applied goes on while a time is being chosen; whoever has registered ends with the recap.
        going_on = goal == "job" and (last.names[-1:] in (["utter_choose_slot"], ["utter_confirm_slot"]))
        return (found and not last.in_form and not going_on) or _NOT_OFFERED in names or (
            goal == "job" and bool({"utter_no_vacancy_fits", "utter_applied_to_review"} & names)
        )

    @property
    def finished(self) -> bool:
        if self.moved or (self.exchanges and (self.exchanges[-1].silent or self.exchanges[-1].stopped)):
            return True
        conversation = self.town.row("SELECT id, handling FROM conversations WHERE chat_id = %s", self.chat)
        if conversation is None:  # not even the first message was answered
            return False
        return conversation["handling"] == "queued" or self._is_done(conversation["id"])

    @property
    def kept_before_consent(self) -> bool:
        """Whether something of the person was kept though they never accepted the notice."""
        return self.town.row(
            "SELECT 1 AS one FROM chats c JOIN unit_profiles p ON p.person_id = c.person_id WHERE c.id = %s"
            " AND (p.first_name <> '' OR p.email <> '' OR p.city <> '') AND NOT EXISTS ("
            "SELECT FROM consents s WHERE s.person_id = c.person_id AND s.granted)", self.chat,
        ) is not None  # fmt: skip


def _shown(move: Move) -> str:
    return f"[{move.text}]" if move.option_id else move.text or f"({move.kind})"


def fixed_responses(agent: UnitAgent) -> frozenset[str]:
    """Names of responses without values: their variants say the same."""
    return frozenset(
        name for name, variants in agent.domain.responses.items()
        if not any(re.search(r"\{[a-z_]+\}", str(variant.get("text", ""))) for variant in variants)
    )  # fmt: skip


def goals_of(agent: UnitAgent, unit: str) -> tuple[str, ...]:
    """What people come to this unit for."""
    if unit in ("sexsi", "milkyleak"):
        return ("unit", "human", "safe", "office")
    if unit == "huntred_solutions":
        return ("proposal", "proposal", "unit", "human", "office", "safe")
    return ("job", "job", "job", "register", "register", "status", "invite", "unit", "human", "safe", "office")


async def run(told: dict[str, Any]) -> None:
    speed_up_reply_validation()
    unit, out = told["unit"], Path(told["out"])
    endpoint = ActionEndpoint(told["actions"], told["secret"], 30.0)
    agent = load_agent(model_of(Path(told["models"]), unit), unit, endpoint)
    lane = Lane(open_pool(told["bot_url"], _PARALLEL + 2), [unit], lease=_LEASE, burst=0.0)
    worker = Worker(lane, {unit: agent}, lease=_LEASE, parallel=_PARALLEL)

    every(_LEASE / 3, worker.renew_leases, threading.Event())
    working = asyncio.create_task(worker.run())
    town, fixed, goals = Town.of(told["admin_url"], unit), fixed_responses(agent), goals_of(agent, unit)
    totals: Counter[str] = Counter()
    began, gate = time.monotonic(), asyncio.Semaphore(_PARALLEL)

    async def one(number: int) -> None:
        async with gate:
            seed = f"{told['seed']}:{unit}:{number}"
            if time.monotonic() - began > told["seconds"]:
                totals["not_held"] += 1
                return
            talk = Talk(town, worker, Person.born(seed, goals), town.open_chat(f"521999{number:06d}"))
            await talk.lead()
            found = faults(talk.exchanges, fixed, finished=talk.finished, kept=talk.kept_before_consent)
            totals.update(found)
            totals["conversations"] += 1
            totals["turns"] += len(talk.exchanges)
            totals["completed"] += talk.finished
            if found:
                title = f"{seed} {talk.person.mood_name}, wants: {talk.person.goal}"
                out.mkdir(parents=True, exist_ok=True)
                (out / f"{unit}-{number}.txt").write_text(transcript(talk.exchanges, found, title), encoding="utf-8")

    await asyncio.gather(*(one(number) for number in range(told["conversations"])))
    worker.stop()
    await asyncio.wait_for(working, 30)
    await endpoint.close()
    shown = {"unit": unit, **{name: totals[name] for name in FAULTS}}
    shown |= {name: totals[name] for name in ("completed", "conversations", "not_held", "turns")}
    shown["seconds"] = round(time.monotonic() - began, 1)
    print(" ".join(f"{name}={value}" for name, value in shown.items()), flush=True)


if __name__ == "__main__":
    assert UNANSWERED in FAULTS
    asyncio.run(run(json.loads(sys.stdin.read())))
