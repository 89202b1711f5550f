"""Finds which vacancies of a unit may be one position: of the same company, and anywhere by the text.

The page of a vacancy asks for its own; the worker compares whatever is new or has changed and keeps the pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased, lazyload

from huntred.alike.models import VacancyPair, VacancyPrint
from huntred.alike.ports import TitleReader
from huntred.alike.reading import Read, Traits, read
from huntred.alike.rules import Likeness, compare
from huntred.alike.shingles import prints_of
from huntred.companies.models import Company
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures.rules import core_name
from huntred.duplicates import pairing
from huntred.errors import NotFound
from huntred.vacancies.models import Vacancy
from huntred.vacancies.rules import monthly

LIVE = ("draft", "open", "paused")
# Of one company and town, and by the text: so many are compared with one.
_MOST_OF_COMPANY, _MOST_BY_TEXT = 200, 60
_MOST_NAMESAKES = 20
_BATCH = 100
# What they require is not compared: it is read where somebody looks.
_BARE = lazyload(Vacancy.requirements)


@dataclass(frozen=True)
class Alike:
    """A vacancy that may be the same position. state: open, or different where a person said so."""

    vacancy: Vacancy
    likeness: Likeness
    state: str = "open"


def traits_of(vacancy: Vacancy) -> Traits:
    return Traits(
        title=vacancy.title, company=vacancy.company.name, kind=vacancy.kind, city=vacancy.city,
        remote=vacancy.modality == "remote", address=vacancy.address, schedule=vacancy.schedule,
        description=vacancy.description, seniority=vacancy.seniority,
        salary_min=monthly(vacancy.salary_min, vacancy.salary_period),
        salary_max=monthly(vacancy.salary_max, vacancy.salary_period), salary_currency=vacancy.salary_currency,
    )  # fmt: skip


def read_vacancy(vacancy: Vacancy, titles: TitleReader) -> Read:
    return read(traits_of(vacancy), titles.concept_of(vacancy.title))


def candidates(uow: UnitOfWork, titles: TitleReader, vacancy: Vacancy) -> list[Alike]:
    """Return which others may be this position too, the surest first; those that were told apart as well."""
    if vacancy.state not in LIVE:
        return []
    mine = read_vacancy(vacancy, titles)
    found = like(uow, titles, vacancy.unit, mine, but=vacancy.id)
    decided = pairing.states(uow, VacancyPair, vacancy.id)
    return [Alike(other, likeness, decided.get(other.id, "open")) for other, likeness in found]


def known(uow: UnitOfWork, titles: TitleReader, vacancy: Vacancy) -> list[Alike]:
    """As `candidates`, from the pairs where the worker has compared it as it stands; else it is compared now."""
    if vacancy.state not in LIVE:
        return []
    compared_at = uow.session.scalar(select(VacancyPrint.compared_at).where(VacancyPrint.vacancy_id == vacancy.id))
    if compared_at is None or compared_at < vacancy.updated_at:
        return candidates(uow, titles, vacancy)
    rows = uow.session.execute(
        select(VacancyPair, Vacancy)
        .join(Vacancy, Vacancy.id == pairing.partner(VacancyPair, vacancy.id))
        .where(pairing.pairs_of(VacancyPair, vacancy.id), Vacancy.state.in_(LIVE))
        .order_by(VacancyPair.strength.desc(), Vacancy.number)
        .options(_BARE)
    )
    return [Alike(other, Likeness(pair.strength, tuple(pair.reasons)), pair.state) for pair, other in rows]


def like(
    uow: UnitOfWork, titles: TitleReader, unit: str, mine: Read, *, but: UUID | None = None,
    seen: dict[UUID, Read] | None = None,
) -> list[tuple[Vacancy, Likeness]]:  # fmt: skip
    """Return which live vacancies look like what was read, the surest first.

    but: itself, where it is one already. seen: those that were read before, for whoever compares many.
    """
    found: list[tuple[Vacancy, Likeness]] = []
    known = {} if seen is None else seen
    for vacancy in _near(uow, unit, mine, but):
        if vacancy.id not in known:
            known[vacancy.id] = read_vacancy(vacancy, titles)
        likeness = compare(mine, known[vacancy.id])
        if likeness is not None:
            found.append((vacancy, likeness))
    return sorted(found, key=lambda one: (-one[1].strength, one[0].number))


def pairs(uow: UnitOfWork, unit: str, *, limit: int = 50) -> list[tuple[VacancyPair, Vacancy, Vacancy]]:
    """Return open pairs of the unit whose two are both alive, the surest first."""
    first, second = aliased(Vacancy), aliased(Vacancy)
    query = (
        pairing.with_both(VacancyPair, first, second)
        .where(VacancyPair.unit == unit, VacancyPair.state == "open", first.state.in_(LIVE), second.state.in_(LIVE))
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in uow.session.execute(query)]


def tell_apart(uow: UnitOfWork, first_id: UUID, second_id: UUID, *, user_id: UUID | None, now: datetime) -> None:
    """Remember that two vacancies are two positions; saying it again changes nothing. Raises NotFound."""
    units = uow.session.scalars(
        select(Vacancy.unit).where(Vacancy.id.in_((first_id, second_id)), Vacancy.unit == uow.unit)
    ).all()
    if len(units) != 2:
        raise NotFound("vacancy")
    pairing.remember_different(uow, VacancyPair, first_id, second_id, user_id=user_id, now=now)


def compare_new(uow: UnitOfWork, titles: TitleReader, *, now: datetime, most: int = _BATCH) -> int:
    """Compare what is new or changed since the last look; return how many were, 0 when all are done."""
    query = (
        select(Vacancy)
        .outerjoin(VacancyPrint, VacancyPrint.vacancy_id == Vacancy.id)
        .where(
            Vacancy.unit == uow.unit, Vacancy.state.in_(LIVE),
            or_(VacancyPrint.compared_at.is_(None), VacancyPrint.compared_at < Vacancy.updated_at),
        )
        .order_by(Vacancy.updated_at)
        .limit(most)
        .options(_BARE)
    )  # fmt: skip
    vacancies = list(uow.session.scalars(query))
    # Those of one company and town are compared with the same others: each is read once.
    seen = {vacancy.id: read_vacancy(vacancy, titles) for vacancy in vacancies}
    for vacancy in vacancies:
        # All of the batch first, so that two that came together find each other.
        row = insert(VacancyPrint).values(
            vacancy_id=vacancy.id, unit=vacancy.unit, keys=prints_of(seen[vacancy.id].text),
            compared_at=vacancy.updated_at,
        )  # fmt: skip
        uow.session.execute(
            row.on_conflict_do_update(
                index_elements=["vacancy_id"],
                set_={"keys": row.excluded["keys"], "compared_at": row.excluded.compared_at},
            )
        )
    for vacancy in vacancies:
        found = [
            pairing.Found(other.id, list(likeness.reasons), likeness.strength)
            for other, likeness in like(uow, titles, vacancy.unit, seen[vacancy.id], but=vacancy.id, seen=seen)
        ]
        pairing.keep(uow, VacancyPair, vacancy.unit, vacancy.id, found, now=now)
    return len(vacancies)


def purge(uow: UnitOfWork) -> int:
    """Forget pairs of which one has ended and that nobody decided; return how many."""
    ended = select(Vacancy.id).where(Vacancy.unit == uow.unit, Vacancy.state.not_in(LIVE))
    result = uow.session.execute(
        delete(VacancyPair).where(
            VacancyPair.unit == uow.unit, VacancyPair.state == "open",
            or_(VacancyPair.first_id.in_(ended), VacancyPair.second_id.in_(ended)),
        ),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
    return int(result.rowcount)  # type: ignore[attr-defined]


def _near(uow: UnitOfWork, unit: str, mine: Read, but: UUID | None) -> Iterable[Vacancy]:
    alive: list[ColumnElement[bool]] = [Vacancy.unit == unit, Vacancy.state.in_(LIVE), Vacancy.kind == mine.traits.kind]
    if but is not None:
        alive.append(Vacancy.id != but)
    seen: set[UUID] = set()
    companies = _namesakes(uow, unit, mine.traits.company)
    if companies:
        here = Vacancy.city.in_((mine.traits.city, "")) | (Vacancy.modality == "remote")
        query = select(Vacancy).options(_BARE).where(*alive, Vacancy.company_id.in_(companies))
        if mine.traits.city and not mine.traits.remote:
            query = query.where(here)
        for vacancy in uow.session.scalars(query.order_by(Vacancy.created_at.desc()).limit(_MOST_OF_COMPANY)):
            seen.add(vacancy.id)
            yield vacancy
    keys = prints_of(mine.text)
    if keys:
        query = (
            select(Vacancy)
            .options(_BARE)
            .join(VacancyPrint, VacancyPrint.vacancy_id == Vacancy.id)
            .where(*alive, VacancyPrint.keys.bool_op("&&")(keys))
            .order_by(Vacancy.created_at.desc())
            .limit(_MOST_BY_TEXT)
        )
        yield from (vacancy for vacancy in uow.session.scalars(query) if vacancy.id not in seen)


def _namesakes(uow: UnitOfWork, unit: str, company: str) -> Sequence[UUID]:
    """The companies of this name, however each is constituted."""
    core = core_name(company).lower()
    if not core:
        return []
    rows = uow.session.execute(
        select(Company.id, Company.name)
        .where(Company.unit == unit, func.lower(Company.name).startswith(core, autoescape=True))
        .limit(_MOST_NAMESAKES)
    )
    return [row.id for row in rows if core_name(row.name).lower() == core]
