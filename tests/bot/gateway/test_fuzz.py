"""The short version of `benchmarks.fuzz`: no body and no signature does harm, and the judge sees what would."""

from __future__ import annotations

import random

import pytest

from benchmarks import fuzz
from benchmarks.fuzz_bodies import Endpoint
from bot.encoding import decode
from tests.bed import Database

WHATSAPP = Endpoint("whatsapp", "demo", "1", "a secret")


async def test_mutated_bodies_do_no_harm(database: Database) -> None:
    tallies = await fuzz.run(database, 260, 60, seed=3)
    assert len(tallies) >= 12
    for name, tally in tallies.items():
        harm = (tally.five_hundreds, tally.hangs, tally.forged_accepted)
        assert harm == (0, 0, 0), (name, tally.broken)
        # What is rightly signed is taken whatever it holds: bringing it again would not help.
        assert tally.statuses[200] == tally.bodies - tally.forged


async def test_the_judge_sees_an_error_a_forgery_and_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(app: object, endpoint: Endpoint, raw: bytes, headers: dict[str, str]) -> int:
        if b"[[[[[" in raw:
            raise RecursionError("deep")
        return 200

    monkeypatch.setattr(fuzz, "send", send)
    monkeypatch.setattr(fuzz, "_HANGS_AFTER", -1.0)
    tally = await fuzz.fuzz(None, WHATSAPP, 300, random.Random(1), ["a secret", "another"], fuzz.Recorder())
    assert tally.five_hundreds > 0
    assert tally.forged_accepted > 0
    assert tally.hangs == 300


@pytest.mark.parametrize(
    "raw", [b"[" * 200 + b"]" * 200, b"[" * 100_000, b'{"a":' * 150 + b"1" + b"}" * 150], ids=["list", "open", "object"]
)
def test_what_is_nested_beyond_sense_is_no_json(raw: bytes) -> None:
    with pytest.raises(ValueError):
        decode(raw)
    assert decode(b"[" * 50 + b"]" * 50)
