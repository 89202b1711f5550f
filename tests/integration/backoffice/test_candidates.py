"""The vacancy's page: ranked people with evidence, the comparison, the shortlist and what a client sees of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from huntred.access.models import AuditEntry
from huntred.matching.models import RankingWeights
from huntred.privacy import service as privacy
from huntred.shortlists.models import ShortlistEntry, ShortlistShare
from huntred.vacancies.models import VacancyRequirement
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_access import things


def peopled(office: Office) -> tuple[Any, list[Any]]:
    """A vacancy that asks for two things, and two people who have one and both of them."""
    own, desk = things(office, "amigro"), office.desk
    desk.execute("UPDATE vacancies SET title = 'Cajera o cajero', permits = '[]' WHERE id = :id", id=own.vacancy)
    desk.add(
        VacancyRequirement(unit="amigro", vacancy_id=own.vacancy, ord=8, name="Corte de caja"),
        VacancyRequirement(unit="amigro", vacancy_id=own.vacancy, ord=9, name="Inglés", kind="language"),
    )
    people = [
        desk.profile(first_name=name, last_name="Ruiz", headline="Cajera", skills=skills, experience_text=text,
                     salary_amount=Decimal(12345), email=f"{name.lower()}@example.com")
        for name, skills, text in (
            ("Bety", ["corte de caja"], "Viví en Apizaco. Hice el corte de caja."), ("Carla", ["corte de caja", "inglés"], ""),
        )
    ]  # fmt: skip
    return own, people


def test_people_are_shown_with_the_words_that_speak_for_them(office: Office) -> None:
    own, (bety, carla) = peopled(office)
    client = office.client(office.user())

    table = client.get(f"/candidates/{own.vacancy}").text
    assert table.index("Carla Ruiz") < table.index("Bety Ruiz")
    assert "Cumple: </span>Corte de caja" in table
    detail = client.get(f"/candidates/{own.vacancy}/person/{bety.id}").text
    assert "<q>corte de caja</q>" in detail
    assert "Perfil, habilidades" in detail
    office.desk.execute(
        'UPDATE applications SET answers = \'[{"question": "¿Puedes rolar turnos?", "answer": true, "passed": true}]\''
    )
    applied = client.get(f"/candidates/{own.vacancy}/person/{own.profile}").text
    assert "¿Puedes rolar turnos?</strong> <q>Sí</q>" in applied
    assert "Chat, al postularse" in applied
    assert "si confirmara que vive cerca: <strong>+" in detail
    both = client.get(f"/candidates/{own.vacancy}/compare?person={bety.id}&person={carla.id}").text
    assert both.index("Bety Ruiz") < both.index("Carla Ruiz")
    assert "Sin datos" in both


def test_a_shortlist_is_kept_in_order_and_written_into_a_file(office: Office) -> None:
    own, (bety, carla) = peopled(office)
    client = office.client(office.user())
    for person in (bety, carla, bety):
        assert post(client, f"/shortlists/{own.vacancy}/add", {"profile": str(person.id)}).status_code == 302
    first, second = office.desk.rows(select(ShortlistEntry).order_by(ShortlistEntry.ord))
    assert (first.profile_id, second.profile_id) == (bety.id, carla.id)

    post(client, f"/shortlists/entries/{second.id}/up")
    post(client, f"/shortlists/entries/{second.id}/note", {"note": "=la mejor"})
    order = office.desk.rows(select(ShortlistEntry.profile_id).order_by(ShortlistEntry.ord))
    file = post(client, f"/candidates/{own.vacancy}/export", {"format": "csv", "which": "shortlist"})

    assert order == [carla.id, bety.id]
    rows = file.text.splitlines()
    assert rows[0].lstrip("\ufeff").startswith("Candidato,Afinidad (0 a 100)")
    assert rows[1].startswith("Carla Ruiz,")
    assert rows[1].endswith("'=la mejor"), "a formula is disarmed"
    assert post(client, f"/candidates/{own.vacancy}/export", {"format": "xlsx"}).status_code == 200
    post(client, f"/shortlists/entries/{second.id}/remove")
    assert office.desk.rows(select(ShortlistEntry.profile_id)) == [bety.id]


def test_a_client_sees_only_who_allowed_it_and_no_more_than_that(office: Office) -> None:
    own, (bety, carla) = peopled(office)
    desk, client = office.desk, office.client(office.user())
    empty = post(client, f"/shortlists/{own.vacancy}/share", {"share_days": "7"})
    assert empty.status_code == 302
    assert desk.rows(select(ShortlistShare)) == []
    for person in (bety, carla):
        post(client, f"/shortlists/{own.vacancy}/add", {"profile": str(person.id)})
    [entry, _] = desk.rows(select(ShortlistEntry).order_by(ShortlistEntry.ord))
    post(client, f"/shortlists/entries/{entry.id}/note", {"note": "pide mucho"})
    post(client, f"/shortlists/{own.vacancy}/share", {"share_days": "7"})
    [share] = desk.rows(select(ShortlistShare))
    url = desk.links.shortlist_page("amigro", share.id, until=share.expires_at)
    path = url.removeprefix("http://office.test")
    visitor = office.client()

    before = visitor.get(path)
    assert before.status_code == 200
    assert "2 personas más de la lista" in before.text
    # The person's own page is where the permission is given, and taken back.
    profile_page = desk.links.profile_page("amigro", bety.person_id, now=desk.now).removeprefix("http://office.test")
    post(visitor, profile_page, {"show_to_client": "1"}, page=profile_page)
    shown = visitor.get(path).text
    assert "Bety R." in shown
    assert "Corte de caja" in shown
    for secret in ("Ruiz", "Carla", "bety@example.com", "12,345", "pide mucho", "Apizaco", str(bety.id)):
        assert secret not in shown, secret
    post(visitor, profile_page, {}, page=profile_page)
    assert "Bety" not in visitor.get(path).text

    post(client, f"/shortlists/shares/{share.id}/revoke")
    assert visitor.get(path).status_code == 404
    assert office.client().get(path[:-2] + "xx").status_code == 404


def test_a_link_ends_with_its_days(office: Office) -> None:
    own, (bety, _) = peopled(office)
    client = office.client(office.user())
    post(client, f"/shortlists/{own.vacancy}/add", {"profile": str(bety.id)})
    for wrong in ("0", "61", "x", ""):
        post(client, f"/shortlists/{own.vacancy}/share", {"share_days": wrong})
    assert office.desk.rows(select(ShortlistShare)) == []
    post(client, f"/shortlists/{own.vacancy}/share", {"share_days": "1"})
    [share] = office.desk.rows(select(ShortlistShare))
    assert share.expires_at == office.desk.now + timedelta(days=1)
    url = office.desk.links.shortlist_page("amigro", share.id, until=office.desk.now - timedelta(seconds=1))
    assert office.client().get(url.removeprefix("http://office.test")).status_code == 410


def test_weights_show_what_they_change_before_they_are_saved(office: Office) -> None:
    own, _ = peopled(office)
    client = office.client(office.user("super_admin"))
    features = ("title", "must", "nice", "languages", "experience", "seniority", "place", "salary", "availability")
    weights = {f"weight_{feature}": "0" for feature in features} | {"weight_must": "10", "unit": "amigro"}

    seen = post(client, "/ranking/preview", weights).text
    assert "Cajera o cajero" in seen
    assert "Bety Ruiz" in seen
    assert "Guardar estos pesos" in seen
    assert office.desk.rows(select(RankingWeights)) == []
    for wrong, said in (({"weight_place": "101"}, "está fuera del rango"), ({"weight_must": ""}, "hace falta"),
                        ({"weight_must": "0"}, "debe ser mayor que cero")):  # fmt: skip
        assert said in post(client, "/ranking/preview", weights | wrong).text

    post(client, "/ranking/save", weights)
    [saved] = office.desk.rows(select(RankingWeights))
    assert saved.weights["must"] == 10
    assert saved.weights["title"] == 0
    changes = office.desk.rows(select(AuditEntry).where(AuditEntry.object_type == "ranking_weights"))
    assert changes, "who changed it is in the audit"
    # Without the language, both are the same for the ranking.
    table = client.get(f"/candidates/{own.vacancy}").text
    scores = [part.split("</span>")[0] for part in table.split('<div class="score"><span>')[1:]]
    assert scores[0] == scores[1]
    post(client, "/ranking/default", {"unit": "amigro"})
    assert office.desk.rows(select(RankingWeights)) == []


def test_what_was_done_to_a_vacancy_is_its_history(office: Office) -> None:
    own = things(office, "amigro")
    user = office.user()
    client = office.client(user)
    post(client, f"/vacancies/{own.vacancy}/pause")

    page = client.get(f"/vacancies/{own.vacancy}?tab=history").text
    assert "Cambió el estado de una vacante" in page
    assert "Abierta → En pausa" in page
    assert user.name in page


def test_an_erased_person_leaves_every_shortlist(office: Office) -> None:
    from huntred.privacy.erasure import erase_person

    own, (bety, _) = peopled(office)
    client = office.client(office.user())
    post(client, f"/shortlists/{own.vacancy}/add", {"profile": str(bety.id)})
    with office.desk.work() as uow:
        assert privacy.may_be_shown(uow, [bety.person_id]) == set()
        erase_person(uow, bety.person_id, now=office.desk.now)
    assert office.desk.rows(select(ShortlistEntry)) == []
