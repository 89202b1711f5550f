"""Signatures as anybody checks them, addresses that are never called, pauses that grow to a day."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from huntred.errors import FieldInvalid
from huntred.outside.addresses import check_url
from huntred.webhooks import rules


def test_the_signature_is_that_of_standard_webhooks() -> None:
    secret = "whsec_" + base64.b64encode(b"s" * 32).decode()
    expected = base64.b64encode(hmac.new(b"s" * 32, b"msg_1.1700000000.{}", hashlib.sha256).digest()).decode()

    assert rules.signature(secret, "msg_1", 1700000000, b"{}") == f"v1,{expected}"


def test_the_published_example_of_standard_webhooks_verifies() -> None:
    """The example of the specification's own libraries."""
    signed = rules.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "missing"), ("https://", "not_a_url"), ("mailto:a@example.com", "not_a_url"), ("https://a b.com", "not_a_url"),
        ("http://example.com/x", "not_https"), ("ftp://example.com", "not_https"), ("https://localhost/x", "not_public"),
        ("https://127.0.0.1/x", "not_public"), ("https://[::1]/x", "not_public"), ("https://169.254.169.254/", "not_public"),
        ("https://ana:clave@example.com/", "not_a_url"), ("https://example.com:99999/", "not_a_url"),
        ("http://127.0.0.1:80/", "not_public"), ("https://" + "a" * 2000 + ".com", "too_long"),
    ],
)  # fmt: skip
def test_an_address_that_will_not_do_is_refused_with_its_reason(url: str, problem: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        check_url(url, allow_loopback=False)
    assert (refused.value.field, refused.value.problem) == ("url", problem)


def test_an_address_on_the_internet_will_do() -> None:
    assert check_url(" https://Ejemplo.mx:8443/a?b=c ", allow_loopback=False) == "https://Ejemplo.mx:8443/a?b=c"
    assert check_url("http://127.0.0.1:5000/x", allow_loopback=True)


def test_pauses_grow_to_a_day_and_end(now: Any) -> None:
    pauses = [rules.next_try(attempt, now, 0.5) for attempt in range(1, 11)]
    waits = [at - now for at in pauses if at is not None]

    assert len(waits) == 10 and all(earlier < later for earlier, later in pairwise(waits))
    assert (waits[0], waits[-1]) == (timedelta(seconds=5), timedelta(days=1))
    assert rules.next_try(11, now, 0.5) is None
    assert rules.next_try(10, now, 1.0) == now + timedelta(days=1)
    assert rules.next_try(1, now, 0.0) != rules.next_try(1, now, 1.0)
