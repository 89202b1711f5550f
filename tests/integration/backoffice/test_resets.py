"""The page on which the super administrator starts a unit's conversations anew."""

from __future__ import annotations

from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.api_clients.models import ApiClient
from huntred.conversations import resetting
from huntred.conversations.models import UnitReset
from tests.integration.backoffice.conftest import Office, post


def test_it_says_how_many_asks_for_the_code_and_tells_how_far_it_is(office: Office) -> None:
    desk = office.desk
    for _ in range(3):
        desk.chat("amigro", "telegram")
    user = office.user("super_admin")
    client = office.client(user)
    assert "Reiniciar 3" in client.get("/resets/").text

    refused = post(client, "/resets/amigro", {"unit_code": "huntu"})
    assert refused.status_code == 302 and desk.rows(select(UnitReset)) == []
    assert "no es la palabra que pedimos" in client.get("/resets/").text
    assert post(client, "/resets/nope", {"unit_code": "nope"}).status_code == 404

    post(client, "/resets/amigro", {"unit_code": "amigro"})
    [reset] = desk.rows(select(UnitReset))
    assert (reset.unit, reset.total, reset.asked_by) == ("amigro", 3, user.id)
    assert "0 de 3" in client.get(f"/resets/{reset.id}/progress").text
    assert "resets.ask" in desk.rows(select(AuditEntry.action))
    desk.execute("UPDATE conversations SET created_at = :at", at=desk.now)
    resetting.work_next(desk.app, "amigro", lambda: desk.now)
    assert "3 conversaciones" in client.get(f"/resets/{reset.id}/progress").text


def test_nobody_else_finds_it_nor_gives_a_program_that_scope(office: Office) -> None:
    client = office.client(office.user())
    assert client.get("/resets/").status_code == 404
    assert "conversations:reset" not in client.get("/api-clients/new").text
    form = {"name": "Nómina", "units": "amigro", "scopes": "conversations:reset"}
    assert "no es una de las opciones" in post(client, "/api-clients/new", form).text
    assert office.desk.rows(select(ApiClient)) == []
    post(office.client(office.user("super_admin")), "/api-clients/new", form)
    [made] = office.desk.rows(select(ApiClient))
    # Who runs the unit may change the rest of it, and the scope stays.
    post(client, f"/api-clients/{made.id}", form | {"name": "Nómina 2"})
    [kept] = office.desk.rows(select(ApiClient))
    assert (kept.name, kept.scopes) == ("Nómina 2", ["conversations:reset"])
