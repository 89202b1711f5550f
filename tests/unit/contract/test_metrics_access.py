"""Who may read /metrics."""

from __future__ import annotations

import pytest

from contract.metrics_access import may_read_metrics

TOKEN = "a token of these tests"


@pytest.mark.parametrize(
    ("token", "headers", "address", "expected"),
    [
        ("", {}, "127.0.0.1", True),
        ("", {}, "::1", True),
        ("", {}, "10.0.0.7", False),
        ("", {}, None, False),
        ("", {}, "testclient", False),
        ("", {"x-forwarded-for": "203.0.113.9"}, "127.0.0.1", False),
        ("", {"via": "1.1 proxy"}, "127.0.0.1", False),
        (TOKEN, {}, "127.0.0.1", False),
        (TOKEN, {"authorization": f"Bearer {TOKEN}"}, "10.0.0.7", True),
        (TOKEN, {"authorization": f"Bearer {TOKEN}", "x-forwarded-for": "203.0.113.9"}, "127.0.0.1", True),
        (TOKEN, {"authorization": f"Bearer {TOKEN}!"}, "127.0.0.1", False),
        (TOKEN, {"authorization": TOKEN}, "127.0.0.1", False),
        (TOKEN, {"authorization": "Bearer \xf1\udcff"}, "127.0.0.1", False),
    ],
)  # fmt: skip
def test_who_may(token: str, headers: dict[str, str], address: str | None, expected: bool) -> None:
    assert may_read_metrics(token, headers, address) is expected
