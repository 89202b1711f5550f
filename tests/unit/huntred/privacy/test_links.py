"""Signed links: for one purpose, unchanged, in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huntred.privacy.links import LinkExpired, LinkInvalid, Links, read_link, sign_link

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
SECRET = "a secret of the tests"
PERSON = UUID(int=7)


def token(purpose: str = "private", secret: str = SECRET) -> str:
    return sign_link(secret, purpose, {"person": PERSON, "unit": "amigro"}, expires_at=NOW + timedelta(hours=1))


def test_what_was_signed_is_read() -> None:
    assert read_link(SECRET, "private", token(), now=NOW) == {"person": str(PERSON), "unit": "amigro"}


def test_another_purpose_or_secret_opens_nothing() -> None:
    for given_token in (token("interviewer"), token(secret="another secret of tests")):
        with pytest.raises(LinkInvalid):
            read_link(SECRET, "private", given_token, now=NOW)


def test_it_ends_when_it_ends() -> None:
    with pytest.raises(LinkExpired):
        read_link(SECRET, "private", token(), now=NOW + timedelta(hours=1))


@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_any_changed_character_shows(position: int, char: str) -> None:
    good = token()
    position %= len(good) - 1  # the last character may hold bits that mean nothing
    changed = good[:position] + char + good[position + 1 :]
    if changed == good:
        return
    with pytest.raises((LinkInvalid, LinkExpired)):
        read_link(SECRET, "private", changed, now=NOW)


@pytest.mark.parametrize("bad", ["", ".", "x", "a.b.c", "ñ.ñ", "=.="])
def test_what_is_no_token_is_refused(bad: str) -> None:
    with pytest.raises(LinkInvalid):
        read_link(SECRET, "private", bad, now=NOW)


def test_pages_stand_where_the_back_office_looks_for_them() -> None:
    links = Links(SECRET, "https://office", "https://gateway")
    cases = [
        (links.private_page("amigro", PERSON, now=NOW), "https://office/p/", "private"),
        (links.profile_page("amigro", PERSON, now=NOW), "https://office/perfil/", "profile"),
        (links.interviewer_page("amigro", PERSON, PERSON, until=NOW + timedelta(days=1)), "https://office/e/", "interviewer"),
    ]  # fmt: skip
    for url, start, purpose in cases:
        assert url.startswith(start)
        assert read_link(SECRET, purpose, url.removeprefix(start), now=NOW)["unit"] == "amigro"
    assert links.chat_page("amigro", "INV-1") == "https://gateway/chat/amigro?ref=INV-1"
    assert links.privacy_page("amigro") == "https://office/privacidad/amigro"
