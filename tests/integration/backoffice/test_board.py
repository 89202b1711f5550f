"""The board's pages: what each shows and hides, filters, pages of a column, bulk moves, settings, and who may."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select

from huntred.access.models import AuditEntry
from huntred.applications.models import RejectReason, Stage
from huntred.privacy import service as privacy
from tests.factories.cards import Cards
from tests.integration.backoffice.conftest import Office, csrf_of, post
from tests.integration.backoffice.test_access import _division, _division_user

HX = {"HX-Request": "true"}


def _names(page: str) -> list[str]:
    return re.findall(r'data-name="([^"]+)" tabindex', page)


def _move(client: FlaskClient, cards: Cards, application: Any, kind: str, version: int, **more: Any) -> Any:
    """As the board's script does."""
    data = {"to_stage": cards.stages[kind].id, "expected_version": version, **more}
    token = csrf_of(client, "/account/")
    return client.post(
        f"/applications/{application.id}/move", data=data, headers={**HX, "X-CSRFToken": token}
    )


def test_a_consultant_sees_their_vacancies_and_each_vacancy_its_own(office: Office) -> None:
    user = office.user(name="Marisol Téllez")
    mine, other = Cards.of(office.desk, consultant_id=user.id), Cards.of(office.desk, title="Cajera")
    closed = Cards.of(office.desk, consultant_id=user.id, state="closed")
    mine.add("Rosa Ibáñez"), other.add("Ana Núñez"), closed.add("Luis Prado")
    client = office.client(user)

    assert _names(client.get("/board/").text) == ["Rosa Ibáñez"]
    assert _names(client.get(f"/board/consultant/{user.id}").text) == ["Rosa Ibáñez"]
    assert _names(client.get(f"/board/vacancy/{other.vacancy.id}").text) == ["Ana Núñez"]
    assert _names(client.get(f"/board/vacancy/{closed.vacancy.id}").text) == ["Luis Prado"]
    idle = client.get(f"/board/consultant/{office.user().id}").text
    assert "Sin vacantes a su cargo" in idle


def test_cards_say_how_long_they_stand_and_what_they_are(office: Office) -> None:
    cards = Cards.of(office.desk)
    for name, days in (("Rosa Ibáñez", 0.1), ("Ana Núñez", 5), ("Luis Prado", 12)):
        cards.add(name, "screening", days=days)
    cards.add("Eva Sol", "hired", days=40, knocked_out=True, score=None)
    page = office.client(office.user()).get(f"/board/vacancy/{cards.vacancy.id}").text

    assert _names(page) == ["Luis Prado", "Ana Núñez", "Rosa Ibáñez", "Eva Sol"]
    assert re.findall(r"board-card age-(\w+)", page) == ["late", "due", "fresh", "fresh"]
    assert "12 días" in page
    assert "No pasó las preguntas" in page


def test_filters_narrow_cards_and_counts(office: Office) -> None:
    cards = Cards.of(office.desk)
    cards.add("Rosa Ibáñez", "screening", days=12, score="0.91")
    cards.add("Ana Núñez", "screening", days=6, score="0.55", knocked_out=True)
    cards.add("Luis Prado", "screening", score=None)
    client, path = office.client(office.user()), f"/board/vacancy/{cards.vacancy.id}"

    for query, expected in (
        ("text=ibañez", ["Rosa Ibáñez"]), ("age=late", ["Rosa Ibáñez"]), ("age=due", ["Rosa Ibáñez", "Ana Núñez"]),
        ("score=85", ["Rosa Ibáñez"]), ("passed=1", ["Rosa Ibáñez", "Luis Prado"]), ("text=nadie", []),
        ("order=score", ["Rosa Ibáñez", "Ana Núñez", "Luis Prado"]), ("age=x&order=y&score=-4", None),
    ):  # fmt: skip
        page = client.get(f"{path}?{query}").text
        assert _names(page) == (["Rosa Ibáñez", "Ana Núñez", "Luis Prado"] if expected is None else expected), query
        if expected is not None:
            assert f'class="board-count" title="Cuántas hay">{len(expected)}<' in page, query
    assert client.get(f"{path}?score=mucho").status_code == 400


def test_a_column_is_read_a_page_at_a_time_without_a_gap_or_a_double(office: Office) -> None:
    cards, other = Cards.of(office.desk), Cards.of(office.desk)
    user = office.user()
    office.desk.execute("UPDATE vacancies SET consultant_id = :id", id=user.id)
    for number in range(55):
        cards.add(f"Persona {number:02}", days=number % 7, score=None if number % 5 == 0 else f"0.{10 + number}")
        other.add(f"Otra {number:02}", days=number % 3)
    client = office.client(user)

    for order in ("", "&order=score"):
        seen, page = [], client.get(f"/board/?{order}").text
        while True:
            seen += _names(page)
            more = re.search(r'board-more"><a[^>]* hx-get="([^"]+)"', page)
            if not more:
                break
            page = client.get(more[1].replace("&amp;", "&"), headers=HX).text
        assert len(seen) == len(set(seen)) == 110, order
    again = client.get(f"/board/consultant/{user.id}/columns?shown_{cards.stages['new'].id}=80", headers=HX).text
    assert len(_names(again)) == 80
    assert client.get(f"/board/?unit=amigro&shown_{cards.stages['new'].id}=99999").status_code == 200
    assert client.get(
        f"/board/consultant/{user.id}/column?stage={cards.stages['new'].id}&cursor=nada", headers=HX
    ).status_code == 400  # fmt: skip


def test_who_waits_longest_comes_first_and_of_what_ended_the_latest(office: Office) -> None:
    cards, other = Cards.of(office.desk), Cards.of(office.desk)
    user = office.user()
    office.desk.execute("UPDATE vacancies SET consultant_id = :id", id=user.id)
    for one, name, kind, days in (
        (cards, "Una", "new", 1), (other, "Dos", "new", 3), (cards, "Tres", "new", 2),
        (cards, "Cuatro", "rejected", 9), (other, "Cinco", "rejected", 4), (cards, "Seis", "rejected", 5),
    ):  # fmt: skip
        one.add(name, kind, days=days)

    assert _names(office.client(user).get("/board/").text) == ["Dos", "Tres", "Una", "Cinco", "Seis", "Cuatro"]


def test_a_board_asks_as_often_however_many_cards_and_vacancies_it_shows(office: Office) -> None:
    cards, user = Cards.of(office.desk), office.user()
    client = office.client(user)

    def asked(path: str) -> int:
        office.desk.execute("UPDATE vacancies SET consultant_id = :id", id=user.id)
        seen: list[str] = []

        def listener(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            seen.append(statement)

        event.listen(office.desk.app, "before_cursor_execute", listener)
        assert client.get(path).status_code == 200
        event.remove(office.desk.app, "before_cursor_execute", listener)
        return len(seen)

    cards.add("Una", kind="new")
    paths = ("/board/", f"/board/vacancy/{cards.vacancy.id}", f"/board/vacancy/{cards.vacancy.id}/outlook")
    few = [asked(path) for path in paths]
    for other in (cards, Cards.of(office.desk), Cards.of(office.desk)):
        for kind in cards.stages:
            for number in range(3):
                other.add(f"{kind} {number}", kind=kind)

    assert [asked(path) for path in paths] == few


def test_the_script_hears_of_success_conflict_and_refusal_by_the_status(office: Office) -> None:
    cards = Cards.of(office.desk)
    rosa, ana = cards.add("Rosa Ibáñez"), cards.add("Ana Núñez")
    cards.limit("screening", 1)
    client = office.client(office.user(name="Marisol Téllez"))

    assert _move(client, cards, rosa, "screening", 0).status_code == 200
    conflict = _move(client, cards, rosa, "offer", 0)
    assert conflict.status_code == 409
    assert "Rosa Ibáñez ya está en «En revisión»: la movió Marisol Téllez" in conflict.text
    full = _move(client, cards, ana, "screening", 0)
    assert full.status_code == 422
    assert "está al límite de 1" in full.text
    assert cards.stands(ana) == "new"
    assert _move(client, cards, ana, "screening", 0, over_limit="1").status_code == 200
    nowhere = _move(client, cards, ana, "screening", 1, reason="Llamar el lunes")
    assert nowhere.status_code == 422, "a note on its own would be lost"
    assert "es donde ya está" in nowhere.text and "Llamar el lunes" in nowhere.text
    refused = _move(client, cards, ana, "rejected", 1)
    assert refused.status_code == 422
    assert "Elige un motivo" in refused.text
    assert "Deshacer" in client.get(f"/board/vacancy/{cards.vacancy.id}").text
    # What was refused on the board is not said again on the next page.
    assert "alert-danger" not in client.get("/account/").text
    moved = office.desk.rows(select(AuditEntry).where(AuditEntry.object_type == "applications"))
    assert [entry.action for entry in moved] == ["applications.move"] * 2


def test_several_are_looked_over_before_they_move(office: Office) -> None:
    cards = Cards.of(office.desk)
    rosa, ana = cards.add("Rosa Ibáñez"), cards.add("Ana Núñez", "screening")
    client = office.client(office.user())
    chosen = {"card": [f"{rosa.id}:0", f"{ana.id}:0"], "to_stage": str(cards.stages["screening"].id)}

    page = client.get("/board/bulk", query_string=chosen).text
    assert "1 pasa a «En revisión»" in page
    assert "Ya está ahí" in page
    assert cards.stands(rosa) == "new"
    post(client, "/board/bulk/move", {**chosen, "back": f"/board/vacancy/{cards.vacancy.id}"})
    assert "Movimos 1 postulación; 1 se quedó donde estaba." in client.get("/account/").text
    assert cards.stands(rosa) == "screening"

    assert "No elegiste ninguna" in client.get("/board/bulk").text
    post(client, "/board/bulk/move", {"to_stage": chosen["to_stage"]})
    assert "Tarjetas: hace falta." in client.get("/account/").text
    assert client.get("/board/bulk?card=nada").status_code == 400
    many = [f"0190a0a0-0000-7000-8000-{number:012}:0" for number in range(201)]
    assert client.get("/board/bulk", query_string={"card": many}).status_code == 400


def test_a_form_leads_back_into_the_office_only(office: Office) -> None:
    cards = Cards.of(office.desk)
    client = office.client(office.user())
    for back, expected in (
        ("/board/?text=a", "/board/?text=a"), ("https://evil.example", "/board/"), ("/board//evil", "/board/"),
        ("//evil.example", "/board/"), ("/users/", "/board/"),
    ):  # fmt: skip
        rosa = cards.add()
        data = {"to_stage": cards.stages["offer"].id, "expected_version": 0, "back": back}
        assert post(client, f"/applications/{rosa.id}/move", data).headers["Location"] == expected


def test_whoever_rejects_is_offered_the_drafts_in_the_language_of_the_chat(office: Office) -> None:
    desk, client = office.desk, office.client(office.user())
    cards = Cards.of(desk)
    application = cards.add("Rose Pierre", conversation=(conversation := desk.chat()))
    with desk.work() as uow:
        privacy.accept_notice(uow, application.person_id, conversation.channel, now=desk.now)
    desk.execute("UPDATE reject_reasons SET message = 'Se mudó de {puesto}.' WHERE name = 'La vacante se cerró'")

    def offered(language: str) -> str:
        desk.execute("UPDATE conversations SET language = :language", language=language)
        return client.get(f"/applications/{application.id}/move").text

    french, spanish = offered("fr"), offered("es")
    assert 'data-draft="Merci de votre intérêt pour « Soldadura industrial » et de votre temps.' in french
    assert "Su chat va en otro idioma (Francés)" in french and "«Hola, Rose.»" not in french
    assert 'data-draft="Gracias por tu interés en Soldadura industrial y' in spanish and "«Hola, Rose.»" in spanish
    # What the unit wrote itself nobody has translated.
    assert 'data-draft="Se mudó de Soldadura industrial."' in french


def test_who_runs_the_unit_sets_limits_and_reasons(office: Office) -> None:
    client = office.client(office.user())
    [screening] = office.desk.rows(select(Stage).where(Stage.unit == "amigro", Stage.kind == "screening"))
    path = "/board/settings/"

    post(client, f"{path}stages", {"unit": "amigro", f"wip_limit_{screening.id}": "6"})
    row = office.desk.one(Stage, screening.id)
    assert (row.wip_limit, row.ageing_days) == (6, None)
    post(client, f"{path}stages", {"unit": "amigro", f"wip_limit_{screening.id}": "-2"})
    assert "Límite: está fuera del rango permitido." in client.get(path).text
    post(client, f"{path}reasons", {"unit": "amigro", "reason_name": "Cambió de ciudad", "active": "1"})
    [reason] = office.desk.rows(select(RejectReason).where(RejectReason.name == "Cambió de ciudad"))
    post(client, f"{path}reasons/{reason.id}", {"unit": "amigro", "reason_name": "Se mudó"})
    reason = office.desk.one(RejectReason, reason.id)
    assert (reason.unit, reason.name, reason.active) == ("amigro", "Se mudó", False)
    assert "Guardamos los ajustes" in client.get(path).text


def test_what_is_of_another_unit_is_not_on_any_board(office: Office) -> None:
    foreign = Cards.of(office.desk, "huntu")
    application, colleague = foreign.add(), office.user(unit="huntu")
    office.desk.execute("UPDATE vacancies SET consultant_id = :id WHERE unit = 'huntu'", id=colleague.id)
    [reason] = office.desk.rows(select(RejectReason.id).where(RejectReason.unit == "huntu").limit(1))
    client = office.client(office.user())
    stage = foreign.stages["offer"].id

    for part in ("", "/columns", "/stamp", f"/column?stage={stage}"):
        assert client.get(f"/board/vacancy/{foreign.vacancy.id}{part}").status_code == 404, part
        assert client.get(f"/board/consultant/{colleague.id}{part}").status_code == 404, part
    own = Cards.of(office.desk).vacancy.id
    for path in (
        "/board/?unit=huntu", "/board/settings/?unit=huntu", f"/board/bulk?card={application.id}:0&to_stage={stage}",
        f"/board/vacancy/{own}/column?stage={stage}", f"/applications/{application.id}/move", "/board/vacancy/1",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    for path, data in (
        ("/board/bulk/move", {"card": f"{application.id}:0", "to_stage": stage}),
        (f"/applications/{application.id}/move", {"to_stage": stage, "expected_version": 0}),
        (f"/board/undo/{application.id}", {"unit": "huntu"}), ("/board/undo/1", {"unit": "amigro"}),
        ("/board/settings/stages", {"unit": "huntu"}), ("/board/settings/reasons", {"unit": "huntu"}),
        (f"/board/settings/reasons/{reason}", {"unit": "huntu", "reason_name": "Mío"}),
        (f"/board/settings/reasons/{reason}", {"unit": "amigro", "reason_name": "Mío"}),
    ):  # fmt: skip
        assert post(client, path, data).status_code == 404, path
    assert foreign.stands(application) == "new"


def test_a_division_consultant_sees_the_division_and_moves_only_with_the_switch(office: Office) -> None:
    mine, other = _division(office, "norte"), _division(office, "sur")
    own, foreign = Cards.of(office.desk, division_id=mine.id), Cards.of(office.desk, division_id=other.id)
    application = own.add()
    onlooker = office.client(_division_user(office, mine, []))
    mover = office.client(_division_user(office, mine, ["move_applications"]))

    page = onlooker.get(f"/board/vacancy/{own.vacancy.id}").text
    assert _names(page) == ["Rosa Ibáñez"]
    assert "Elegir a" not in page
    assert onlooker.get(f"/board/vacancy/{foreign.vacancy.id}").status_code == 404
    assert _move(onlooker, own, application, "offer", 0).status_code == 403
    assert onlooker.get(f"/board/bulk?card={application.id}:0").status_code == 403
    assert _move(mover, own, application, "offer", 0).status_code == 200
    assert mover.get("/board/settings/?unit=amigro").status_code == 404
    assert post(mover, "/board/settings/stages", {"unit": "amigro"}).status_code == 404


def test_a_unit_without_stages_says_so(office: Office) -> None:
    client = office.client(office.user(unit="sexsi"))
    assert "Esta unidad no tiene tablero" in client.get("/board/").text


def test_without_a_past_the_board_says_so_and_predicts_nothing(office: Office) -> None:
    cards = Cards.of(office.desk)
    rosa = cards.add("Rosa Ibáñez")
    client = office.client(office.user())

    said = client.get(f"/board/vacancy/{cards.vacancy.id}/outlook", headers=HX).text
    assert said.count("Sin datos suficientes (0 de 50)") == 4
    assert "Sin datos suficientes (0 de 50)" in client.get(f"/applications/{rosa.id}/chance", headers=HX).text
    # An order that is not there yet is the usual one.
    assert _names(client.get(f"/board/vacancy/{cards.vacancy.id}?order=chance").text) == ["Rosa Ibáñez"]
    foreign = Cards.of(office.desk, "huntu")
    assert client.get(f"/board/vacancy/{foreign.vacancy.id}/outlook", headers=HX).status_code == 404
    assert client.get(f"/applications/{foreign.add().id}/chance", headers=HX).status_code == 404


def test_a_past_that_foretells_shows_its_cases_and_orders_the_cards(office: Office) -> None:
    cards = Cards.of(office.desk)
    for number in range(120):
        score = (number * 37 % 100) / 100
        row = cards.add(
            f"Persona {number}", "hired" if score > 0.5 else "rejected", days=2 * (120 - number), score=f"{score:.2f}"
        )
        office.desk.execute(
            "UPDATE applications SET created_at = moved_at - interval '1 day' WHERE id = :id", id=row.id
        )
    cards.add("Ana Núñez", days=3, score="0.10")
    rosa = cards.add("Rosa Ibáñez", score="0.95")
    client = office.client(office.user())

    said = client.get(f"/board/vacancy/{cards.vacancy.id}/outlook", headers=HX).text
    assert "Ordenar así" in said
    assert "menos error que el promedio" in said
    page = client.get(f"/board/vacancy/{cards.vacancy.id}?order=chance").text
    assert _names(page)[:2] == ["Rosa Ibáñez", "Ana Núñez"]
    assert page.count("Probabilidad de contratación: entre") == 2
    shown = client.get(f"/applications/{rosa.id}/chance", headers=HX).text
    assert "casos parecidos" in shown
    assert "nada sobre quién es la persona" in shown
