"""Writing, publishing, finding vacancies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.errors import FieldInvalid, NotFound
from huntred.events.models import StoredEvent
from huntred.vacancies import service
from huntred.vacancies.errors import StateChangeRefused, VacancyNotOpen
from huntred.vacancies.models import VacancyRequirement
from huntred.vacancies.service import QuestionForm, RequirementForm, VacancyFilter, VacancyForm
from tests.factories.board import Board


def form(board: Board, **values: object) -> VacancyForm:
    given = VacancyForm(
        title="  Cajera  de tienda ", company_id=board.company, description="Cobro y atención.", city="mty",
        requirements=(RequirementForm("Manejo de efectivo"), RequirementForm("Excel", importance="nice")),
        questions=(QuestionForm("¿Puedes trabajar en fin de semana?"),),
        salary_min=Decimal(8000), salary_max=Decimal(9500),
    )  # fmt: skip
    return replace(given, **values)  # type: ignore[arg-type]


def test_a_draft_is_written_published_paused_and_closed(board: Board) -> None:
    with board.work() as uow:
        vacancy = service.create(uow, form(board), now=board.now)
        assert (vacancy.title, vacancy.state) == ("Cajera de tienda", "draft")
        assert (vacancy.city, vacancy.region, vacancy.latitude) == ("Monterrey", "Nuevo León", 25.6866)
        with pytest.raises(VacancyNotOpen):
            service.get_open(uow, vacancy.id)
    for step, state in ((service.publish, "open"), (service.pause, "paused"), (service.close, "closed")):
        with board.work() as uow:
            changed = step(uow, vacancy.id, board.consultant, now=board.now)
            assert changed.state == state
    with pytest.raises(StateChangeRefused), board.work() as uow:
        service.publish(uow, vacancy.id, board.consultant, now=board.now)

    assert changed.consultant_id == board.consultant
    names = board.session.scalars(select(StoredEvent.name).order_by(StoredEvent.id)).all()
    assert names == ["VacancyPublished", "VacancyPaused", "VacancyClosed"]


def test_an_update_replaces_requirements_and_keeps_the_number(board: Board) -> None:
    with board.work() as uow:
        vacancy = service.create(uow, form(board), now=board.now)
    with board.work() as uow:
        changed = form(board, title="Cajero", requirements=(RequirementForm("Inglés básico"),), questions=())
        service.update(uow, vacancy.id, changed, now=board.now)
    with board.work() as uow:
        found = service.get_by_number(uow, vacancy.number)
        assert found.id == vacancy.id
        assert [requirement.name for requirement in found.requirements] == ["Inglés básico"]
        assert found.questions == []
    assert len(board.session.scalars(select(VacancyRequirement)).all()) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"salary_min": Decimal(9000), "salary_max": Decimal(8000)}, "salary_max"),
        ({"salary_min": Decimal(-1)}, "salary_min"),
        ({"modality": "moon"}, "modality"),
        ({"salary_period": "decade"}, "salary_period"),
        ({"salary_currency": "pesos"}, "salary_currency"),
        ({"openings": 0}, "openings"),
        ({"seniority": "boss"}, "seniority"),
        ({"requirements": (RequirementForm(""),)}, "requirements"),
        ({"questions": (QuestionForm("¿?", "number", {}),)}, "questions"),
        ({"questions": (QuestionForm("¿?", "yes_no", {"answer": "sí"}),)}, "questions"),
    ],
)
def test_a_wrong_form_names_the_field_and_writes_nothing(board: Board, values: dict[str, object], field: str) -> None:
    with pytest.raises(FieldInvalid) as refused, board.work() as uow:
        service.create(uow, form(board, **values), now=board.now)
    assert refused.value.field == field


def test_what_nobody_could_judge_is_not_published(board: Board) -> None:
    with board.work() as uow:
        vacancy = service.create(uow, form(board, description="", city=""), now=board.now)
    with pytest.raises(FieldInvalid) as refused, board.work() as uow:
        service.publish(uow, vacancy.id, board.consultant, now=board.now)
    assert (refused.value.field, refused.value.problem) == ("description", "missing")


def test_search_folds_accents_and_pages_by_key(board: Board) -> None:
    for i in range(5):
        board.make_vacancy(f"Operador de producción {i}", created_at=board.now + timedelta(minutes=i))
    board.make_vacancy("Contador")
    board.make_vacancy("Operador en pausa", state="paused")
    seen: list[str] = []
    cursor = ""
    with board.work() as uow:
        while True:
            page = service.search(uow, VacancyFilter(text="OPERADOR produccion"), cursor, 2)
            seen += [vacancy.title[-1] for vacancy in page.items]
            cursor = page.next_cursor
            if not cursor:
                break
        assert seen == ["4", "3", "2", "1", "0"]
        assert [v.title for v in service.search(uow, VacancyFilter(state="paused")).items] == ["Operador en pausa"]
        assert len(service.search(uow, VacancyFilter(state="", city="Monterrey")).items) == 7
        assert service.search(uow, VacancyFilter(text="100%")).items == []
        with pytest.raises(FieldInvalid):
            service.search(uow, VacancyFilter(), "nonsense")


def test_nearby_measures_on_the_ground_and_leaves_out_the_rest(board: Board) -> None:
    apodaca = board.make_vacancy("Cerca", latitude=25.7806, longitude=-100.1881, city="Apodaca")
    centre = board.make_vacancy("Aquí")
    board.make_vacancy("Lejos", latitude=20.6597, longitude=-103.3496)
    board.make_vacancy("Remoto", modality="remote")
    board.make_vacancy("Cerrada", state="closed")
    with board.work() as uow:
        found = service.nearby(uow, 25.6866, -100.3161, limit=5, radius_km=20)
    assert [vacancy.id for vacancy, _ in found] == [centre.id, apodaca.id]
    assert found[0][1] == 0.0
    assert 16 < found[1][1] < 17


def test_a_vacancy_of_another_unit_is_not_found(board: Board) -> None:
    vacancy = board.make_vacancy()
    with board.work(units=("huntu",)) as uow:
        for look in (lambda: service.get(uow, vacancy.id), lambda: service.get_by_number(uow, vacancy.number)):
            with pytest.raises(NotFound):
                look()
        with pytest.raises(NotFound):
            service.get(uow, new_id())
