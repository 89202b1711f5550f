"""Whom a note names."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from huntred.conversations.mentions import handle, mentioned


@dataclass(frozen=True)
class Colleague:
    name: str
    email: str
    id: UUID = field(default_factory=uuid4)


CARMEN = Colleague("Carmen López", "carmen.lopez@example.com")
JOSE = Colleague("José Ángel Núñez", "jose@example.com")
ANA = Colleague("Ana Ruiz", "ana.ruiz@example.com")
OTHER_ANA = Colleague("Ana Bel", "anabel@example.com")
NAMELESS = Colleague("", "soporte@example.com")
TEAM = [CARMEN, JOSE, ANA, OTHER_ANA, NAMELESS]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Carmen López ¿puedes?", [CARMEN]),
        ("ojo, @carmen: llamarle", [CARMEN]),
        ("@JOSE ANGEL NUNEZ y @Carmen", [JOSE, CARMEN]),
        ("@carmen.lopez por favor", [CARMEN]),
        ("@carmen.", [CARMEN]),
        ("@Carmen @Carmen López", [CARMEN]),
        ("@Ana", []),  # there are two
        ("@Ana Ruiz", [ANA]),
        ("@anabel", [OTHER_ANA]),
        ("@soporte", [NAMELESS]),
        ("@carmencita", []),
        ("escribe a carmen@example.com", []),
        ("@ Carmen", []),
        ("@", []),
        ("", []),
    ],
)
def test_named(text: str, named: list[Colleague]) -> None:
    assert mentioned(text, TEAM) == [one.id for one in named]


def test_everybody_can_be_named_by_their_handle() -> None:
    for one in TEAM:
        assert mentioned(f"@{handle(one)}", TEAM) == [one.id]
