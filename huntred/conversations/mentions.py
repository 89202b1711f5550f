"""Whom of the team a note names with @; pure.

`@Carmen López`, `@Carmen` where there is one Carmen, or `@carmen.lopez` of her address; accents and case aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from contract.text import normalise


class Named(Protocol):
    """Somebody who can be named."""

    @property
    def id(self) -> UUID: ...

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...


def mentioned(text: str, colleagues: Sequence[Named]) -> list[UUID]:
    """Return who is named, each once, in the order of the text."""
    aliases = _aliases(colleagues)
    folded = normalise(text)
    found: dict[UUID, None] = {}
    at = folded.find("@")
    while at >= 0:
        # Of an address in the middle of a word nobody is meant.
        if at == 0 or not folded[at - 1].isalnum():
            rest = folded[at + 1 :]
            for alias, user_id in aliases:
                if rest.startswith(alias) and not _goes_on(rest[len(alias) :]):
                    found[user_id] = None
                    break
        at = folded.find("@", at + 1)
    return list(found)


def handle(colleague: Named) -> str:
    """Return what follows the @ for this one: the name, or the address's first part where there is none."""
    return colleague.name or colleague.email.partition("@")[0]


def _aliases(colleagues: Iterable[Named]) -> list[tuple[str, UUID]]:
    """Every name by which exactly one can be meant, the longest first."""
    told = [
        (alias, one.id)
        for one in colleagues
        for alias in {
            normalise(one.name).strip(),
            normalise(one.name).strip().partition(" ")[0],
            normalise(one.email.partition("@")[0]),
        }
        if alias
    ]
    counts = Counter(alias for alias, _ in told)
    return sorted(((alias, id_) for alias, id_ in told if counts[alias] == 1), key=lambda pair: -len(pair[0]))


def _goes_on(rest: str) -> bool:
    """Whether what follows still belongs to the word: "@ana" does not name Ana in "@anabel" or "@ana.ruiz"."""
    return rest[:1].isalnum() or (rest[:1] in {".", "_", "-"} and rest[1:2].isalnum())
