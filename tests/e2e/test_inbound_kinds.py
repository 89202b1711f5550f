"""Whatever somebody sends gets one sensible answer: nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.candidate import Candidate
from tests.e2e.roads import open_and_accept
from tests.e2e.town import Town

_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
KINDS: dict[str, Callable[[Candidate], object]] = {
    "image": lambda c: c.phone.send_file(c.user, c.account, "image", _PNG, "image/png"),
    "audio": lambda c: c.phone.send_file(c.user, c.account, "audio", b"OggS" + bytes(200), "audio/ogg"),
    "document": lambda c: c.phone.send_file(
        c.user, c.account, "document", b"%PDF-1.4\n%%EOF\n", "application/pdf", "curriculum.pdf"
    ),
    "sticker": lambda c: c.phone.send_file(c.user, c.account, "sticker", b"RIFF\x04\x00\x00\x00WEBP", "image/webp"),
    "contact": lambda c: c.phone.send_contact(c.user, c.account, "Luis Pérez", "+5218112345678"),
    "location": lambda c: c.phone.send_location(c.user, c.account, 25.67, -100.31),
    "unsupported": lambda c: c.phone.send_unsupported(c.user, c.account),
}


@pytest.mark.parametrize("kind", KINDS)
def test_answered_once(town: Town, ana: Candidate, kind: str) -> None:
    open_and_accept(ana)
    before = len(ana.received)
    KINDS[kind](ana)
    town.wait_for(lambda: len(ana.received) > before, 30, f"a {kind} is answered")
    said = ana.settles()[-1:] or ana.received[-1:]
    assert said[0].text.strip()


def test_what_is_secret_is_masked_before_it_is_kept(town: Town, ana: Candidate) -> None:
    """A CURP that somebody types stands neither in the messages nor in the tracker."""
    open_and_accept(ana)
    ana.says("mi CURP es LOCA980503MNLPRN09")
    for table in ("messages", "tracker_events"):
        found = town.rows(f"SELECT count(*) AS n FROM {table} t WHERE t::text LIKE '%%LOCA980503%%'")
        assert found[0]["n"] == 0, table
