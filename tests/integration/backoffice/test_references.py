"""References in the back office, and the candidate's and the referees' own pages by signed links."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from huntred.conversations.models import OutboxRow
from huntred.people.models import Consent
from huntred.references import answering
from huntred.references.models import Referee, ReferenceAnswer, ReferenceRequest
from huntred.references.rules import COMPETENCES, letter_of
from tests.factories.references import BRUNO, LAURA, ROSA, UNIT, WHOLE, Case, asked, candidate
from tests.integration.backoffice.conftest import Office, csrf_of, post

ANSWER = {
    "relation_right": "yes", "from_year": "2018", "to_year": "2021", "strengths": "Ordena lo complejo.",
    "again": "yes", "may_share": "no", **{f"rating_{code}": "4" for code in COMPETENCES}, "rating_integrity": "none",
}  # fmt: skip


def of_referee(case: Case, referee: Referee) -> str:
    return _path(case, case.desk.links.referee_page(UNIT, referee.id, until=case.request.due_at))


def _path(case: Case, url: str) -> str:
    return url.removeprefix("http://office.test")


def of_candidate(case: Case) -> str:
    return _path(case, case.desk.links.references_page(UNIT, case.request_id, until=case.request.due_at))


def test_a_consultant_asks_on_the_application(office: Office) -> None:
    desk = office.desk
    _, application = candidate(desk)
    client = office.client(office.user(unit=UNIT))
    page = client.get(f"/applications/{application.id}").text
    assert "Pedir referencias" in page and 'href="/references/"' in page
    path, form = f"/references/application/{application.id}/ask", {"wanted": "2", "due_on": ""}
    assert post(client, path, form).status_code == 302
    assert desk.rows(select(ReferenceRequest)) == []
    due = (desk.now + timedelta(days=7)).date().isoformat()
    assert post(client, path, form | {"due_on": due}).status_code == 302
    [kept] = desk.rows(select(ReferenceRequest))
    assert (kept.wanted, kept.state, kept.unit) == (2, "asked", UNIT)
    page = client.get(f"/applications/{application.id}").text
    assert "0 de 2 contestaron" in page and "Pedir referencias" not in page
    assert "Falta su respuesta" in client.get("/references/").text

    assert post(client, f"/references/{kept.id}/cancel").status_code == 302
    assert desk.one(ReferenceRequest, kept.id).state == "cancelled"
    assert "Pedir referencias" in client.get(f"/applications/{application.id}").text


def test_units_that_ask_for_none_do_not_offer_it(office: Office) -> None:
    _, application = candidate(office.desk, "amigro", confidential=False)
    client = office.client(office.user(unit="amigro"))
    page = client.get(f"/applications/{application.id}").text
    assert "Pedir referencias" not in page and 'href="/references/"' not in page


def test_the_candidate_gives_them_on_the_page(office: Office) -> None:
    case = asked(office.desk)
    path, client = of_candidate(case), office.client()
    page = client.get(path).text
    assert "nunca para qué empresa ni para qué puesto" in page and "noindex" in page
    assert "Industrias del Norte" not in page and "Dirección de finanzas" not in page
    assert case.request.state == "asked"  # a GET only shows

    post(client, path, {"step": "agree"}, page=path)
    assert [one.channel for one in office.desk.rows(select(Consent).where(Consent.purpose == "references"))] == ["web"]
    laura = {
        "step": "add", "referee_name": "Laura Méndez", "referee_relation": "boss", "referee_company": "Grupo Andino",
        "referee_email": "laura@example.com", "referee_from": "2018", "referee_to": "2021",
    }  # fmt: skip
    refused = post(client, path, laura | {"referee_email": ""}, page=path)
    assert "Un correo o un teléfono hace falta" in refused.text and 'value="Laura Méndez"' in refused.text
    assert post(client, path, laura, page=path).status_code == 302
    page = client.get(path).text
    assert "Laura Méndez" in page and "laura@example.com" not in page and "Referencia 2 de 2" in page
    twice = post(client, path, laura, page=path)
    assert "ya está en la lista" in twice.text
    [kept] = case.referees
    post(client, path, {"step": "remove", "referee": str(kept.id)}, page=path)
    assert case.referees == []
    post(client, path, laura, page=path)
    assert post(client, path, {"step": "give"}, page=path).status_code == 302
    assert case.request.state == "given" and "Ya escribimos a estas personas" in client.get(path).text
    post(client, path, {"step": "decline"}, page=path)
    assert case.request.state == "declined" and case.referees[0].state == "dropped"


def test_a_referee_keeps_a_draft_and_sends_once(office: Office) -> None:
    case = asked(office.desk)
    [laura] = case.give(LAURA)
    path, client = of_referee(case, laura), office.client()
    page = client.get(path).text
    assert "Ana Ruiz" in page and "su jefe o jefa directa en Grupo Andino" in page and "noindex" in page
    assert "Industrias del Norte" not in page and "Dirección de finanzas" not in page

    post(client, path, {"step": "draft", "rating_results": "2", "strengths": "Falta"}, page=path)
    page = client.get(path).text
    assert ">Falta</textarea>" in page and 'name="rating_results" value="2" checked' in page
    lacking = post(client, path, ANSWER | {"step": "send", "again": ""}, page=path)
    assert "Falta contestar: si volvería a trabajar con la persona." in lacking.text
    assert "Ordena lo complejo." in lacking.text and case.referees[0].state == "asked"

    assert post(client, path, ANSWER | {"step": "send"}, page=path).status_code == 302
    [answer] = office.desk.rows(select(ReferenceAnswer))
    assert answer.ratings == dict.fromkeys([code for code in COMPETENCES if code != "integrity"], 4)
    assert (answer.unobserved, answer.may_share, answer.source) == (["integrity"], False, "link")
    # Used once: it shows thanks, and takes nothing more.
    assert "Gracias por su tiempo" in client.get(path).text and "Ordena" not in client.get(path).text
    token = csrf_of(client, of_candidate(asked(office.desk)))
    client.post(path, data=ANSWER | {"step": "send", "strengths": "Otra cosa", "csrf_token": token})
    assert office.desk.one(ReferenceAnswer, answer.id).texts["strengths"] == "Ordena lo complejo."


def test_a_link_that_is_old_changed_or_without_a_token_opens_nothing(office: Office) -> None:
    case = asked(office.desk)
    [laura] = case.give(LAURA)
    path, client = of_referee(case, laura), office.client()
    assert client.get(path[:-3] + "abc").status_code == 404
    assert client.get(path.replace("/referencia/", "/referencias/")).status_code == 404
    assert client.post(path, data=ANSWER | {"step": "send"}).status_code == 400
    office.desk.now += timedelta(days=12)
    assert client.get(path).status_code == 410
    assert office.desk.rows(select(ReferenceAnswer)) == []


def test_too_many_tries_are_stopped(office: Office) -> None:
    client = office.client()
    found = [client.get(f"/referencia/{number}").status_code for number in range(70)]
    assert found[0] == 404 and found[-1] == 429


def test_a_referee_says_no_or_never(office: Office) -> None:
    case = asked(office.desk)
    laura, bruno = case.give(LAURA, BRUNO)
    client, desk = office.client(), office.desk
    for referee, step, state in ((laura, "this", "declined"), (bruno, "never", "opted_out")):
        path = _path(case, desk.links.referee_out_page(UNIT, referee.id, now=desk.now))
        assert "No tiene que contestar" in client.get(path).text
        assert desk.one(Referee, referee.id).state == "asked"  # a mail program that opens the link says nothing
        post(client, path, {"step": step}, page=path)
        kept = desk.one(Referee, referee.id)
        assert (kept.state, kept.email) == (state, "")
        assert "Queda anotado" in client.get(f"{path}?done=1").text
        assert "Ya no hace falta contestar" in client.get(of_referee(case, referee)).text


def test_the_summary_counts_quotes_and_flags(office: Office) -> None:
    case = asked(office.desk, wanted=3)
    laura, bruno, rosa = case.give(LAURA, BRUNO, ROSA)
    ratings: dict[str, Any] = dict.fromkeys(COMPETENCES, 5) | {"integrity": None}
    case.answer(laura, replace(WHOLE, ratings=ratings))
    low = ratings | {"leadership": 2}
    case.answer(bruno, replace(WHOLE, ratings=low, again="doubts", relation_right=False, relation_note="Era mi jefa."))
    client = office.client(office.user(unit=UNIT))
    page = client.get(f"/references/{case.request_id}").text
    assert "«Ordena lo complejo.»" in page and "Nadie la observó" in page and "3.5" in page
    assert "Difieren" in page and "Coinciden" in page and "Con dudas" in page
    assert "No confirma la relación de trabajo: Era mi jefa." in page
    assert "Sin CV con qué comparar" in page and "Sin respuesta: Rosa Ibáñez" in page

    # Rosa left a number only: it waits in Hoy, and what she says is written down.
    assert "Llamar a Rosa Ibáñez" in client.get("/").text and "Rosa Ibáñez" in client.get("/references/").text
    path = f"/references/referees/{rosa.id}/answer"
    assert "No nombres a la empresa" in client.get(path).text
    assert "Falta contestar" in post(client, path, {"step": "send", "relation_right": "yes"}, page=path).text
    assert post(client, path, ANSWER | {"step": "send"}, page=path).status_code == 302
    [kept] = office.desk.rows(select(ReferenceAnswer).where(ReferenceAnswer.referee_id == rosa.id))
    assert kept.source == "phone" and kept.recorded_by is not None
    home = client.get("/").text
    assert "Llamar a" not in home and "Resumen listo" in home
    pdf = client.get(f"/references/{case.request_id}/summary.pdf")
    assert pdf.status_code == 200 and pdf.data.startswith(b"%PDF") and pdf.headers["Cache-Control"] == "no-store"
    post(client, f"/references/{case.request_id}/seen")
    assert "Resumen listo" not in client.get("/").text


def test_a_refusal_on_the_phone_is_noted(office: Office) -> None:
    case = asked(office.desk)
    [rosa] = case.give(ROSA)
    client = office.client(office.user(unit=UNIT))
    assert post(client, f"/references/referees/{rosa.id}/refused").status_code == 302
    assert case.referees[0].state == "declined" and case.request.state == "ready"


def test_what_was_answered_does_not_change_the_ranking(office: Office) -> None:
    """The application's affinity, and the order of candidates, are what they were."""
    case = asked(office.desk)
    before = office.desk.rows(select(type(case.application).score))
    [laura] = case.give(LAURA)
    with office.desk.work(UNIT) as uow:
        answering.save_answer(
            uow, laura.id, replace(WHOLE, ratings=dict.fromkeys(COMPETENCES, 1), again="no"), send=True, now=office.desk.now
        )
    case.hand_on()
    assert office.desk.rows(select(type(case.application).score)) == before


def test_a_letter_that_came_back_is_told_at_its_referee(office: Office) -> None:
    case = asked(office.desk)
    referee, other = case.give(LAURA, ROSA)
    client = office.client(office.user(unit=UNIT))
    path = f"/references/{case.request_id}"
    assert "El correo no llegó" not in client.get(path).text
    with office.desk.admin.begin() as connection:
        changed = connection.execute(
            update(OutboxRow)
            .where(OutboxRow.source_id == letter_of(case.request_id, referee.id))
            .values(state="failed", error_code="5.1.1", error="mailbox unknown")
        )
    assert changed.rowcount == 1
    page = client.get(path).text
    assert page.count("El correo no llegó") == 1
    assert page.index(referee.name) < page.index("El correo no llegó") < page.index(other.name)
