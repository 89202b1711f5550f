"""The page of the day: each row says what needs somebody now, and what to do next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backoffice.queries import today
from contract.ids import new_id
from huntred.applications.models import Stage
from huntred.conversations import handoff
from huntred.conversations.models import ChatMessage
from tests.factories.cards import Cards
from tests.integration.backoffice.conftest import Office
from tests.integration.backoffice.test_access import things

RISK = "Vacantes en riesgo"


def test_who_waits_is_shown_with_their_own_words(office: Office) -> None:
    conversation = office.desk.chat()
    for minutes, author, text in ((1, "person", "llevo dos semanas sin respuesta"), (2, "bot", "Ya avisé al equipo")):
        office.desk.add(
            ChatMessage(
                id=new_id(), unit="amigro", conversation_id=conversation.id, author=author, kind="text", text=text,
                direction="in" if author == "person" else "out", payload={},
                at=office.desk.now + timedelta(minutes=minutes),
            )
        )
    with office.desk.work() as uow:
        handoff.request_handoff(uow, conversation.id, "quiere hablar", now=office.desk.now)

    page = office.client(office.user()).get("/today").text

    assert "llevo dos semanas sin respuesta" in page
    assert "Ya avisé al equipo" not in page


def test_a_vacancy_open_for_long_with_nobody_in_an_interview_is_at_risk(office: Office) -> None:
    own = things(office, "amigro", title="Soldadora o soldador")
    client = office.client(office.user())
    published = "UPDATE vacancies SET state = 'open', published_at = :at WHERE id = :id"

    office.desk.execute(published, at=office.desk.now - timedelta(days=13), id=own.vacancy)
    assert RISK not in client.get("/today").text

    office.desk.execute(published, at=office.desk.now - timedelta(days=15), id=own.vacancy)
    page = client.get("/today").text
    assert RISK in page and "1 postulación" in page
    assert f"/board/vacancy/{own.vacancy}" in page

    [stage] = office.desk.rows(select(Stage.id).where(Stage.unit == "amigro", Stage.kind == "interview"))
    office.desk.execute("UPDATE applications SET stage_id = :stage WHERE id = :id", stage=stage, id=own.application)
    assert RISK not in client.get("/today").text


def test_what_stands_still_is_counted_so_far_only(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = Cards.of(office.desk)
    for number in range(13):
        cards.add(f"Persona {number}", days=6)
    client = office.client(office.user())

    assert "Ver las 13<" in client.get("/today").text

    monkeypatch.setattr(today, "MOST_COUNTED", 12)
    assert "Ver las 12+<" in client.get("/today").text
