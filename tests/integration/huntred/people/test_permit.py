"""Until when a permit to work is valid: told freely, shown to its owner and the consultant, reminded of in time."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
from sqlalchemy import select

from huntred.conversations.models import ScheduledNotice
from huntred.errors import FieldInvalid
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.notifications.permit_reminders import plan_permit_reminders
from huntred.people import service
from huntred.people.events import PermitChanged
from huntred.people.rules import parse_field
from tests.factories.desk import Desk


def tell(desk: Desk, conversation_id: object, **texts: str) -> PermitChanged:
    """Tell these fields, and let the handler hear of it."""
    with desk.work() as uow:
        person = service.person_of(uow, conversation_id, now=desk.now)  # type: ignore[arg-type]
        service.set_fields(uow, person.id, texts, now=desk.now)
        event = PermitChanged(service.profile_of(uow, person.id).id, person.id)
        plan_permit_reminders(uow, event, Context(desk.now, desk.links))
    return event


def waiting(desk: Desk) -> list[ScheduledNotice]:
    query = select(ScheduledNotice).where(ScheduledNotice.state == "waiting").order_by(ScheduledNotice.due_at)
    return desk.rows(query)


def test_the_person_is_reminded_sixty_thirty_and_seven_days_before(desk: Desk) -> None:
    conversation = desk.chat()
    tell(desk, conversation.id, work_permit="residencia temporal", permit_expires="4 de octubre de 2026")
    notices = waiting(desk)
    assert [notice.due_at.date() for notice in notices] == [date(2026, 8, 5), date(2026, 9, 4), date(2026, 9, 27)]
    assert {notice.due_at.astimezone(timezone.utc).hour for notice in notices} == {16}
    assert {notice.conversation_id for notice in notices} == {conversation.id}
    assert notices[0].values == {"days": "60", "date": "4 de octubre de 2026"}
    template = notices[0].template or {}
    assert (template["name"], template["values"][1:]) == ("permiso_por_vencer_amigro", ["4 de octubre de 2026", "60"])
    events = desk.rows(select(StoredEvent.name).where(StoredEvent.name == "PermitChanged"))
    assert events == ["PermitChanged"]


def test_another_date_takes_the_place_of_the_first_and_what_is_past_is_left_out(desk: Desk) -> None:
    conversation = desk.chat()
    tell(desk, conversation.id, work_permit="residencia temporal", permit_expires="4 de octubre de 2026")
    tell(desk, conversation.id, permit_expires="20/03/2026")
    assert [notice.due_at.date() for notice in waiting(desk)] == [date(2026, 3, 13)]


def test_a_permit_that_never_ends_has_no_date_and_no_reminder(desk: Desk) -> None:
    conversation = desk.chat()
    event = tell(desk, conversation.id, work_permit="residencia temporal", permit_expires="4 de octubre de 2026")
    tell(desk, conversation.id, work_permit="residencia permanente")
    assert waiting(desk) == []
    with desk.work() as uow:
        assert service.profile_of(uow, event.person_id).permit_expires_on is None


def test_it_is_shown_in_the_recap_and_forgotten_with_the_rest(desk: Desk) -> None:
    event = tell(desk, desk.chat().id, work_permit="humanitarian", permit_expires="1-5-27")
    with desk.work() as uow:
        lines = {line.field: line.value for line in service.recap(uow, event.person_id)}
        assert lines["permit_expires"] == "1 de mayo de 2027"
        service.forget(uow, event.person_id)
    with desk.work() as uow:
        assert service.profile_of(uow, event.person_id).permit_expires_on is None


@pytest.mark.parametrize(
    ("text", "reason"), [("", "missing"), ("pronto", "not_a_date"), ("4/10/2020", "in_past"), ("4/10/2090", "not_a_date")]
)
def test_what_is_no_such_date_is_refused(text: str, reason: str) -> None:
    with pytest.raises(FieldInvalid, match=reason):
        parse_field("permit_expires", text, today=datetime(2026, 3, 2).date())
