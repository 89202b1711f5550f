"""What became of every message: read from the database and from the vendors' record, believed from neither alone.

lost              said and confirmed to its vendor, but not done, not in the tracker, not answered, or the answer never
                  went out
handled_twice     done twice, twice in the tracker, answered by two outbox rows, or counted twice by the action
miscounted        the tracker's own count in the answers has a gap or a repetition
out_of_order      handled before something earlier that had been stored when its turn began, or answered out of turn
late              handled after something later, because it was stored later (no fault of ours)
unexplained_duplicates_out   shown more than once without the outbox row saying that it might be
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.faults.crowd import Person
from tests.faults.small_unit import said

_ANSWER = re.compile(r"^(número \d+ de \d+): van (\d+)$")
_MOST_REASONS = 40

_INBOX = """
SELECT i.id, i.chat_id, i.conversation_id, i.state, i.payload->>'text' AS text, i.vendor_at, i.error
FROM inbox i WHERE i.kind = 'text' AND i.payload->>'text' = ANY(%s)
"""
_TRACKER = "SELECT event->>'text' AS text FROM tracker_events WHERE name = 'user' AND event->>'text' = ANY(%s)"
_OUTBOX = """
SELECT id, chat_id, state, payload->>'text' AS text, possible_duplicate FROM outbox
WHERE chat_id = ANY(%s) ORDER BY id
"""
_TURNS = "SELECT inbox_id, chat_id, waiting FROM faults.turns WHERE chat_id = ANY(%s) ORDER BY ord"
_COUNTED = "SELECT conversation_id, n FROM faults.counted"


@dataclass(frozen=True)
class Bubble:
    """One message that really went out. callback: the outbox id that it carried, where the vendor has such."""

    text: str
    callback: str = ""


@dataclass
class Verdict:
    messages: int = 0
    lost: int = 0
    handled_twice: int = 0
    miscounted: int = 0
    out_of_order: int = 0
    late: int = 0
    unexplained_duplicates_out: int = 0
    possible_duplicates: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        broken = self.lost + self.handled_twice + self.miscounted + self.out_of_order + self.unexplained_duplicates_out
        return broken == 0

    @property
    def figures(self) -> dict[str, int]:
        return {name: value for name, value in vars(self).items() if isinstance(value, int)}

    def add(self, figure: str, why: str, count: int = 1) -> None:
        setattr(self, figure, getattr(self, figure) + count)
        if len(self.reasons) < _MOST_REASONS:
            self.reasons.append(f"{figure}: {why}")


@dataclass
class _Stored:
    """What the database holds of these messages."""

    inbox: dict[str, list[dict[str, Any]]]
    tracker: Counter[str]
    answers: dict[str, list[dict[str, Any]]]
    rows: dict[int, dict[str, Any]]
    outbox: dict[int, dict[str, Any]]
    turns: dict[Any, list[dict[str, Any]]]
    counted: dict[Any, int]


def check(admin_url: str, crowd: Sequence[Person], shown: Mapping[int, Sequence[Bubble]]) -> Verdict:
    """Judge everything that the crowd said. shown: by a person's number, what reached them, in order."""
    verdict = Verdict()
    stored = _read(admin_url, crowd)
    for person in crowd:
        texts = [said(number, person.number) for number in range(1, person.messages + 1)]
        verdict.messages += len(texts)
        seen = Counter(found.group(1) for bubble in shown[person.number] if (found := _ANSWER.match(bubble.text)))
        for text in texts:
            _one(verdict, stored, text, seen[text])
        _counts(verdict, stored, texts)
        chats = {row["chat_id"] for text in texts for row in stored.inbox[text]}
        if len(chats) > 1:
            verdict.add("handled_twice", f"person {person.number} has {len(chats)} chats", len(chats) - 1)
        for chat in chats:
            turns = [turn for turn in stored.turns[chat] if turn["inbox_id"] in stored.rows]
            _order(verdict, stored, turns)
            if person.channel != "web":
                _shown_in_turn(verdict, stored, turns, shown[person.number])
        _sent_once(verdict, stored, shown[person.number])
    return verdict


def _read(admin_url: str, crowd: Iterable[Person]) -> _Stored:
    texts = [said(number, person.number) for person in crowd for number in range(1, person.messages + 1)]
    with psycopg.connect(admin_url, row_factory=dict_row) as connection:
        rows = connection.execute(_INBOX, (texts,)).fetchall()
        tracker = Counter(row["text"] for row in connection.execute(_TRACKER, (texts,)))
        chats = list({row["chat_id"] for row in rows})
        outbox = {row["id"]: row for row in connection.execute(_OUTBOX, (chats,))}
        turns = connection.execute(_TURNS, (chats,)).fetchall()
        counted = {row["conversation_id"]: row["n"] for row in connection.execute(_COUNTED)}
    stored = _Stored(
        defaultdict(list), tracker, defaultdict(list), {row["id"]: row for row in rows}, outbox, defaultdict(list),
        counted,
    )  # fmt: skip
    for row in rows:
        stored.inbox[row["text"]].append(row)
    for row in outbox.values():
        found = _ANSWER.match(row["text"] or "")
        if found:
            stored.answers[found.group(1)].append(row)
    for turn in turns:
        stored.turns[turn["chat_id"]].append(turn)
    return stored


def _one(verdict: Verdict, stored: _Stored, text: str, seen: int) -> None:
    """One message: stored, handled, answered and shown, each once."""
    done = [row for row in stored.inbox[text] if row["state"] == "done"]
    if not done:
        states = [(row["state"], row["error"]) for row in stored.inbox[text]]
        verdict.add("lost", f"{text!r} is not done: {states or 'never stored'}")
        return
    if len(stored.inbox[text]) > 1:
        verdict.add("handled_twice", f"{text!r} has {len(stored.inbox[text])} inbox rows", len(stored.inbox[text]) - 1)
    if stored.tracker[text] == 0:
        verdict.add("lost", f"{text!r} is not in the tracker")
    elif stored.tracker[text] > 1:
        verdict.add("handled_twice", f"{text!r} is {stored.tracker[text]} times in the tracker", stored.tracker[text] - 1)
    answers = stored.answers[text]
    if not answers:
        verdict.add("lost", f"{text!r} was never answered")
        return
    if len(answers) > 1:
        verdict.add("handled_twice", f"{text!r} has {len(answers)} answers in the outbox", len(answers) - 1)
    marked = sum(row["possible_duplicate"] for row in answers)
    verdict.possible_duplicates += marked
    if seen == 0:
        verdict.add("lost", f"the answer to {text!r} never went out: {[row['state'] for row in answers]}")
    elif seen > 1 and not marked:
        verdict.add("unexplained_duplicates_out", f"the answer to {text!r} went out {seen} times", seen - 1)


def _counts(verdict: Verdict, stored: _Stored, texts: Sequence[str]) -> None:
    """The tracker's count says 1, 2, 3 … once each; the action's own says as many as there are messages."""
    said_so = Counter(
        int(found.group(2)) for text in texts for row in stored.answers[text]
        if (found := _ANSWER.match(row["text"]))
    )  # fmt: skip
    wrong = {count: said_so[count] for count in {*said_so, *range(1, len(texts) + 1)} if said_so[count] != 1}
    if wrong:
        verdict.add("miscounted", f"{texts[0]!r} and so on: said so often: {wrong}", len(wrong))
    conversations = {row["conversation_id"] for text in texts for row in stored.inbox[text]} - {None}
    worked = sum(stored.counted.get(conversation, 0) for conversation in conversations)
    if worked > len(texts):
        verdict.add("handled_twice", f"the action worked {worked} times for {len(texts)} messages", worked - len(texts))
    elif worked < len(texts):
        verdict.add("lost", f"the action worked {worked} times for {len(texts)} messages", len(texts) - worked)


def _order(verdict: Verdict, stored: _Stored, turns: Sequence[Mapping[str, Any]]) -> None:
    """Each turn against what waited when it began, and against what was stored only later."""
    for position, turn in enumerate(turns):
        row = stored.rows[turn["inbox_id"]]
        for other in (stored.rows[id_] for id_ in turn["waiting"] if id_ in stored.rows):
            if _earlier(other, row):
                verdict.add("out_of_order", f"{row['text']!r} was handled while {other['text']!r} waited")
        before = (stored.rows[earlier["inbox_id"]] for earlier in turns[:position])
        if any(_earlier(row, other) for other in before):
            verdict.late += 1


def _earlier(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """By the vendor's time where it tells one; what has the same is in the order of arrival, whichever that was."""
    if one["vendor_at"] is not None and other["vendor_at"] is not None:
        return bool(one["vendor_at"] < other["vendor_at"])
    return bool(one["id"] < other["id"])


def _shown_in_turn(
    verdict: Verdict, stored: _Stored, turns: Sequence[Mapping[str, Any]], shown: Sequence[Bubble]
) -> None:  # fmt: skip
    """The answers were shown in the order of the turns; a possible duplicate counts where it came first."""
    place = {stored.rows[turn["inbox_id"]]["text"]: number for number, turn in enumerate(turns)}
    first: dict[str, int] = {}
    for bubble in shown:
        found = _ANSWER.match(bubble.text)
        if found:
            first.setdefault(found.group(1), len(first))
    places = [place[text] for text in first if text in place]
    for number, after in enumerate(places[1:]):
        if after < places[number]:
            verdict.add("out_of_order", "answers were shown in another order than they were given")


def _sent_once(verdict: Verdict, stored: _Stored, shown: Sequence[Bubble]) -> None:
    """Whatever it says (an outage line too): a row that carried its id to the vendor was shown once, or is marked."""
    times = Counter(bubble.callback for bubble in shown if bubble.callback and not _ANSWER.match(bubble.text))
    for callback, count in times.items():
        row = stored.outbox.get(int(callback)) if callback.isdigit() else None
        if count > 1 and not (row and row["possible_duplicate"]):
            verdict.add("unexplained_duplicates_out", f"outbox row {callback} went out {count} times", count - 1)
