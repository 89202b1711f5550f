"""What is wrong with a conversation, judged from what was said and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

# What a fault is counted as.
UNANSWERED, LOOP, DEAD_END, ERROR, UNOPENED, UNFINISHED, KEPT = (
    "unanswered", "loops", "dead_ends", "errors", "unopened", "unfinished", "kept_before_consent",
)  # fmt: skip
FAULTS = (DEAD_END, LOOP, UNANSWERED, ERROR, UNOPENED, UNFINISHED, KEPT)
MOST_EQUAL = 3
# Either asks for the consent or shows where the notice stands, for whoever is passed on to a person.
_NOTICE = frozenset({"utter_privacy_notice", "utter_explain_privacy", "utter_notice_link"})
_NEVER_SAID = frozenset({"utter_error_unexpected", "utter_outage", "utter_form_gone", "utter_default"})
# Where a conversation may rest: whoever was bid farewell, waits for a person or wants no more messages is done.
_RESTS = frozenset({"utter_goodbye", "utter_handoff_queued", "utter_opted_out", "utter_proposal_requested",
                    "utter_delete_my_data", "utter_privacy_declined"})  # fmt: skip
_UNFILLED = re.compile(r"\{[a-z_]+\}|\butter_|\bNone\b|\baction_")
# An invitation to go on: a question, an address, or being told what to write, choose or send.
_WAY_ON = re.compile(
    r"\?|https?://|«|\b(dime|dígame|escr[ií]be(me|lo|la|nos)?|escr[ií]ba(me|lo|la|nos)?|elige|elija|m[aá]nda(me|lo)|"
    r"env[ií](a|e)(me|lo)?|comparte|compárteme|comparta|compártame|cuéntame|cuénteme|pulsa|pulse|reenvía|reenvíe|"
    r"seguimos|sigamos)\b", re.I,
)  # fmt: skip


@dataclass
class Exchange:
    """One turn: what the person did (empty for an opened chat) and what was answered.

    names: of the responses, in order. options: titles that were offered. silent: a person of the team has the chat.
    """

    said: str
    texts: list[str]
    names: list[str]
    options: list[str] = field(default_factory=list)
    in_form: bool = False
    silent: bool = False
    stopped: bool = False


def faults(
    exchanges: list[Exchange], fixed: frozenset[str], *, finished: bool, kept: bool = False
) -> Counter[str]:
    """Count what is wrong. fixed: responses without values, whose variants are the same reply."""
    found: Counter[str] = Counter()
    if exchanges and not exchanges[0].stopped and not _NOTICE & set(exchanges[0].names):
        found[UNOPENED] += 1
    for exchange in exchanges:
        found.update(_of_turn(exchange))
    found[LOOP] += _loops([_key(exchange, fixed) for exchange in exchanges])
    found[UNFINISHED] += not finished
    found[KEPT] += kept
    return +found


def _of_turn(exchange: Exchange) -> list[str]:
    if exchange.silent:
        return []
    if not exchange.texts:
        return [UNANSWERED]
    if _NEVER_SAID & set(exchange.names) or any(_UNFILLED.search(text) for text in exchange.texts):
        return [ERROR]
    on = exchange.options or exchange.in_form or _RESTS & set(exchange.names)
    return [] if on or any(_WAY_ON.search(text) for text in exchange.texts) else [DEAD_END]


def _key(exchange: Exchange, fixed: frozenset[str]) -> tuple[str, ...]:
    names = exchange.names
    return tuple(names) if names and set(names) <= fixed else (*names, *exchange.texts)


def _loops(keys: list[tuple[str, ...]]) -> int:
    count, run = 0, 0
    for number, key in enumerate(keys):
        run = run + 1 if number and key and key == keys[number - 1] else 1
        count += run == MOST_EQUAL + 1
    return count


def transcript(exchanges: list[Exchange], found: Mapping[str, int], title: str) -> str:
    """Return it as people read it, the faults above."""
    lines = [f"# {title}", f"# {', '.join(f'{name}={count}' for name, count in found.items())}", ""]
    for exchange in exchanges:
        lines.append(f"> {exchange.said}")
        lines += [f"  {text}   [{name}]" for text, name in zip(exchange.texts, [*exchange.names, *[""] * 9], strict=False)]
        if exchange.options:
            lines.append(f"  ({' | '.join(exchange.options)})")
        lines += ["  …"] if not exchange.texts else []
    return "\n".join(lines) + "\n"
