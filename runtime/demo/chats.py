"""Conversations with their messages and trackers, some waiting for a person and some with one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from contract.message import Inbound, Message
from runtime.demo.dice import Dice
from runtime.demo.interviews import ZONE
from runtime.demo.lines import Dialogue, Line, spoken, weight_of
from runtime.demo.parts import Demo, MadeApplication, MadeConversation
from runtime.demo.tracks import add_track

CONVERSATIONS = {"amigro": 220, "huntu": 100, "huntred": 80, "huntred_executive": 36}
_WAITING = {"queued": 3, "with_person": 2}
# What is said of these was said after applying, or once an interview stood.
_OF_APPLICATION, _OF_INTERVIEW = ("{number}", "{question}"), "{when}"
_QUESTION = "question"
# Seconds until somebody writes: the person, the assistant, a consultant; low, high, how often.
_PAUSES: dict[str, list[tuple[tuple[int, int], int]]] = {
    "p": [((5, 40), 6), ((40, 240), 3), ((240, 1500), 1)],
    "b": [((1, 2), 55), ((2, 5), 30), ((5, 10), 10), ((10, 40), 4), ((40, 90), 1)],
    "c": [((60, 280), 5), ((280, 900), 5), ((900, 3500), 4), ((3600, 14_000), 2), ((15_000, 60_000), 1)],
}
_LATE = (14_400, 15_000)


def make_conversations(demo: Demo) -> None:
    dice = Dice("conversations")
    profiles = {row["id"]: row for row in demo.rows["unit_profiles"]}
    asked_first = {row["vacancy_id"]: str(row["id"]) for row in demo.rows["vacancy_questions"] if row["ord"] == 1}
    for unit in demo.units:
        if not demo.accounts.get(unit):
            continue
        own: dict[UUID, list[MadeApplication]] = defaultdict(list)
        for made in demo.applications:
            # Who stands there twice has one chat.
            if made.unit == unit and made.person.id not in demo.twins:
                own[made.person.id].append(made)
        waiting: dict[str, int] = {}
        people = dice.shuffled([person for person in demo.people if person.id in own])[: CONVERSATIONS[unit]]
        for person in people:
            # What fits the person's work, best with an interview ahead, else the latest.
            mine = sorted(
                own[person.id],
                key=lambda made: (made.vacancy.job is person.job, made.id in demo.interview_at, made.created_at),
            )
            question = asked_first.get(mine[-1].vacancy.id, "")
            _conversation(demo, dice, mine[-1], profiles[person.profile_id], question, waiting)


def _conversation(
    demo: Demo, dice: Dice, made: MadeApplication, profile: Mapping[str, Any], question: str, waiting: dict[str, int]
) -> None:
    """question: the id of the first that the vacancy asks."""
    raw = _chosen(demo, dice, made, profile, waiting)
    dialogue = spoken(dice, raw, tuple(demo.content.people["menu"][made.unit]))
    begun = _beginning(demo, dice, made, raw, dialogue)
    times = _times(dice, begun, dialogue.lines, demo.now)
    person, unit = made.person, made.unit
    accounts = demo.accounts[unit]
    account_id, channel = dice.weighted([(account, 12 if place == 0 else 3) for place, account in enumerate(accounts)])
    chat_id, conversation_id = dice.new_id(), dice.new_id()
    user_id = person.phone.lstrip("+") if channel == "whatsapp" else f"demo-{chat_id.hex[-12:]}"
    said = [
        (replace(line, asks=question) if line.asks == _QUESTION else line, _fill(demo, line.text, made, profile), at,
         dice.new_id())
        for line, at in zip(dialogue.lines, times, strict=True)
    ]  # fmt: skip
    inbound = [at for line, _, at, _ in said if line.who == "p"]
    consultant = demo.users[unit][0]
    demo.add(
        "chats", id=chat_id, channel_account_id=account_id, channel=channel, user_id=user_id,
        user_name=person.first_name, phone=person.phone if channel == "whatsapp" else None, unit=unit,
        conversation_id=conversation_id, person_id=person.id, last_inbound_at=inbound[-1], created_at=times[0],
    )  # fmt: skip
    demo.add(
        "conversations", id=conversation_id, unit=unit, chat_id=chat_id, person_id=person.id, channel=channel,
        handling=dialogue.handling, assigned_to=consultant if dialogue.handling == "with_person" else None,
        message_count=len(said), unread_count=1 if dialogue.handling == "queued" else 0, last_text=said[-1][1],
        last_message_at=times[-1], last_inbound_at=inbound[-1], created_at=times[0], generated=True,
    )  # fmt: skip
    demo.add(
        "identities", id=dice.new_id(), unit=unit, person_id=person.id, kind=channel, channel_account_id=account_id,
        value=user_id, verified_at=times[0],
    )  # fmt: skip
    for line, text, at, message_id in said:
        demo.add("messages", **_message(message_id, unit, conversation_id, consultant, line, text, at))
    add_track(demo, unit, conversation_id, channel, said)
    if dialogue.handoff:
        _handoff(demo, dice, unit, conversation_id, consultant, dialogue, times)
    demo.conversations.append(
        MadeConversation(conversation_id, unit, made, dialogue.handling, dialogue.handoff, tuple(said))
    )


def _chosen(
    demo: Demo, dice: Dice, made: MadeApplication, profile: Mapping[str, Any], waiting: dict[str, int]
) -> dict[str, Any]:
    """Choose what is said: an interview only where there is one, a person only for a few of them."""
    age = (demo.now - made.person.since).days
    fitting = []
    for dialogue in demo.content.dialogues[made.unit]:
        words = str(dialogue)
        if _OF_INTERVIEW in words and made.id not in demo.interview_at:
            continue
        if "{question}" in words and not made.vacancy.questions:
            continue
        if ("{email}" in words and not profile["email"]) or ("{skills}" in words and not profile["skills"]):
            continue
        if waiting.get(dialogue["handling"], 0) < _WAITING.get(dialogue["handling"], 1_000):
            fitting.append((dialogue, weight_of(dialogue, age)))
    chosen = dice.weighted(fitting)
    waiting[chosen["handling"]] = waiting.get(chosen["handling"], 0) + 1
    return chosen


def _beginning(
    demo: Demo, dice: Dice, made: MadeApplication, raw: Mapping[str, Any], dialogue: Dialogue
) -> datetime:
    """When it begins: as the person arrived, as they applied, or of late; who waits does so now."""
    words = str(raw)
    if dialogue.handling in _WAITING:
        return demo.now - timedelta(minutes=dice.whole(20, 90))
    recent = demo.now - timedelta(minutes=dice.whole(100, 9000))
    if _OF_INTERVIEW in words:
        return max(recent, made.created_at)
    if any(word in words for word in _OF_APPLICATION):
        return made.created_at if dice.chance(0.7) else max(recent, made.created_at)
    if dialogue.open_form and dice.chance(0.12):
        return demo.now - timedelta(minutes=dice.whole(40, 500))
    return made.person.since


def _times(dice: Dice, begun: datetime, lines: Sequence[Line], now: datetime) -> list[datetime]:
    times: list[datetime] = []
    at = begun
    for line in lines:
        low, high = _LATE if line.late else dice.weighted(_PAUSES[line.who])
        at += timedelta(seconds=dice.between(low, high)) if times else timedelta(0)
        times.append(at)
    # Nothing is said tomorrow.
    over = times[-1] - (now - timedelta(minutes=2))
    return [at - over for at in times] if over > timedelta(0) else times


def _handoff(
    demo: Demo, dice: Dice, unit: str, conversation_id: UUID, consultant: UUID, dialogue: Dialogue,
    times: Sequence[datetime],
) -> None:  # fmt: skip
    lines = dialogue.lines
    asked = next(
        (at for line, at in zip(lines, times, strict=True) if line.intent == "contact_human"),
        next(at for line, at in zip(lines, times, strict=True) if line.who == "p"),
    )
    taken = next((at for line, at in zip(lines, times, strict=True) if line.who == "c"), None)
    if taken is not None:
        taken -= (taken - asked) * dice.between(0.05, 0.4)
    over = dialogue.handoff in {"returned", "timed_out"}
    demo.add(
        "handoffs", id=dice.new_id(), unit=unit, conversation_id=conversation_id, state=dialogue.handoff,
        reason="asked", requested_at=asked, taken_at=taken, taken_by=consultant if taken else None,
        returned_at=times[-1] if over else None,
    )  # fmt: skip


def _message(
    message_id: UUID, unit: str, conversation_id: UUID, consultant: UUID, line: Line, text: str, at: datetime
) -> dict[str, Any]:
    author = {"p": "person", "b": "bot", "c": "consultant"}[line.who]
    payload = Inbound("text", text).as_json() if line.who == "p" else Message("text", text).as_json()
    return {
        "id": message_id, "unit": unit, "conversation_id": conversation_id,
        "direction": "in" if line.who == "p" else "out", "author": author,
        "user_id": consultant if line.who == "c" else None, "kind": "text", "text": text, "payload": payload,
        "intent": line.intent, "confidence": None if line.confidence is None else str(line.confidence), "at": at,
    }  # fmt: skip


def _fill(demo: Demo, text: str, made: MadeApplication, profile: Mapping[str, Any]) -> str:
    when = ""
    if made.id in demo.interview_at:
        local = demo.interview_at[made.id].astimezone(ZoneInfo(ZONE))
        when = format_datetime(local, "EEEE d 'de' MMMM, HH:mm 'h'", locale="es_MX")
    work = made.person.headline[:1].lower() + made.person.headline[1:]
    questions = made.vacancy.questions
    return text.format(
        name=made.person.first_name, full_name=made.person.full_name, title=made.vacancy.title, city=made.vacancy.city,
        company=made.vacancy.company, when=when, number=demo.numbers[made.id], pay=made.vacancy.pay_text, work=work,
        question=questions[0]["text"] if questions else "", email=profile["email"], phone=profile["phone"],
        skills=", ".join(profile["skills"]).lower(),
    )  # fmt: skip
