"""What a browser is called, which answers mean what, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from huntred.push import rules
from huntred.push.ports import Reply

NOW = datetime(2026, 3, 2, 15, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_called_by_browser_and_system(agent: str, name: str) -> None:
    assert rules.device_name(agent) == name


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(201, "sent"), (202, "sent"), (404, "gone"), (410, "gone"), (429, "again"), (500, "again"), (503, "again"),
     (None, "again"), (302, "refused"), (400, "refused"), (403, "refused"), (413, "refused")],
)  # fmt: skip
def test_each_answer_means_one_thing(status: int | None, outcome: str) -> None:
    assert rules.outcome(Reply(status)) == outcome


def test_pauses_grow_keep_to_what_the_service_asks_and_end() -> None:
    pauses = [rules.next_try(attempt, Reply(500), NOW, 0.5) for attempt in range(1, 5)]
    assert pauses == [NOW + timedelta(seconds=seconds) for seconds in (10, 60, 300, 900)]
    assert rules.next_try(1, Reply(429, retry_after=90), NOW, 0.5) == NOW + timedelta(seconds=90)
    assert rules.next_try(5, Reply(500), NOW, 0.5) is None


def test_a_topic_is_short_and_says_nothing() -> None:
    topic = rules.topic_of("handoff:0190a0a0-0000-7000-8000-000000000000")
    assert len(topic) == 32 and topic != rules.topic_of("handoff:1") and "0190" not in topic
