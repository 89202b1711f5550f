"""What vendors may send and JSONB may hold: the fast way and the one behind it say the same."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from uuid import UUID

import pytest

from bot.encoding import decode, encode


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000, b"nul"], ids=lambda raw: repr(raw[:5]))
def test_what_is_no_json_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):
        decode(raw)


def test_half_of_a_pair_and_numbers_without_end_are_read() -> None:
    assert decode(b'{"text": "\\ud83d"}') == {"text": "\ud83d"}
    assert decode(b'{"n": NaN}')["n"] != decode(b'{"n": NaN}')["n"]
    assert decode(json.dumps({"id": 10**30}).encode())["id"] == pytest.approx(10**30)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"text": "sí 🇲🇽"}, {"text": "sí 🇲🇽"}),
        ({"text": "a\x00b"}, {"text": "ab"}),
        ({"text": "a\ud83d"}, {"text": "a\ufffd"}),
        ({"n": float("inf"), "big": 10**30}, {"n": None, "big": 10**30}),
        ({"a\x00": [1, "\x00"], 3: None}, {"a": [1, ""], "3": None}),
    ],
)
def test_what_is_written_can_be_stored(value: object, written: object) -> None:
    text = encode(value)
    assert json.loads(text) == written
    assert "\\u0000" not in text


def test_ids_and_times_are_written_as_text_on_both_ways() -> None:
    row = {"id": UUID(int=7), "at": datetime(2026, 3, 2, 15, 0, tzinfo=timezone.utc)}
    fast, slow = json.loads(encode(row)), json.loads(encode({**row, "text": "\x00"}))
    assert fast["id"] == slow["id"] == str(UUID(int=7))
    assert {datetime.fromisoformat(one["at"]) for one in (fast, slow)} == {row["at"]}
