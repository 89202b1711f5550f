"""One-time codes: nothing that can be seen tells whether an address is known."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from huntred.errors import FieldInvalid
from huntred.privacy import codes
from huntred.privacy.models import OneTimeCode
from tests.factories.desk import Desk


def _code(desk: Desk) -> str:
    _, mail = desk.sent("email")[-1]
    found = re.search(r"\b\d{6}\b", mail.subject)
    assert found, mail.subject
    return found[0]


def test_the_code_of_the_mail_opens_once(desk: Desk) -> None:
    conversation = desk.chat()
    desk.profile(email="ana@example.com")
    with desk.work() as uow:
        codes.request_code(uow, conversation.id, " Ana@Example.com ", now=desk.now)
    number = _code(desk)
    with desk.work() as uow:
        assert not codes.redeem_code(uow, conversation.id, "ana@example.com", "000000", now=desk.now) or number == "000000"
        assert codes.redeem_code(uow, conversation.id, "ana@example.com", f"es el {number}", now=desk.now)
        assert not codes.redeem_code(uow, conversation.id, "ana@example.com", number, now=desk.now)
    assert desk.outbox("email")[0].purpose == "code"


def test_an_unknown_address_looks_the_same_and_gets_nothing(desk: Desk) -> None:
    """The same rows, the same columns filled, the same answer; only the mail is missing."""
    known, unknown = desk.chat(), desk.chat()
    desk.profile(email="ana@example.com")
    with desk.work() as uow:
        answers = [
            codes.request_code(uow, known.id, "ana@example.com", now=desk.now),
            codes.request_code(uow, unknown.id, "nadie@example.com", now=desk.now),
        ]
    assert answers == [None, None]
    rows = desk.rows(select(OneTimeCode))
    assert {len(row.code_hash) for row in rows} == {64}
    assert {row.expires_at for row in rows} == {desk.now + timedelta(minutes=10)}
    assert [address for address, _ in desk.sent("email")] == ["ana@example.com"]


def test_another_units_people_are_not_known_here(desk: Desk) -> None:
    conversation = desk.chat()
    desk.profile(unit="huntu", email="ana@example.com")
    with desk.work() as uow:
        codes.request_code(uow, conversation.id, "ana@example.com", now=desk.now)
    assert desk.sent("email") == []


def test_five_tries_and_ten_minutes(desk: Desk) -> None:
    conversation = desk.chat()
    desk.profile(email="ana@example.com")
    with desk.work() as uow:
        codes.request_code(uow, conversation.id, "ana@example.com", now=desk.now)
    number = _code(desk)
    wrong = f"{(int(number) + 1) % 1_000_000:06d}"
    with desk.work() as uow:
        late = desk.now + timedelta(minutes=10)
        assert not codes.redeem_code(uow, conversation.id, "ana@example.com", number, now=late)
        for _ in range(5):
            assert not codes.redeem_code(uow, conversation.id, "ana@example.com", wrong, now=desk.now)
        assert not codes.redeem_code(uow, conversation.id, "ana@example.com", number, now=desk.now)


def test_a_code_is_of_one_conversation_and_address_and_the_last_one_counts(desk: Desk) -> None:
    conversation, other = desk.chat(), desk.chat()
    desk.profile(email="ana@example.com")
    with desk.work() as uow:
        codes.request_code(uow, conversation.id, "ana@example.com", now=desk.now)
    first = _code(desk)
    with desk.work() as uow:
        assert not codes.redeem_code(uow, other.id, "ana@example.com", first, now=desk.now)
        assert not codes.redeem_code(uow, conversation.id, "luis@example.com", first, now=desk.now)
        assert not codes.redeem_code(uow, conversation.id, "ninguno", first, now=desk.now)
        codes.request_code(uow, conversation.id, "ana@example.com", now=desk.now)
    second = _code(desk)
    with desk.work() as uow:
        assert first == second or not codes.redeem_code(uow, conversation.id, "ana@example.com", first, now=desk.now)
        assert codes.redeem_code(uow, conversation.id, "ana@example.com", second, now=desk.now)


def test_nobody_floods_a_mailbox(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        for _ in range(5):
            codes.request_code(uow, conversation.id, "ana@example.com", now=desk.now)
        with pytest.raises(codes.TooManyCodes):
            codes.request_code(uow, conversation.id, "ana@example.com", now=desk.now)
        codes.request_code(uow, conversation.id, "ana@example.com", now=desk.now + timedelta(hours=1))
        with pytest.raises(FieldInvalid):
            codes.request_code(uow, conversation.id, "no tengo", now=desk.now)


@pytest.mark.parametrize(
    ("language", "subject", "minutes"),
    [
        ("en", "{code} is your Amigro code", "it expires in 10 minutes"),
        ("fr", "{code} est votre code Amigro", "il expire dans 10 minutes"),
        ("ht", "{code} se kòd Amigro ou", "l ap bon pandan 10 minit"),
        ("pt", "{code} é seu código da Amigro", "ele vence em 10 minutos"),
    ],
)
def test_it_is_told_in_the_language_of_the_chat_that_asked(
    desk: Desk, language: str, subject: str, minutes: str
) -> None:
    conversation = desk.chat()
    desk.profile(email="ana@example.com")
    desk.execute("UPDATE conversations SET language = :to WHERE id = :id", to=language, id=conversation.id)
    with desk.work() as uow:
        codes.request_code(uow, conversation.id, "ana@example.com", now=desk.now)
    _, mail = desk.sent("email")[-1]
    assert mail.subject == subject.format(code=_code(desk)) and minutes in mail.text
