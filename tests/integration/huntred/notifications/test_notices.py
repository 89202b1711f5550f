"""Scheduled notices, mails to a unit and to half-finished profiles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from contract.message import Message
from huntred.conversations import handoff
from huntred.conversations.models import Conversation, ScheduledNotice
from huntred.notifications import profile_reminders
from huntred.notifications.outbound import send_mail, send_template
from huntred.notifications.service import cancel, release_due, schedule
from huntred.people import service as people
from huntred.privacy import service as privacy
from tests.factories.desk import Desk

CODE = {"code": "123456", "minutes": 10}


def test_a_notice_of_the_same_key_replaces_the_earlier_one(desk: Desk) -> None:
    with desk.work() as uow:
        for hours in (1, 5):
            schedule(
                uow, "demo:1", "one_time_code", CODE, desk.now + timedelta(hours=hours), address="a@example.com",
                now=desk.now,
            )  # fmt: skip
    (notice,) = desk.rows(select(ScheduledNotice))
    assert notice.due_at == desk.now + timedelta(hours=5)


def test_a_prefix_takes_back_its_own_only(desk: Desk) -> None:
    with desk.work() as uow:
        for key in ("demo:1:a", "demo:1:b", "demo:10:a", "demo_1:a"):
            schedule(uow, key, "one_time_code", CODE, desk.now, address="a@example.com", now=desk.now)
        assert cancel(uow, "demo:1:") == 2
        assert cancel(uow, "demo_1") == 1


def test_a_notice_needs_one_addressee(desk: Desk) -> None:
    with desk.work() as uow, pytest.raises(ValueError, match="a conversation or an address"):
        schedule(uow, "demo:1", "one_time_code", CODE, desk.now, now=desk.now)


def test_one_that_fails_waits_and_holds_up_no_other(desk: Desk) -> None:
    with desk.work() as uow:
        schedule(uow, "demo:1", "one_time_code", {"code": "1"}, desk.now, address="a@example.com", now=desk.now)
        schedule(uow, "demo:2", "one_time_code", CODE, desk.now, address="b@example.com", now=desk.now)
    with desk.work() as uow:
        released = release_due(uow, now=desk.now)
        assert (released.entered, len(released.faults)) == (1, 1)
        assert "minutes" in str(released.faults[0])
    assert [address for address, _ in desk.sent("email")] == ["b@example.com"]
    waiting = desk.rows(select(ScheduledNotice).where(ScheduledNotice.state == "waiting"))
    assert [notice.due_at for notice in waiting] == [desk.now + timedelta(minutes=5)]


def test_html_is_escaped_and_text_is_not(desk: Desk) -> None:
    with desk.work() as uow:
        send_mail(
            uow, "demo", "1", "a@example.com", "partner_contact",
            {"partner_name": "L", "person_name": "<b>Ana</b> & Co", "phone": "+52", "email": "a@b.mx"},
        )  # fmt: skip
    ((_, mail),) = desk.sent("email")
    assert "&lt;b&gt;Ana&lt;/b&gt; &amp; Co" in mail.html
    assert "<b>Ana</b> & Co" in mail.text


def test_executive_writes_in_its_own_voice(desk: Desk) -> None:
    with desk.work("huntred_executive") as uow:
        send_mail(uow, "demo", "1", "a@example.com", "one_time_code", CODE)
    ((_, mail),) = desk.sent("email")
    assert "Escríbalo" in mail.text


def test_a_unit_without_whatsapp_sends_no_template(desk: Desk) -> None:
    from contract.message import TemplateUse

    message = Message("template", template=TemplateUse("x_sexsi", "es_MX"))
    with desk.work("sexsi") as uow:
        assert not send_template(uow, source="demo", source_id="1", phone="+525512345678", message=message)
        with pytest.raises(ValueError, match="templates only"):
            send_template(uow, source="demo", source_id="1", phone="+525512345678", message=Message("text", text="hola"))


def _begins(desk: Desk, channel: str = "whatsapp", agrees: bool = True, **texts: str) -> Conversation:
    """Somebody who gave a name and stopped."""
    conversation = desk.chat(channel=channel)
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        people.set_fields(uow, person.id, {"first_name": "Ana", **texts}, now=desk.now)
        if agrees:
            privacy.accept_notice(uow, person.id, channel, now=desk.now)
    return conversation


def _reminders(desk: Desk, *days: float) -> list[int]:
    counts = []
    for day in days:
        with desk.work() as uow:
            counts.append(profile_reminders.remind(uow, desk.links, now=desk.now + timedelta(days=day)))
    return counts


def test_a_half_finished_profile_is_reminded_once_a_week_in_its_chat(desk: Desk) -> None:
    agreed = _begins(desk, email="ana@example.com")
    _begins(desk, agrees=False, email="luis@example.com")
    assert _reminders(desk, 0.5, 2, 5, 8.9, 9.5, 16) == [0, 1, 0, 0, 1, 0]
    notices = desk.inbox(agreed.chat_id)
    assert [notice.kind for notice in notices] == ["notice", "notice"]
    said = notices[0].payload["values"]
    assert (said["response"], said["values"]["missing"]) == (
        "utter_profile_missing", "primer apellido, ciudad, habilidades",
    )  # fmt: skip
    assert (said["template"]["name"], said["template"]["values"][0]) == ("completar_perfil_amigro", "Ana")
    assert said["purpose"] == "notice", "opt-outs and quiet hours hold for it"
    assert desk.sent("email") == [], "once is enough"


def test_a_shorter_time_in_the_unit_s_settings_never_makes_it_more_than_once_a_week(desk: Desk) -> None:
    _begins(desk)
    desk.execute(
        "UPDATE units SET settings = jsonb_set(settings, '{reminders,profile_incomplete_every_days}', '2')"
        " WHERE code = 'amigro'"
    )
    assert _reminders(desk, 2, 5, 8, 9.5) == [1, 0, 0, 1]


def test_whoever_wrote_by_the_web_chat_is_reminded_by_mail(desk: Desk) -> None:
    _begins(desk, "web", email="ana@example.com")
    assert _reminders(desk, 2) == [1]
    [(address, message)] = desk.sent("email")
    assert address == "ana@example.com"
    assert "primer apellido, " in message.text
    assert "http://office.test/perfil/" in message.text


def test_whoever_said_baja_or_is_with_the_team_is_not_reminded(desk: Desk) -> None:
    out, waiting = _begins(desk), _begins(desk)
    with desk.work() as uow:
        privacy.opt_out(uow, out.id, now=desk.now)
        handoff.request_handoff(uow, waiting.id, now=desk.now)
    assert _reminders(desk, 2) == [0]
    assert desk.inbox(out.chat_id) == desk.inbox(waiting.chat_id) == []
