"""Where a password may go on to, and what is written anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from huntred.calendars import rules

NOW = datetime(2026, 5, 4, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "named", "may"),
    [
        ("https://caldav.icloud.com/", "https://p42-caldav.icloud.com/1/", True),
        ("https://nube.example.mx/dav", "https://nube.example.mx/remote.php/dav", True),
        ("https://nube.example.mx/dav", "http://nube.example.mx/dav", False),
        ("https://nube.example.mx/dav", "https://otra.example.com/dav", False),
        # Strangers side by side, and a name that only ends alike.
        ("https://nube.com.mx/dav", "https://ladrones.com.mx/dav", False),
        ("https://dav.nube.com.mx/", "https://p1.nube.com.mx/", True),
        ("https://caldav.icloud.com/", "https://icloud.com.evil.test/", False),
        ("https://caldav.icloud.com/", "https://malicloud.com/", False),
        ("http://127.0.0.1:5232/", "http://127.0.0.1:5232/ana/", True),
        ("http://127.0.0.1:5232/", "http://127.0.0.1:80/ana/", False),
        ("https://10.20.30.40/", "https://9.20.30.40/", False),
    ],
)
def test_a_password_goes_on_to_the_same_owner_only(asked: str, named: str, may: bool) -> None:
    assert rules.may_know_password(urlsplit(asked), urlsplit(named)) is may


def test_what_is_new_or_changed_is_written_and_what_is_gone_is_taken_away() -> None:
    wanted, written = (
        {"same": "1", "changed": "2", "new": "3", "perhaps": "4"},
        {"same": "1", "changed": "1", "gone": "1", "perhaps": ""},
    )
    assert rules.changes(wanted, written) == (["changed", "new", "perhaps"], ["gone"])


def test_a_server_that_fails_is_asked_ever_more_seldom_and_never_given_up() -> None:
    pauses = [rules.next_try(attempts, NOW, 0.5) - NOW for attempts in (1, 2, 5, 6, 500)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=1) and pauses[-1] == timedelta(hours=6)
