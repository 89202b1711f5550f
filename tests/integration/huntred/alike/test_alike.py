"""Vacancies that look alike are found, told apart for good, made one without losing anybody, and two again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from contract.ids import new_id
from huntred.alike import finding, undoing
from huntred.alike.errors import (
    BothInterviews,
    ConfidentialityLost,
    LaterVacancyMergeFirst,
    NotLive,
    SameVacancy,
    VacanciesChanged,
    VacancyMergeOver,
)
from huntred.alike.merging import HANGING, merge
from huntred.alike.models import VacancyMerge, VacancyPair
from huntred.applications import service as applications
from huntred.applications.models import Application, ApplicationMerge, ApplicationMove, Stage
from huntred.companies.models import Company
from huntred.db.base import Base
from huntred.disclosures.models import DisclosureAgreement
from huntred.duplicates.pairing import stamp
from huntred.duplicates.sealing import undoable_until
from huntred.errors import NotFound
from huntred.events.models import StoredEvent
from huntred.interviews.models import Interview, InterviewSlot
from huntred.people import service as people
from huntred.people.models import UnitProfile
from huntred.privacy import retention
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import export_person
from huntred.shortlists.models import ShortlistEntry, ShortlistShare
from huntred.tracking.models import Campaign
from huntred.units.models import Division
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy
from huntred.vacancies.types import VacancyForm
from ml.lexicon.positions import LexiconTitles
from tests.factories.desk import Desk
from tests.unit.huntred.alike.test_rules import TEXT

TITLES = LexiconTitles()


def company(desk: Desk, name: str = "Abarrotes del Norte", unit: str = "amigro") -> Company:
    row = Company(id=new_id(), unit=unit, name=name)
    desk.add(row)
    return row


def vacancy(desk: Desk, of: Company, **values: Any) -> Vacancy:
    row = Vacancy(
        id=new_id(), unit=of.unit, company_id=of.id, created_at=desk.now, updated_at=desk.now,
        **({"title": "Cajero/a", "state": "open", "city": "Puebla", "description": TEXT} | values),
    )  # fmt: skip
    desk.add(row)
    return row


def two(desk: Desk, **values: Any) -> tuple[Vacancy, Vacancy]:
    of = company(desk)
    return vacancy(desk, of), vacancy(desk, of, **({"title": "Cajera"} | values))


def compared(desk: Desk) -> int:
    with desk.work() as uow:
        return finding.compare_new(uow, TITLES, now=desk.now)


def merged(desk: Desk, kept: Vacancy, other: Vacancy) -> VacancyMerge:
    with desk.work() as uow:
        return merge(uow, kept.id, other.id, user_id=None, now=desk.now)


def stage(desk: Desk, kind: str) -> Any:
    return desk.rows(select(Stage.id).where(Stage.unit == "amigro", Stage.kind == kind))[0]


def applied(desk: Desk, to: Vacancy, profile: UnitProfile, kind: str = "new", **values: Any) -> Application:
    row = Application(
        id=new_id(), unit="amigro", vacancy_id=to.id, person_id=profile.person_id, profile_id=profile.id,
        stage_id=stage(desk, kind), division_id=to.division_id, **values,
    )  # fmt: skip
    move = ApplicationMove(
        id=new_id(), unit="amigro", application_id=row.id, to_stage_id=row.stage_id, division_id=to.division_id,
        at=desk.now,
    )  # fmt: skip
    desk.add(row)
    desk.add(move)
    return row


def everything(desk: Desk) -> dict[str, list[Any]]:
    """All rows that a merge touches, except what is only ever added to."""
    found: dict[str, list[Any]] = {}
    tables = (
        "vacancies", "applications", "application_moves", "interviews", "interview_slots", "shortlist_entries",
        "shortlist_shares", "campaigns", "disclosure_agreements", "application_merges",
    )  # fmt: skip
    with desk.admin.connect() as connection:
        for table in tables:
            rows = connection.execute(text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")).scalars()
            found[table] = [{key: value for key, value in row.items() if key not in {"updated_at", "ord"}} for row in rows]
    return found


def test_the_worker_finds_near_copies_and_leaves_true_others(desk: Desk) -> None:
    first, second = two(desk, salary_min=Decimal(9000), salary_max=Decimal(10000))
    of = company(desk, "Abarrotes del Norte S.A. de C.V.")
    third = vacancy(desk, of, title="Cajeros", description="")
    elsewhere = vacancy(desk, company(desk, "Talento y Más"), title="Cajera")
    others = [
        vacancy(desk, of, city="Toluca"), vacancy(desk, of, title="Cajero turno nocturno", schedule="22:00 a 6:00"),
        vacancy(desk, of, title="Cajera Sucursal Angelópolis"), vacancy(desk, of, title="Almacenista"),
        vacancy(desk, of, state="closed"), vacancy(desk, company(desk, unit="huntu"), title="Cajero"),
    ]  # fmt: skip
    assert compared(desk) == 8, "of this unit, alive"
    assert compared(desk) == 0

    found = {(pair.first_id, pair.second_id): pair for pair in desk.rows(select(VacancyPair))}
    alike = {frozenset(key) for key in found}
    assert {frozenset((first.id, second.id)), frozenset((first.id, third.id)), frozenset((second.id, third.id)),
            frozenset((first.id, elsewhere.id)), frozenset((second.id, elsewhere.id))} <= alike  # fmt: skip
    for one in (others[0], others[3], others[4], others[5]):
        assert not any(one.id in key for key in found), one.title
    assert frozenset((others[1].id, first.id)) in alike, "one that names no shift may be that of the night"
    pair = found[min(first.id, second.id), max(first.id, second.id)]
    assert pair.reasons == ["title", "company", "text", "place"]
    with desk.work() as uow:
        shown = finding.pairs(uow, "amigro")
        assert shown[0][0].strength >= shown[-1][0].strength
        near = finding.candidates(uow, TITLES, vacancies.get(uow, first.id))
        assert {one.vacancy.id for one in near} >= {second.id, third.id, elsewhere.id}
        known = finding.known(uow, TITLES, vacancies.get(uow, first.id))
        assert [(one.vacancy.id, one.likeness) for one in known] == [(one.vacancy.id, one.likeness) for one in near]


def test_a_shift_and_a_branch_are_told_apart_from_each_other(desk: Desk) -> None:
    of = company(desk)
    rows = [
        vacancy(desk, of, title="Cajero", schedule="de 7:00 a 15:00", address="Av. Juárez 120"),
        vacancy(desk, of, title="Cajero", schedule="15:00 a 23:00", address="Av. Juárez 120"),
        vacancy(desk, of, title="Cajero", schedule="de 7:00 a 15:00", address="Bulevar Hermanos Serdán 45"),
    ]
    assert compared(desk) == len(rows)
    assert desk.rows(select(VacancyPair)) == []


def test_a_change_makes_a_pair_and_unmakes_it(desk: Desk) -> None:
    first, second = two(desk, city="Toluca")
    compared(desk)
    assert desk.rows(select(VacancyPair)) == []
    for city, pairs in (("Puebla", 1), ("Toluca", 0)):
        desk.now += timedelta(minutes=1)
        with desk.work() as uow:
            row = vacancies.get(uow, second.id)
            vacancies.update(uow, second.id, replace(vacancies.written(row), city=city), now=desk.now)
        assert compared(desk) == 1
        assert len(desk.rows(select(VacancyPair))) == pairs
    assert first.city == "Puebla"


def test_what_was_told_apart_stays_so(desk: Desk) -> None:
    first, second = two(desk)
    compared(desk)
    user = desk.user()
    with desk.work() as uow:
        finding.tell_apart(uow, first.id, second.id, user_id=user.id, now=desk.now)
        finding.tell_apart(uow, second.id, first.id, user_id=user.id, now=desk.now)
        assert finding.pairs(uow, "amigro") == []
        assert [one.state for one in finding.candidates(uow, TITLES, vacancies.get(uow, first.id))] == ["different"]
    desk.execute("UPDATE vacancies SET updated_at = now() + interval '1 hour'")
    compared(desk)
    (pair,) = desk.rows(select(VacancyPair))
    assert (pair.state, pair.decided_by) == ("different", user.id)
    with desk.work() as uow, pytest.raises(NotFound):
        finding.tell_apart(uow, first.id, new_id(), user_id=None, now=desk.now)


def rich(desk: Desk) -> tuple[Vacancy, Vacancy, dict[str, Any]]:
    """Two that are one, each with one of everything, and somebody who applied to both."""
    division = Division(id=new_id(), unit="amigro", code="tiendas", name="Tiendas")
    desk.add(division)
    first, second = two(desk, division_id=division.id)
    user = desk.user()
    both, mine, theirs = (desk.profile(first_name=name) for name in ("Ana", "Beto", "Carla"))
    answers = [{"question": "¿Fines de semana?", "answer": True, "passed": True}]
    things: dict[str, Any] = {
        "both": both,
        "early": applied(desk, first, both),
        "late": applied(desk, second, both, "interview", answers=answers),
        "mine": applied(desk, first, mine), "theirs": applied(desk, second, theirs),
    }  # fmt: skip
    slot = desk.slot(user, timedelta(days=1), vacancy_id=second.id, division_id=division.id)
    things["slot"] = slot
    things["interview"] = Interview(
        id=new_id(), unit="amigro", slot_id=slot.id, application_id=things["late"].id, interviewer_id=user.id,
        division_id=division.id, booked_at=desk.now,
    )  # fmt: skip
    entries = [
        ShortlistEntry(id=new_id(), unit="amigro", vacancy_id=of.id, profile_id=who.id, ord=n, note=note)
        for n, (of, who, note) in enumerate(
            ((first, both, "puntual"), (second, theirs, ""), (second, both, "sabe de caja")), 1
        )
    ]
    desk.add(
        things["interview"], *entries,
        ShortlistShare(id=new_id(), unit="amigro", vacancy_id=second.id, expires_at=desk.now + timedelta(days=3)),
        Campaign(
            id=new_id(), unit="amigro", code="abcdefgh", name="Cartel", channel="web", start="vacancy",
            vacancy_id=second.id,
        ),
        DisclosureAgreement(
            id=new_id(), unit="amigro", vacancy_id=second.id, person_id=theirs.person_id, side="candidate", granted=True,
            version="1", source="chat", at=desk.now,
        ),
    )  # fmt: skip
    return first, second, things


def test_everything_of_the_other_hangs_on_the_one_that_is_left(desk: Desk) -> None:
    first, second, things = rich(desk)
    row = merged(desk, first, second)

    there = desk.rows(select(Application).where(Application.vacancy_id == first.id))
    assert {one.id for one in there} == {things["late"].id, things["mine"].id, things["theirs"].id}
    assert {one.division_id for one in there} == {None}, "who sees the one that is left sees its people"
    assert desk.rows(select(Application).where(Application.vacancy_id == second.id)) == []
    moves = desk.rows(select(ApplicationMove).where(ApplicationMove.application_id == things["late"].id))
    assert len(moves) == 2, "both histories"
    (folded,) = desk.rows(select(ApplicationMerge))
    assert (folded.id, folded.into_id, folded.vacancy_merge_id) == (things["early"].id, things["late"].id, row.id)
    with desk.work() as uow:
        assert applications.get(uow, things["early"].id).id == things["late"].id, "its id leads on"
    interview = desk.one(Interview, things["interview"].id)
    assert (interview.application_id, interview.division_id) == (things["late"].id, None)
    assert desk.one(InterviewSlot, things["slot"].id).vacancy_id == first.id
    entries = desk.rows(select(ShortlistEntry).order_by(ShortlistEntry.ord))
    assert [(one.vacancy_id, one.note) for one in entries] == [(first.id, "puntual\nsabe de caja"), (first.id, "")]
    for model in (ShortlistShare, Campaign, DisclosureAgreement):
        assert [one.vacancy_id for one in desk.rows(select(model))] == [first.id], model.__tablename__
    other = desk.one(Vacancy, second.id)
    assert (other.state, other.merged_into_id, other.closed_at) == ("closed", first.id, desk.now)
    with desk.work() as uow:
        assert vacancies.get_open(uow, second.id).id == first.id
        assert vacancies.get_open(uow, vacancies.get_by_number(uow, second.number).id).id == first.id
    names = set(desk.rows(select(StoredEvent.name)))
    assert {"VacanciesMerged", "VacancyClosed"} <= names


def test_undone_everything_is_as_it_was(desk: Desk) -> None:
    first, second, _ = rich(desk)
    before = everything(desk)
    row = merged(desk, first, second)
    assert everything(desk) != before
    user = desk.user()
    with desk.work() as uow:
        assert [one.id for one in undoing.merges_of(uow, vacancies.get(uow, first.id))] == [row.id]
        assert undoable_until(uow, uow.session.get_one(VacancyMerge, row.id), now=desk.now)
        undoing.undo(uow, row.id, user_id=user.id, now=desk.now + timedelta(days=29))
    assert everything(desk) == before
    undone = desk.one(VacancyMerge, row.id)
    assert undone.undone_by == user.id
    with desk.work() as uow:
        assert undoable_until(uow, uow.session.get_one(VacancyMerge, row.id), now=desk.now) is None
    (pair,) = desk.rows(select(VacancyPair))
    assert pair.state == "different", "nobody is asked again"
    with desk.work() as uow, pytest.raises(VacancyMergeOver):
        undoing.undo(uow, row.id, user_id=None, now=desk.now)
    assert "VacanciesSeparated" in set(desk.rows(select(StoredEvent.name)))


def test_what_came_since_stays_with_the_one_that_was_left(desk: Desk) -> None:
    first, second = two(desk)
    row = merged(desk, first, second)
    late = applied(desk, first, desk.profile())
    with desk.work() as uow:
        undoing.undo(uow, row.id, user_id=None, now=desk.now)
    assert desk.one(Application, late.id).vacancy_id == first.id


def test_after_thirty_days_what_would_undo_it_is_gone(desk: Desk) -> None:
    first, second, _ = rich(desk)
    row = merged(desk, first, second)
    later = desk.now + timedelta(days=30)
    with desk.work() as uow, pytest.raises(VacancyMergeOver):
        undoing.undo(uow, row.id, user_id=None, now=later)
    with desk.work() as uow:
        assert retention.purge(uow, now=later).merges == 1
    assert desk.one(VacancyMerge, row.id).people == []
    with desk.work() as uow:
        assert undoable_until(uow, uow.session.get_one(VacancyMerge, row.id), now=desk.now) is None


@pytest.mark.parametrize(
    ("mine", "theirs", "error"),
    [
        ({}, {"state": "closed"}, NotLive), ({"state": "filled"}, {}, NotLive),
        ({}, {"confidential": True}, ConfidentialityLost), ({}, {"kind": "internship"}, SameVacancy),
    ],
)  # fmt: skip
def test_two_that_cannot_be_one_are_refused(
    desk: Desk, mine: dict[str, Any], theirs: dict[str, Any], error: type[Exception]
) -> None:
    of = company(desk)
    first, second = vacancy(desk, of, **mine), vacancy(desk, of, **theirs)
    with desk.work() as uow, pytest.raises(error):
        merge(uow, first.id, second.id, user_id=None, now=desk.now)


def test_one_and_itself_and_one_of_another_unit_are_refused(desk: Desk) -> None:
    first, abroad = vacancy(desk, company(desk)), vacancy(desk, company(desk, unit="huntu"))
    for other, error in ((first.id, SameVacancy), (abroad.id, NotFound), (new_id(), NotFound)):
        with desk.work() as uow, pytest.raises(error):
            merge(uow, first.id, other, user_id=None, now=desk.now)


def test_two_interviews_ahead_are_for_people_to_settle(desk: Desk) -> None:
    first, second, things = rich(desk)
    user = desk.user()
    slot = desk.slot(user, timedelta(days=2))
    desk.add(
        Interview(
            id=new_id(), unit="amigro", slot_id=slot.id, application_id=things["early"].id, interviewer_id=user.id,
            booked_at=desk.now,
        )
    )  # fmt: skip
    before = everything(desk)
    with pytest.raises(BothInterviews):
        merged(desk, first, second)
    assert everything(desk) == before


def test_a_change_meanwhile_is_looked_at_again(desk: Desk) -> None:
    first, second = two(desk)
    seen = stamp(first, second)
    desk.execute("UPDATE vacancies SET updated_at = now() + interval '1 hour' WHERE id = :id", id=second.id)
    with desk.work() as uow, pytest.raises(VacanciesChanged):
        merge(uow, first.id, second.id, user_id=None, now=desk.now, seen=seen)


def test_merges_are_undone_from_the_last_one(desk: Desk) -> None:
    of = company(desk)
    first, second, third = (vacancy(desk, of) for _ in range(3))
    row, last = merged(desk, first, second), merged(desk, third, first)
    with desk.work() as uow:
        assert vacancies.get_open(uow, second.id).id == third.id, "led on to the last one"
    with desk.work() as uow, pytest.raises(LaterVacancyMergeFirst):
        undoing.undo(uow, row.id, user_id=None, now=desk.now)
    for one in (last, row):
        with desk.work() as uow:
            undoing.undo(uow, one.id, user_id=None, now=desk.now)
    assert {one.state for one in desk.rows(select(Vacancy))} == {"open"}


def test_who_applies_during_the_merge_has_applied_to_the_one_that_is_left(desk: Desk) -> None:
    first, second = two(desk)
    with desk.work() as uow:
        person = people.register(
            uow,
            {
                "first_name": "Olga", "last_name": "Paz", "city": "Puebla", "email": "olga@example.com",
                "skills": "caja",
            },
            now=desk.now,
        )
    desk.execute("UPDATE unit_profiles SET completed_at = now()")
    started, release = threading.Event(), threading.Event()

    def merging() -> None:
        with desk.work() as uow:
            merge(uow, first.id, second.id, user_id=None, now=desk.now)
            started.set()
            release.wait(10)

    def applying() -> Application:
        started.wait(10)
        with desk.work() as uow:
            release_soon = threading.Timer(0.3, release.set)
            release_soon.start()
            return applications.apply(uow, second.id, person.person_id, [], None, now=desk.now)

    with ThreadPoolExecutor(2) as pool:
        one, made = pool.submit(merging), pool.submit(applying)
        one.result(30)
        assert made.result(30).vacancy_id == first.id


def test_an_erased_person_is_in_nothing_that_would_undo_it(desk: Desk) -> None:
    first, second, things = rich(desk)
    row = merged(desk, first, second)
    person_id = things["both"].person_id
    with desk.work() as uow:
        held = export_person(uow, person_id, now=desk.now)["vacancy_merges"]
        assert [one["id"] for one in held[0]["folded_applications"]] == [str(things["early"].id)]
        erase_person(uow, person_id, now=desk.now)
    with desk.work() as uow:
        told = uow.session.scalar(select(VacancyMerge.undo_sealed).where(VacancyMerge.id == row.id))
    assert told and "puntual" not in told and "sabe de caja" not in told and "fines de semana" not in told.lower()
    with desk.work() as uow:
        undoing.undo(uow, row.id, user_id=None, now=desk.now)
    assert desk.one(Application, things["theirs"].id).vacancy_id == second.id


def test_every_table_that_points_at_a_vacancy_is_known_to_the_merge() -> None:
    """A table that points there moves with a merge, or says here why not."""
    stays = {
        # What is written of a vacancy, and what is made of that.
        "vacancy_requirements", "vacancy_questions", "vacancy_vectors", "vacancy_prints", "vacancy_pairs",
        "vacancy_merges", "vacancies", "vacancy_alerts",
        # Into which vacancy a file was to go: what it brought are applications, and those move.
        "people_imports",
    }  # fmt: skip
    pointing = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "vacancies"
    }
    assert pointing == stays | {model.__tablename__ for model in HANGING}


def test_a_form_of_what_is_written_writes_the_same(desk: Desk) -> None:
    of = company(desk)
    with desk.work() as uow:
        form = VacancyForm(
            "Cajera", of.id, description=TEXT, city="Puebla", salary_min=Decimal(9000),
            requirements=(vacancies.RequirementForm("Excel", "skill", "nice"),), questions=(vacancies.QuestionForm("¿Sí?"),),
        )  # fmt: skip
        row = vacancies.create(uow, form, now=desk.now)
        read = vacancies.written(row)
        assert replace(read, latitude=None, longitude=None, region="") == form
