"""`python -m bot.channels_page --check` (or `--write`): the table of event kinds in docs/channels.md.

Made from what each connector of credentials.yml tells of itself (`Connector.kinds()`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.channels.connector import Connector
from bot.gateway import load_connectors

PAGE = Path(__file__).resolve().parent.parent / "docs" / "channels.md"
BEGIN = "<!-- kinds: made by `python -m bot.channels_page --write` -->"
END = "<!-- /kinds -->"
_KEPT = {"": "–, counted", "status": "state of our message", "quarantine": "quarantine", "page": "page of our message",
         "chat moves": "chat under its new id", "template": "state of the template",
         "account": "state of the account"}  # fmt: skip


class PageWrong(Exception):
    """The page lacks the marks between which the table stands."""


def table(connectors: Sequence[Connector]) -> str:
    """Return the table, each channel's rows in the order of its reader."""
    lines = ["| channel | event | kept as | answered | the flow |", "|---|---|---|---|---|"]
    lines += [line for connector in connectors for line in _rows(connector)]
    return "\n".join(lines)


def _rows(connector: Connector) -> Iterator[str]:
    for kind in connector.kinds():
        kept = _KEPT.get(kind.kept_as) or f"`{kind.kept_as}`"
        cells = (f"`{connector.name()}`", kind.vendor, kept, kind.answered, kind.flow or "–")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page_with(text: str, made: str) -> str:
    """Return the page with the table in its place. Raises PageWrong."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise PageWrong(f"{PAGE.name} needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--check", action="store_true")
    group.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    old = PAGE.read_text(encoding="utf-8")
    new = page_with(old, table(load_connectors()))
    if chosen.write:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    if new != old:
        sys.stderr.write(f"{PAGE.name} is behind its connectors: python -m bot.channels_page --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
