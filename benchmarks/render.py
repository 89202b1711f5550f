"""Random menus on every channel: within each vendor's limits, and every option within reach.

    .venv/bot/bin/python -m benchmarks.render [--menus 10000] [--seed 1]

The judges are the stand-ins' rules and the vendors' own specifications (where they lie beside the project), and
`bot.rendering.reach` for what a person can press or type. Prints `violations=` and `unreachable=` last.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import argparse  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from dataclasses import replace  # noqa: E402
from typing import Any  # noqa: E402

from bot.rendering import instagram, messenger, slack, telegram, whatsapp  # noqa: E402
from bot.rendering.options import CannotRender  # noqa: E402
from bot.rendering.reach import faults  # noqa: E402
from bot.rendering.seen import channels  # noqa: E402
from bot.rendering.text import graphemes, split  # noqa: E402
from contract.message import Message, Option, OutboundKind  # noqa: E402
from tests.standins import (  # noqa: E402
    messenger_rules,
    slack_rules,
    telegram_rules,
    telegram_schema,
    whatsapp_rules,
    whatsapp_schema,
)

KINDS: tuple[OutboundKind, ...] = (
    "buttons", "buttons", "buttons", "list", "multi_select", "image", "document", "link", "location_request", "text",
)  # fmt: skip
_WORDS = (
    "Guadalajara", "México", "el", "de", "puesto", "ingeniería", "técnico", "sueldo", "¿cuándo?", "mañana.", "Sí!",
    "AÑO", "Tlajomulco", "1.", "20", "supervisión…", "vacante,", "otorrinolaringología", "\n", "\n\n", "  ", "\t",
    "antidisestablecimientarianismo" * 3, "👩🏽‍🏭", "🇲🇽", "👍🏾", "e\u0301", "🏳️‍🌈", "1️⃣", "n\u0303", "👨‍👩‍👧‍👦",
    "ß", "İ", "漢字", "العربية", "#", "*", "_", "<b>", "&", "\u00a0", "ﬁ", "…", "—", ";", ",", "opción 3", "#12",
)  # fmt: skip


def words(chance: random.Random, most: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(0, most)))


def title(chance: random.Random) -> str:
    text = words(chance, chance.choice((1, 2, 3, 3, 4, 12)))
    # An option without anything to read cannot come from a domain: lint-dialogue refuses it.
    return text if any(character.isalnum() for character in text) else f"opción {text}"


def menu(chance: random.Random) -> Message:
    """Return a message with anything in it that a domain or an action may say."""
    kind = chance.choice(KINDS)
    most = chance.choice((0, 1, 3, 4, 10, 11, 30, 60))
    described, divided = chance.random() < 0.4, chance.random() < 0.4
    sections = [words(chance, 4) for _ in range(chance.randint(1, 14))]
    same = title(chance)
    options: list[Option] = []
    for number in range(chance.randint(0, most)):
        tail = "é" * chance.randint(0, 20) if chance.random() < 0.2 else ""
        name = same if chance.random() < 0.05 else title(chance)
        repeated = chance.random() < 0.02 and number > 0
        id_ = options[0].id if repeated else f"choose_option:{number}:{tail}"
        options.append(
            Option(
                id_, name, words(chance, 20) if described and chance.random() < 0.8 else "",
                chance.choice(sections) if divided else "",
            )
        )  # fmt: skip
    text = words(chance, chance.choice((0, 3, 30, 200, 900)))
    url = chance.choice(("https://example.mx/a?b=1", "https://example.mx/a", "", "example.mx", "javascript:1"))
    if not (text.strip() or options):
        text = "algo"
    return Message(
        kind, text=text, options=tuple(options), header=words(chance, chance.choice((0, 2, 20))),
        footer=words(chance, chance.choice((0, 2, 20))), list_button=words(chance, chance.choice((0, 2, 6))), url=url,
        url_title=words(chance, chance.choice((0, 2, 8))), filename=words(chance, chance.choice((0, 1, 60))),
    )  # fmt: skip


def of_whatsapp(message: Message) -> list[str]:
    found = []
    for body in whatsapp.render(message, 7):
        whole = {
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "5215512345678",
            "biz_opaque_callback_data": "7", **body,
        }  # fmt: skip
        found += [broken.detail for broken in whatsapp_rules.broken_rules(whole)]
        found += whatsapp_schema.schema_errors(whole)
    return found


def of_telegram(message: Message) -> list[str]:
    found = []
    for call in telegram.render(message, 7):
        fields: dict[str, Any] = {"chat_id": 7, **call.fields}
        found += telegram_rules.broken_rules(call.method, fields) + telegram_schema.field_errors(call.method, fields)
    return found


def of_messenger(message: Message) -> list[str]:
    return _of_meta("messenger", messenger.render(message, 7))


def of_instagram(message: Message) -> list[str]:
    return _of_meta("instagram", instagram.render(message, 7))


def _of_meta(channel: str, bodies: list[dict[str, Any]]) -> list[str]:
    request = {"recipient": {"id": "5550001"}, "messaging_type": "RESPONSE"}
    return [fault for body in bodies for fault in messenger_rules.broken_rules(channel, {**request, "message": body})]


def of_slack(message: Message) -> list[str]:
    bodies = ({"channel": "D1", **body} for body in slack.render(message, 7))
    return [detail for body in bodies for _, detail in slack_rules.broken_rules(body)]


VENDORS: dict[str, Callable[[Message], list[str]]] = {
    "whatsapp": of_whatsapp, "telegram": of_telegram, "messenger": of_messenger, "instagram": of_instagram,
    "slack": of_slack,
}  # fmt: skip


def badly_split(message: Message) -> list[str]:
    """Hold the split of the text against graphemes and words: nothing lost, nothing torn that would fit."""
    found = []
    for limit in (1024, 4096):
        pieces = split(message.text, limit)
        if "".join("".join(pieces).split()) != "".join(message.text.split()):
            found.append("a split text lost something")
        whole = graphemes("".join(message.text.split()))
        parts = [grapheme for piece in pieces for grapheme in graphemes("".join(piece.split()))]
        if len(parts) != len(whole):
            found.append("a split tore a character")
        ends = set(message.text.split())
        for number, after in enumerate(pieces[1:]):
            before = pieces[number]
            torn = before.split()[-1] + after.split()[0]
            if torn in ends and len(torn) < limit and before.split()[-1] not in ends:
                found.append(f"a split tore the word {torn[:40]!r}")
    return found


def judge(channel: str, message: Message) -> Iterator[tuple[str, str]]:
    """Yield (violation or unreachable, what)."""
    try:
        for fault in faults(channel, message, row_id=7):
            yield ("unreachable" if "pick" in fault or "press" in fault else "violation"), fault
        if channel in VENDORS:
            for start in {0, *range(0, len(message.options), 9)}:
                if start and start >= len({option.id for option in message.options}):
                    continue
                for detail in VENDORS[channel](replace(message, start=start)):
                    yield "violation", detail
    except CannotRender as error:
        yield "violation", f"cannot be shown: {error}"


def run(menus: int, seed: int, most_told: int = 20) -> dict[str, int]:
    """Judge so many menus per channel; what is wrong is printed, the first ones."""
    counted = {"violation": 0, "unreachable": 0, "badly_split": 0}
    told = 0
    for channel in channels():
        chance = random.Random(f"{seed}:{channel}")
        for number in range(menus):
            message = menu(chance)
            wrong = list(judge(channel, message))
            if channel == "whatsapp":
                wrong += [("badly_split", fault) for fault in badly_split(message)]
            for kind, detail in wrong:
                counted[kind] += 1
                if told < most_told:
                    told += 1
                    print(f"{channel} menu {number}, {message.kind} of {len(message.options)}: {kind}: {detail}")
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--menus", type=int, default=10_000, help="per channel")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.monotonic()
    counted = run(arguments.menus, arguments.seed)
    print(f"channels={','.join(channels())}")
    print(f"menus={arguments.menus}")
    print(f"schemas={int(whatsapp_schema.available() and telegram_schema.available())}")
    print(f"seconds={time.monotonic() - began:.1f}")
    print(f"badly_split={counted['badly_split']}")
    print(f"violations={counted['violation']}")
    print(f"unreachable={counted['unreachable']}")


if __name__ == "__main__":
    main()
