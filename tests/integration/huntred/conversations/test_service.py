"""Change of unit and the managing partner (C9); starting anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.conversations import handoff, repository, service
from huntred.conversations.errors import ContactIncomplete, UnitNotOnChannel, UnitUnknown
from huntred.conversations.models import Chat, Conversation
from huntred.errors import NotFound
from huntred.people import service as people
from huntred.units.models import Division
from tests.factories.desk import Desk


def test_the_chat_goes_on_with_the_other_unit_which_greets(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        people.set_field(uow, person.id, "full_name", "Ana Ruiz", now=desk.now)
        service.change_unit(uow, conversation.id, "huntred_executive", now=desk.now)
        # The rest of the action sees its own unit only.
        assert {one.unit for one in uow.session.scalars(select(Conversation))} == {"amigro"}

    chat = desk.one(Chat, conversation.chat_id)
    (there,) = desk.rows(select(Conversation).where(Conversation.unit == "huntred_executive"))
    assert (chat.unit, chat.conversation_id, there.person_id) == ("huntred_executive", there.id, person.id)
    (row,) = desk.inbox(chat.id)
    assert (row.kind, row.unit, row.conversation_id) == ("opened", "huntred_executive", there.id)
    with desk.work("huntred_executive") as uow:
        person_there = people.person_of(uow, there.id, now=desk.now)
        assert person_there.id == person.id
        assert people.recap(uow, person.id) == [
            line for line in people.recap(uow, person.id) if line.field == "phone"
        ], "what was told to amigro stays there"


def test_the_way_back_resumes_the_first_conversation(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        service.change_unit(uow, conversation.id, "huntred_executive", now=desk.now)
    (there,) = desk.rows(select(Conversation).where(Conversation.unit == "huntred_executive"))
    with desk.work("huntred_executive") as uow:
        service.change_unit(uow, there.id, "amigro", now=desk.now)
    assert desk.one(Chat, conversation.chat_id).conversation_id == conversation.id
    assert [row.unit for row in desk.inbox(conversation.chat_id)] == ["huntred_executive", "amigro"]


def test_sexsi_never_goes_over_whatsapp(desk: Desk) -> None:
    conversation = desk.chat(channel="whatsapp")
    with desk.work() as uow:
        with pytest.raises(UnitNotOnChannel):
            service.change_unit(uow, conversation.id, "sexsi", now=desk.now)
        with pytest.raises(UnitUnknown):
            service.change_unit(uow, conversation.id, "nadie", now=desk.now)
    by_telegram = desk.chat(channel="telegram")
    with desk.work() as uow:
        service.change_unit(uow, by_telegram.id, "sexsi", now=desk.now)
    assert desk.one(Chat, by_telegram.chat_id).unit == "sexsi"


def test_the_partner_hears_by_whatsapp_and_mail_once_a_day(desk: Desk) -> None:
    conversation = desk.chat()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        with pytest.raises(ContactIncomplete) as lacking:
            service.contact_partner(uow, conversation.id, now=desk.now)
        assert lacking.value.fields == ("first_name", "last_name", "email", "phone") or "email" in lacking.value.fields
        people.set_fields(
            uow, person.id, {"full_name": "Ana Ruiz", "email": "ana@example.com", "phone": "5512345678"}, now=desk.now
        )
        for _ in range(2):
            service.contact_partner(uow, conversation.id, now=desk.now)
    ((phone, template),) = desk.sent("whatsapp")
    assert phone == "525550000200"
    assert template.template is not None
    assert template.template.name == "contacto_socio_amigro"
    assert template.template.values == ("Ana Ruiz", "+525512345678", "ana@example.com")
    ((address, mail),) = desk.sent("email")
    assert address == "socio.director@huntred.example.mx"
    assert "Ana Ruiz" in mail.subject and "+525512345678" in mail.text and "+525512345678" in mail.html


def test_reset_forgets_the_step_and_keeps_what_was_said(desk: Desk) -> None:
    conversation = desk.chat()
    desk.execute(
        "INSERT INTO tracker_events (conversation_id, seq, unit, name, event)"
        " VALUES (:c, 1, 'amigro', 'slot', '{}'::jsonb)", c=conversation.id,
    )  # fmt: skip
    desk.execute("UPDATE conversations SET current_step = 'form_profile' WHERE id = :c", c=conversation.id)
    with desk.work() as uow:
        service.reset(uow, conversation.id, now=desk.now)
    stored = desk.one(Conversation, conversation.id)
    assert (stored.current_step, stored.version) == ("", 1)
    with desk.admin.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM tracker_events").scalar_one() == 0


def test_lists_show_only_ones_own_unit(desk: Desk) -> None:
    ours = [desk.chat() for _ in range(3)]
    desk.chat(unit="huntu")
    with desk.work() as uow:
        page = repository.page(uow, limit=2)
        rest = repository.page(uow, limit=2, cursor=page.next_cursor)
        seen = {row.conversation.id for row in (*page.items, *rest.items)}
        assert seen == {one.id for one in ours}
        assert rest.next_cursor == ""
        assert repository.page(uow, handling="queued").items == []
    with desk.work("huntu") as uow, pytest.raises(NotFound):
        repository.get(uow, ours[0].id)


def test_messages_come_newest_first_with_how_far_they_got(desk: Desk) -> None:
    conversation = desk.chat()
    for number, text in enumerate(("hola", "¡Hola! Soy Amigro.", "busco trabajo")):
        out = number == 1
        desk.execute(
            "INSERT INTO outbox (unit, conversation_id, chat_id, channel, source, source_id, ord, payload, state)"
            " VALUES ('amigro', :c, :h, 'whatsapp', 'turn', :s, 0, '{}', 'delivered')",
            c=conversation.id, h=conversation.chat_id, s=str(number),
        )  # fmt: skip
        desk.execute(
            "INSERT INTO messages (id, unit, conversation_id, direction, author, kind, text, payload, outbox_id, at)"
            " VALUES (:i, 'amigro', :c, :d, :a, 'text', :t, '{}',"
            " CASE WHEN :out THEN (SELECT max(id) FROM outbox) END, :at)",
            i=new_id(), c=conversation.id, d="out" if out else "in", a="bot" if out else "person", t=text, out=out,
            at=desk.now + timedelta(seconds=number),
        )  # fmt: skip
    with desk.work() as uow:
        page = repository.messages_of(uow, conversation.id, limit=2)
        rest = repository.messages_of(uow, conversation.id, limit=2, cursor=page.next_cursor)
        said = [(one.message.text, one.delivery) for one in (*page.items, *rest.items)]
    assert said == [("busco trabajo", ""), ("¡Hola! Soy Amigro.", "delivered"), ("hola", "")]
    assert (bool(page.next_cursor), rest.next_cursor) == (True, "")
    with desk.work("huntu") as uow:
        assert repository.messages_of(uow, conversation.id).items == []


def test_who_waits_longest_comes_first(desk: Desk) -> None:
    late, early = desk.chat(), desk.chat()
    with desk.work() as uow:
        handoff.request_handoff(uow, late.id, now=desk.now)
        handoff.request_handoff(uow, early.id, now=desk.now - timedelta(minutes=5))
    with desk.work() as uow:
        assert [one.conversation_id for one in repository.waiting_handoffs(uow)] == [early.id, late.id]
        assert {row.waiting_since for row in repository.page(uow, handling="queued").items} == {
            desk.now, desk.now - timedelta(minutes=5),
        }  # fmt: skip


def test_the_tabs_count_no_further_than_they_show(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "MOST_COUNTED", 2)
    for _ in range(3):
        desk.chat()
    with desk.work() as uow:
        found = repository.totals(uow, new_id())
    assert found == {"bot": 2, "queued": 0, "with_person": 0, "closed": 0, "mine": 0}


def test_whoever_sees_several_units_searches_them_as_one_list(desk: Desk) -> None:
    """Page after page, the one that moved last first, whatever its unit."""
    made = [desk.chat(unit) for unit in ("amigro", "huntu", "huntu", "amigro", "amigro", "huntu")]
    for number, one in enumerate(made):
        desk.execute(
            "UPDATE conversations SET last_text = :said, last_message_at = :at WHERE id = :c", c=one.id,
            said="Gracias" if number == 1 else "Busco trabajo", at=desk.now + timedelta(minutes=number),
        )  # fmt: skip
    found, cursor = [], ""
    with desk.work(units=("amigro", "huntu")) as uow:
        while not found or cursor:
            page = repository.page(uow, text="trabajo", cursor=cursor, limit=2)
            found += [row.conversation.id for row in page.items]
            cursor = page.next_cursor
    assert found == [one.id for one in reversed(made) if one is not made[1]]


def test_a_divisions_tabs_count_what_it_lists(desk: Desk) -> None:
    north, south = (Division(id=new_id(), unit="amigro", code=code, name=code) for code in ("north", "south"))
    desk.add(north, south)
    seen = set()
    for division, handling in ((north, "bot"), (north, "closed"), (south, "bot"), (south, "closed"), (None, "bot")):
        conversation = desk.chat()
        with desk.work() as uow:
            profile = people.profile_of(uow, people.person_of(uow, conversation.id, now=desk.now).id)
        desk.application(conversation, profile, division_id=division.id if division else None)
        desk.execute("UPDATE conversations SET handling = :h WHERE id = :c", h=handling, c=conversation.id)
        seen |= {conversation.id} if division is north else set()
    desk.chat()
    with desk.work(divisions=(north.id,)) as uow:
        assert {row.conversation.id for row in repository.page(uow).items} == seen
        counted = repository.totals(uow, new_id())
        listed = {handling: len(repository.page(uow, handling=handling).items) for handling in ("bot", "closed")}
    assert listed == {"bot": 1, "closed": 1} == {handling: counted[handling] for handling in listed}
