"""A document from the gateway's event to what the person is told, read by the real reader."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from huntred.conversations.models import Conversation
from huntred.cv import reading, service, telling
from huntred.cv.models import CvFile
from huntred.cv.ports import Cv, CvReader
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from huntred.people import service as people
from huntred.privacy import service as privacy
from tests.factories.cvs import CV, cv_of, read, send
from tests.factories.desk import Desk
from tests.unit.ml.cv.test_reader import pdf


def somebody(desk: Desk, unit: str = "amigro", *, agreed: bool = True) -> tuple[Conversation, UUID]:
    conversation = desk.chat(unit)
    with desk.work(unit) as uow:
        person = people.person_of(uow, conversation.id, now=desk.now).id
        if agreed:
            privacy.accept_notice(uow, person, "whatsapp", now=desk.now)
    return conversation, person


def told(desk: Desk, conversation: Conversation) -> list[tuple[str, dict[str, str]]]:
    rows = [row for row in desk.inbox(conversation.chat_id) if row.kind == "notice"]
    return [(row.payload["values"]["response"], row.payload["values"]["values"]) for row in rows]


def test_a_cv_is_read_and_its_sender_is_told_what_was_found(desk: Desk, reader: CvReader, tmp_path: Path) -> None:
    conversation, _ = somebody(desk)
    media = send(desk, conversation, tmp_path)
    assert read(desk, reader, tmp_path) == 1
    assert read(desk, reader, tmp_path) == 0, "once"

    cv = cv_of(desk, media)
    assert (cv.state, cv.reader_version, cv.answer) == ("read", reader.version, "")
    [(response, values)] = told(desk, conversation)
    assert response == "utter_cv_recap" and values["cv_id"] == str(cv.id)
    assert "• Correo: maria.lopez@example.com" in values["recap"]
    assert "• Empleos: Cajera, Abarrotes del Norte" in values["recap"]

    with desk.work() as uow:
        found = service.content(service.get(uow, cv.id))
    assert found.contact.email is not None
    span = found.contact.email.span
    assert found.pages[span.page - 1][span.start : span.end] == "maria.lopez@example.com"


def test_what_a_cv_says_is_not_readable_in_the_database(desk: Desk, reader: CvReader, tmp_path: Path) -> None:
    conversation, _ = somebody(desk)
    send(desk, conversation, tmp_path)
    read(desk, reader, tmp_path)
    with desk.admin.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT cvs::text FROM cvs").scalars().all()
    assert "maria.lopez" not in row and "Abarrotes" not in row


def test_without_consent_nothing_is_read_until_it_is_given(desk: Desk, reader: CvReader, tmp_path: Path) -> None:
    conversation, person = somebody(desk, agreed=False)
    media = send(desk, conversation, tmp_path)
    assert read(desk, reader, tmp_path) == 1
    assert cv_of(desk, media).state == "held"
    assert [response for response, _ in told(desk, conversation)] == ["utter_cv_needs_consent"]

    with desk.work() as uow:
        privacy.accept_notice(uow, person, "whatsapp", now=desk.now)
    [event] = desk.rows(select(StoredEvent).where(StoredEvent.name == "NoticeAccepted"))
    handle(desk.app, event.id, "amigro", Context(desk.now, desk.links))
    desk.now += timedelta(seconds=5)
    read(desk, reader, tmp_path)
    assert [response for response, _ in told(desk, conversation)] == ["utter_cv_needs_consent", "utter_cv_recap"]


@pytest.mark.parametrize(
    ("content", "content_type", "response"),
    [
        (b"\xff\xd8\xff" + b"0" * 500, "image/jpeg", "utter_error_cv_is_picture"),
        (b"\x00\x01\x02" * 200, "application/pdf", "utter_error_cv_kind_unknown"),
        (b"%PDF-1.7\n" + b"x" * 600, "application/pdf", "utter_error_cv_damaged"),
        (pdf(pages=16), "application/pdf", "utter_error_cv_too_long"),
        (b"Hola, nos vemos el lunes en la oficina de siempre, gracias por todo.", "text/plain", "utter_cv_nothing"),
    ],
)
def test_what_cannot_be_used_gets_a_line_that_says_why(
    desk: Desk, reader: CvReader, tmp_path: Path, content: bytes, content_type: str, response: str
) -> None:
    conversation, _ = somebody(desk)
    send(desk, conversation, tmp_path, content, content_type=content_type)
    read(desk, reader, tmp_path)
    assert [name for name, _ in told(desk, conversation)] == [response]


def test_what_is_no_document_is_no_cv(desk: Desk, tmp_path: Path) -> None:
    conversation, _ = somebody(desk)
    send(desk, conversation, tmp_path, b"\xff\xd8\xff", content_type="image/jpeg", kind="image")
    send(desk, conversation, tmp_path, b"PK", content_type="application/vnd.ms-excel")
    assert desk.rows(select(CvFile)) == []


def test_where_nobody_applies_no_cv_is_read(desk: Desk, tmp_path: Path) -> None:
    conversation, _ = somebody(desk, "huntred_solutions")
    send(desk, conversation, tmp_path)
    assert desk.rows(select(CvFile)) == []


def test_the_same_event_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    conversation, _ = somebody(desk)
    send(desk, conversation, tmp_path)
    desk.execute("UPDATE stored_events SET handled_at = NULL")
    for event in desk.rows(select(StoredEvent).where(StoredEvent.name == "MediaStored")):
        assert handle(desk.app, event.id, "amigro", Context(desk.now, desk.links))
    assert len(desk.rows(select(CvFile))) == 1


class CountingReader:
    """Counts; reads by another."""

    def __init__(self, reader: CvReader) -> None:
        self.version, self.reader, self.count = reader.version, reader, 0

    def read(self, content: bytes, *, today: object) -> Cv:
        self.count += 1
        return self.reader.read(content, today=today)  # type: ignore[arg-type]


def test_the_same_content_is_read_once_for_a_person(desk: Desk, reader: CvReader, tmp_path: Path) -> None:
    conversation, person = somebody(desk)
    counting = CountingReader(reader)
    first = send(desk, conversation, tmp_path)
    read(desk, counting, tmp_path)
    with desk.work() as uow:
        service.accept(uow, service.own(uow, person, cv_of(desk, first).id), now=desk.now)
    desk.now += timedelta(minutes=1)
    second = send(desk, conversation, tmp_path)
    read(desk, counting, tmp_path)
    assert counting.count == 1
    assert cv_of(desk, second).answer == "known"
    assert told(desk, conversation)[-1][0] == "utter_cv_known"


def test_a_worker_that_dies_loses_nothing(desk: Desk, reader: CvReader, tmp_path: Path) -> None:
    conversation, _ = somebody(desk)
    media = send(desk, conversation, tmp_path)
    with desk.work() as uow:
        lost = reading.claim(uow, reader.version, now=desk.now)
    assert lost is not None
    assert not reading.read_next(desk.app, "amigro", reader, tmp_path, lambda: desk.now), "under the lease of the dead"
    desk.now += timedelta(minutes=4)
    assert read(desk, reader, tmp_path) == 1
    assert cv_of(desk, media).state == "read"
    with desk.work() as uow:
        assert not reading.settle(uow, lost, "cv_damaged", reader.version, now=desk.now), "the dead comes back too late"
    assert cv_of(desk, media).state == "read"


def test_one_that_ends_every_worker_is_given_up(desk: Desk, reader: CvReader, tmp_path: Path) -> None:
    conversation, _ = somebody(desk)
    media = send(desk, conversation, tmp_path)
    for _ in range(6):
        with desk.work() as uow:
            reading.claim(uow, reader.version, now=desk.now)
        desk.now += timedelta(minutes=4)
    with desk.work() as uow:
        telling.tell_read(uow, now=desk.now)
    assert (cv_of(desk, media).state, cv_of(desk, media).error_code) == ("failed", "cv_reader_busy")
    assert told(desk, conversation)[0][0] == "utter_error_cv_reader_busy"


@pytest.mark.parametrize(
    ("blocked", "free"),
    [
        ("current_step = 'form_profile'", "current_step = ''"),
        ("current_step = 'form_profile'", "last_inbound_at = last_inbound_at - interval '1 hour'"),
        ("handling = 'with_person'", "handling = 'bot'"),
    ],
)
def test_the_recap_waits_for_a_form_and_for_a_person_of_the_team(
    desk: Desk, reader: CvReader, tmp_path: Path, blocked: str, free: str
) -> None:
    conversation, _ = somebody(desk)
    send(desk, conversation, tmp_path)
    desk.execute(f"UPDATE conversations SET {blocked}")
    assert read(desk, reader, tmp_path) == 0
    desk.execute(f"UPDATE conversations SET {free}")
    assert read(desk, reader, tmp_path) == 1


def test_a_yes_fills_what_is_empty_and_nothing_else(desk: Desk, reader: CvReader, tmp_path: Path) -> None:
    conversation, person = somebody(desk)
    with desk.work() as uow:
        people.set_fields(uow, person, {"email": "otra@example.com", "phone": "+525512345678"}, now=desk.now)
    cv_id = cv_of(desk, send(desk, conversation, tmp_path)).id
    read(desk, reader, tmp_path)
    with desk.work() as uow:
        compared = service.accept(uow, service.own(uow, person, cv_id), now=desk.now)
        assert [one.field for one in compared.differs] == ["email"]
        assert [one.field for one in compared.known] == ["phone"]
        profile = people.profile_of(uow, person)
        assert (profile.email, profile.last_name, profile.headline) == ("otra@example.com", "López", "Cajera")
        assert "Excel" in profile.skills
        service.take_over(uow, service.own(uow, person, cv_id), now=desk.now)
        assert people.profile_of(uow, person).email == "maria.lopez@example.com"


def test_another_person_s_cv_cannot_be_answered(desk: Desk, reader: CvReader, tmp_path: Path) -> None:
    conversation, _ = somebody(desk)
    _, other = somebody(desk)
    cv_id = cv_of(desk, send(desk, conversation, tmp_path)).id
    read(desk, reader, tmp_path)
    with desk.work() as uow, pytest.raises(NotFound):
        service.own(uow, other, cv_id)
    with desk.work("huntu") as uow, pytest.raises(NotFound):
        service.get(uow, cv_id)


def test_an_upload_needs_the_consent_that_was_given(desk: Desk, tmp_path: Path) -> None:
    _, person = somebody(desk)
    file = service.Stored("0" * 64, "00/" + "0" * 64, "text/plain", "cv.txt", len(CV))
    user = desk.user()
    with desk.work() as uow, pytest.raises(FieldInvalid):
        service.upload(uow, person, file, user_id=user.id, consent_note=" ", now=desk.now)
    with desk.work() as uow:
        cv = service.upload(uow, person, file, user_id=user.id, consent_note="Lo envió por correo", now=desk.now)
        assert (cv.source, cv.state, cv.uploaded_by) == ("upload", "waiting", user.id)
