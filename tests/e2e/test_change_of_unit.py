"""C9: the same chat goes on in another unit, in its voice and with its vacancies, and finds its way back."""

from __future__ import annotations

from tests.e2e.candidate import Candidate
from tests.e2e.roads import Told, open_and_accept, register
from tests.e2e.town import Town


def test_there_and_back(town: Town, ana: Candidate) -> None:
    open_and_accept(ana)
    told = Told(email=f"ana{ana.user}@example.com")
    register(ana, told)
    ana.presses("affirm:recap", "Ver oportunidades")
    picker = ana.says("quiero ver otras unidades de negocio", "unidad de negocio")
    assert "huntRED Executive" in picker.titles and "Grupo huntRED®" in picker.footer

    ana.presses("huntRED Executive", "¿Lo acepta?")
    chat = town.rows("SELECT unit FROM chats WHERE user_id = %s", ana.user)
    assert [row["unit"] for row in chat] == ["huntred_executive"]
    units = town.rows(
        "SELECT c.unit FROM conversations c JOIN chats h ON h.id = c.chat_id WHERE h.user_id = %s ORDER BY 1", ana.user
    )
    assert [row["unit"] for row in units] == ["amigro", "huntred_executive"]
    # What she told Amigro is Amigro's: the other unit knows nothing of it.
    profiles = town.rows("SELECT unit FROM unit_profiles WHERE email = %s", told.email)
    assert [row["unit"] for row in profiles] == ["amigro"]

    ana.says("quiero cambiar de unidad de negocio", "unidad de negocio")
    ana.presses("Amigro", "Ana")
    assert town.rows("SELECT unit FROM chats WHERE user_id = %s", ana.user)[0]["unit"] == "amigro"
