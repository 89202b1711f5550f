"""Ids from the entries, and the rows behind them, which the policies let this scope see or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from huntred.applications.models import Application, Stage
from huntred.companies.models import Company
from huntred.conversations.models import Chat, Conversation
from huntred.people.models import UnitProfile
from huntred.search.rules import Typed
from huntred.search.types import Hit
from huntred.vacancies.models import Vacancy

_LOOK_UP = text("SELECT kind, object_id FROM app_search(:kinds, :words, :pass, :most)").bindparams(
    bindparam("kinds", type_=ARRAY(Text)), bindparam("words", type_=ARRAY(Text)), bindparam("pass", type_=Integer)
)
_EXPECTED = text("SELECT kind, expected FROM app_search_expected(:kinds, :words, :pass)").bindparams(
    bindparam("kinds", type_=ARRAY(Text)), bindparam("words", type_=ARRAY(Text)), bindparam("pass", type_=Integer)
)
_LAST_LETTER = "\U0010ffff"


def ids(session: Session, kinds: Sequence[str], typed: Typed, which_pass: int, most: int) -> dict[str, list[UUID]]:
    """Return kind → ids that fit. which_pass: 1 whole words, 2 beginnings, 3 as they sound, 4 with a wrong letter."""
    asked = {"kinds": list(kinds), "words": list(typed.words), "pass": which_pass, "most": most}
    found: dict[str, list[UUID]] = {}
    for kind, object_id in session.execute(_LOOK_UP, asked):
        found.setdefault(kind, []).append(object_id)
    return found


def expected(session: Session, kinds: Sequence[str], typed: Typed, which_pass: int) -> dict[str, int]:
    """Return kind → how many PostgreSQL takes to fit, by its statistics: a guess, in a millisecond."""
    asked = {"kinds": list(kinds), "words": list(typed.words), "pass": which_pass}
    return {row.kind: row.expected for row in session.execute(_EXPECTED, asked)}


def people(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    rows = session.execute(
        select(
            UnitProfile.id, UnitProfile.unit, UnitProfile.first_name, UnitProfile.last_name,
            UnitProfile.second_last_name, UnitProfile.headline, UnitProfile.city,
        ).where(UnitProfile.id.in_(wanted))
    )  # fmt: skip
    return [
        Hit("person", row.id, row.unit, _joined(row[2:5], " "), _joined((row.headline, row.city), " · "))
        for row in rows
    ]


def people_by_email(session: Session, beginning: str, most: int) -> list[UUID]:
    """Return profiles whose address begins so, by the index of addresses."""
    return list(
        session.scalars(
            select(UnitProfile.id)
            .where(UnitProfile.email >= beginning, UnitProfile.email < beginning + _LAST_LETTER)
            .limit(most)
        )
    )


def vacancies(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    return [_vacancy(row) for row in session.execute(_VACANCIES.where(Vacancy.id.in_(wanted)))]


def vacancies_by_number(session: Session, number: int) -> list[Hit]:
    return [_vacancy(row) for row in session.execute(_VACANCIES.where(Vacancy.number == number))]


def companies(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    rows = session.execute(
        select(Company.id, Company.unit, Company.name, Company.industry, Company.city).where(Company.id.in_(wanted))
    )
    return [Hit("company", row.id, row.unit, row.name, _joined((row.industry, row.city), " · ")) for row in rows]


def applications_by_number(session: Session, number: int) -> list[Hit]:
    rows = session.execute(
        select(
            Application.id, Application.unit, Application.number, UnitProfile.first_name, UnitProfile.last_name,
            UnitProfile.second_last_name, Vacancy.title, Stage.name.label("stage"),
        )
        .join(UnitProfile, UnitProfile.id == Application.profile_id)
        .join(Vacancy, Vacancy.id == Application.vacancy_id)
        .join(Stage, Stage.id == Application.stage_id)
        .where(Application.number == number)
    )  # fmt: skip
    return [
        Hit("application", row.id, row.unit, _joined(row[3:6], " "), row.title, row.number, row.stage) for row in rows
    ]


def talks(session: Session, wanted: Sequence[UUID]) -> list[Hit]:
    rows = session.execute(
        select(
            Conversation.id, Conversation.unit, Conversation.channel, Conversation.last_text, Chat.user_name,
            UnitProfile.first_name, UnitProfile.last_name, UnitProfile.second_last_name,
        )
        .join(Chat, Chat.id == Conversation.chat_id)
        .outerjoin(
            UnitProfile,
            (UnitProfile.person_id == Conversation.person_id) & (UnitProfile.unit == Conversation.unit),
        )
        .where(Conversation.id.in_(wanted))
    )  # fmt: skip
    return [
        Hit("talk", row.id, row.unit, _joined(row[5:8], " ") or row.user_name, row.last_text[:80], None, row.channel)
        for row in rows
    ]


_VACANCIES = (
    select(Vacancy.id, Vacancy.unit, Vacancy.number, Vacancy.title, Vacancy.city, Vacancy.state, Company.name)
    .join(Company, Company.id == Vacancy.company_id)
)  # fmt: skip


def _vacancy(row: Any) -> Hit:
    return Hit("vacancy", row.id, row.unit, row.title, _joined((row.name, row.city), " · "), row.number, row.state)


def _joined(parts: Sequence[str | None], between: str) -> str:
    return between.join(part for part in parts if part)
