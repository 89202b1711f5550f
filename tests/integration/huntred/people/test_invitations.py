"""Referrals (C8): the friend is known only on arriving; nobody is written to."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from huntred.people.invitations import InvitationUnknown, OwnInvitation, accept_invitation, invitation
from huntred.people.models import Referral
from tests.factories.desk import Desk


def test_an_invitation_is_a_link_with_a_code_and_sends_nothing(desk: Desk) -> None:
    inviter = desk.profile()
    with desk.work() as uow:
        made = invitation(uow, inviter.person_id, now=desk.now)
        again = invitation(uow, inviter.person_id, now=desk.now)
    assert made == again
    assert made.url.startswith("https://wa.me/52") and made.url.endswith(f"?text={made.code}")
    assert made.text_values["name"] == "Ana" and made.text_values["unit"] == "Amigro"
    assert desk.outbox() == []


def test_a_unit_without_whatsapp_invites_by_telegram_else_by_its_page(desk: Desk) -> None:
    inviter = desk.profile(unit="sexsi")
    with desk.work("sexsi") as uow:
        made = invitation(uow, inviter.person_id, now=desk.now)
    assert made.url == f"https://t.me/demo_sexsi_bot?start={made.code}"
    desk.execute("UPDATE channel_accounts SET active = false WHERE unit = 'sexsi'")
    with desk.work("sexsi") as uow:
        page = invitation(uow, inviter.person_id, now=desk.now, chat_url="http://gateway.test/chat/sexsi")
    assert page.url == f"http://gateway.test/chat/sexsi?ref={made.code}"


def test_one_link_brings_several_friends_each_known_once(desk: Desk) -> None:
    inviter, first, second = desk.profile(), desk.profile(), desk.profile()
    with desk.work() as uow:
        code = invitation(uow, inviter.person_id, now=desk.now).code
        assert accept_invitation(uow, f" {code.lower()} ", first.person_id, now=desk.now)
        assert not accept_invitation(uow, code, first.person_id, now=desk.now)
        assert accept_invitation(uow, code, second.person_id, now=desk.now)
        assert invitation(uow, inviter.person_id, now=desk.now).code != code
    known = desk.rows(select(Referral).where(Referral.invited_id.is_not(None)))
    assert {row.invited_id for row in known} == {first.person_id, second.person_id}
    assert {row.inviter_id for row in known} == {inviter.person_id}


def test_nobody_invites_themselves_and_a_code_of_another_unit_is_unknown(desk: Desk) -> None:
    inviter, friend = desk.profile(), desk.profile(unit="huntu")
    with desk.work() as uow:
        code = invitation(uow, inviter.person_id, now=desk.now).code
        with pytest.raises(OwnInvitation):
            accept_invitation(uow, code, inviter.person_id, now=desk.now)
    with desk.work("huntu") as uow, pytest.raises(InvitationUnknown):
        accept_invitation(uow, code, friend.person_id, now=desk.now)
