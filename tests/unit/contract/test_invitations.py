"""What counts as the code of an invitation, and what only looks like one."""

from __future__ import annotations

import pytest

from contract.invitations import ALPHABET, LENGTH, PREFIX, invitation_in


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("INV-ABCD2345", "INV-ABCD2345"),
        ("Hola, vengo con inv-abcd2345.", "inv-abcd2345"),
        (f"{PREFIX}{ALPHABET[:LENGTH]}", f"{PREFIX}{ALPHABET[:LENGTH]}"),
    ],
)
def test_a_code_is_found_in_a_sentence(text: str, code: str) -> None:
    assert invitation_in(text) == code


@pytest.mark.parametrize(
    "text", ["invité a dos", "inventarios", "invitaciones", "INV-ABCD234", "INV-ABCD23456", "INV-ABCD0O1I", "invABCD2345"]
)
def test_a_word_that_begins_alike_is_none(text: str) -> None:
    assert invitation_in(text) == ""
