"""Conversations with their messages, some waiting for a person and some with one."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from contract.message import Inbound, Message
from runtime.demo.dice import Dice
from runtime.demo.interviews import ZONE
from runtime.demo.parts import Demo, MadeApplication

CONVERSATIONS = {"amigro": 90, "huntu": 40, "huntred": 35, "huntred_executive": 15}
_WAITING = {"queued": 4, "with_person": 3}


def make_conversations(demo: Demo, numbers: dict[UUID, int]) -> None:
    """numbers: of the applications, as the database gave them."""
    dice = Dice("conversations")
    for unit in demo.units:
        if unit not in demo.accounts:
            continue
        own: dict[UUID, list[MadeApplication]] = defaultdict(list)
        for made in demo.applications:
            if made.unit == unit:
                own[made.person.id].append(made)
        waiting: dict[str, int] = {}
        people = dice.shuffled([person for person in demo.people if person.id in own])[: CONVERSATIONS[unit]]
        for person in people:
            # What fits the person's work, best with an interview ahead, else the latest.
            mine = sorted(
                own[person.id],
                key=lambda made: (made.vacancy.job is person.job, made.id in demo.interview_at, made.created_at),
            )
            _conversation(demo, dice, mine[-1], _dialogue(demo, dice, mine[-1], waiting), numbers)


def _dialogue(demo: Demo, dice: Dice, made: MadeApplication, waiting: dict[str, int]) -> dict[str, Any]:
    """Choose what is said: an interview only where there is one, a person only for a few of them."""
    fitting = []
    for dialogue in demo.content.dialogues[made.unit]:
        if "{when}" in str(dialogue) and made.id not in demo.interview_at:
            continue
        if waiting.get(dialogue["handling"], 0) < _WAITING.get(dialogue["handling"], 1_000):
            fitting.append(dialogue)
    chosen = dice.one(fitting)
    waiting[chosen["handling"]] = waiting.get(chosen["handling"], 0) + 1
    return chosen


def _conversation(
    demo: Demo, dice: Dice, made: MadeApplication, dialogue: dict[str, Any], numbers: dict[UUID, int]
) -> None:
    person, unit = made.person, made.unit
    account_id, channel = demo.accounts[unit]
    chat_id, conversation_id = dice.new_id(), dice.new_id()
    user_id = person.phone.lstrip("+") if channel == "whatsapp" else f"demo-{chat_id.hex[-12:]}"
    handling = dialogue["handling"]
    ended = demo.now - timedelta(minutes=dice.whole(3, 90) if handling != "bot" else dice.whole(30, 9000))
    lines = [(who, _fill(demo, text, made, numbers)) for line in dialogue["lines"] for who, text in line.items()]
    times = _times(dice, ended, len(lines))
    inbound = [at for at, (who, _) in zip(times, lines, strict=True) if who == "p"]
    consultant = demo.users[unit][0]
    last_inbound = inbound[-1] if inbound else None
    demo.add(
        "chats", id=chat_id, channel_account_id=account_id, channel=channel, user_id=user_id,
        user_name=person.first_name, phone=person.phone if channel == "whatsapp" else None, unit=unit,
        conversation_id=conversation_id, person_id=person.id, last_inbound_at=last_inbound, created_at=times[0],
    )  # fmt: skip
    demo.add(
        "conversations", id=conversation_id, unit=unit, chat_id=chat_id, person_id=person.id, channel=channel,
        handling=handling, assigned_to=consultant if handling == "with_person" else None, message_count=len(lines),
        unread_count=1 if handling == "queued" else 0, last_text=lines[-1][1], last_message_at=times[-1],
        last_inbound_at=last_inbound, created_at=times[0], generated=True,
    )  # fmt: skip
    demo.add(
        "identities", id=dice.new_id(), unit=unit, person_id=person.id, kind=channel, channel_account_id=account_id,
        value=user_id, verified_at=times[0],
    )  # fmt: skip
    for at, (who, text) in zip(times, lines, strict=True):
        demo.add("messages", **_message(dice, unit, conversation_id, consultant, who, text, at))
    if handling in {"queued", "with_person"}:
        asked = next(at for at, (who, _) in zip(times, lines, strict=True) if who == "p")
        demo.add(
            "handoffs", id=dice.new_id(), unit=unit, conversation_id=conversation_id, state=handling, reason="asked",
            requested_at=asked, taken_at=times[-1] if handling == "with_person" else None,
            taken_by=consultant if handling == "with_person" else None,
        )  # fmt: skip


def _message(
    dice: Dice, unit: str, conversation_id: UUID, consultant: UUID, who: str, text: str, at: datetime
) -> dict[str, Any]:
    author = {"p": "person", "b": "bot", "c": "consultant"}[who]
    payload = Inbound("text", text).as_json() if who == "p" else Message("text", text).as_json()
    return {
        "id": dice.new_id(), "unit": unit, "conversation_id": conversation_id,
        "direction": "in" if who == "p" else "out", "author": author, "user_id": consultant if who == "c" else None,
        "kind": "text", "text": text, "payload": payload, "at": at,
    }  # fmt: skip


def _times(dice: Dice, ended: datetime, count: int) -> list[datetime]:
    times = [ended]
    for _ in range(count - 1):
        times.append(times[-1] - timedelta(seconds=dice.whole(4, 140)))
    return times[::-1]


def _fill(demo: Demo, text: str, made: MadeApplication, numbers: dict[UUID, int]) -> str:
    when = ""
    if made.id in demo.interview_at:
        local = demo.interview_at[made.id].astimezone(ZoneInfo(ZONE))
        when = format_datetime(local, "EEEE d 'de' MMMM, HH:mm 'h'", locale="es_MX")
    work = made.person.headline[:1].lower() + made.person.headline[1:]
    return text.format(
        name=made.person.first_name, title=made.vacancy.title, city=made.vacancy.city, company=made.vacancy.company,
        when=when, number=numbers[made.id], pay=made.vacancy.pay_text, work=work,
    )  # fmt: skip
