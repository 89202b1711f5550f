"""An answer that the client does not accept: the application is kept for a person to look at, and no time is offered."""

from __future__ import annotations

import pytest

from tests.e2e.candidate import Candidate
from tests.e2e.roads import Told, open_and_accept, register
from tests.e2e.town import Town

POSITION = "Operario de producción"


@pytest.fixture
def diego(town: Town) -> Candidate:
    person = town.candidate(name="Diego")
    open_and_accept(person)
    told = Told(full_name="Diego Sosa Lira", first_name="Diego", headline="operario de producción",
                email=f"diego{person.user}@example.com", skills="ensamble y empaque")  # fmt: skip
    register(person, told)
    person.presses("affirm:recap", "Ver oportunidades")
    return person


def test_told_kindly_and_no_interview_is_offered(town: Town, diego: Candidate) -> None:
    diego.presses("search_jobs", POSITION)
    diego.presses(POSITION, "(#")
    diego.presses("Postularme", "¿Puedes empezar a las ocho")
    told = diego.says("no, a esa hora no puedo", "revisar tus respuestas")
    assert POSITION in told.text
    diego.settles()
    assert diego.received[-1].text == told.text
    rows = town.rows(
        "SELECT a.knocked_out, s.kind, (SELECT count(*) FROM interviews i WHERE i.application_id = a.id) AS interviews "
        "FROM applications a JOIN stages s ON s.id = a.stage_id JOIN unit_profiles p ON p.id = a.profile_id "
        "WHERE p.email = %s", f"diego{diego.user}@example.com",
    )  # fmt: skip
    assert rows == [{"knocked_out": True, "kind": "new", "interviews": 0}]
    # Asked for on one's own, a time is not given either.
    diego.says("quiero agendar mi entrevista")
    answers = diego.settles()
    assert not any("horarios libres" in shown.text for shown in answers), diego.transcript
    assert "revis" in answers[-1].text
