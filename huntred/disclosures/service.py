"""Who agreed to be named in a confidential search, and what each side may see until both have.

Whatever shows a client to a candidate, or a candidate to a client, asks here. A search that is not confidential is
always open.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import rules
from huntred.disclosures.errors import NotConfidential
from huntred.disclosures.events import ClientAgreed, NamesOpened
from huntred.disclosures.models import DisclosureAgreement
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy


@dataclass(frozen=True)
class Standing:
    """The last word of each side about one person in one vacancy; None where nothing was said."""

    candidate: DisclosureAgreement | None = None
    client: DisclosureAgreement | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The sides that have not agreed."""
        said = {rules.CANDIDATE: self.candidate, rules.CLIENT: self.client}
        return tuple(side for side, word in said.items() if word is None or not word.granted)

    @property
    def open(self) -> bool:
        return not self.missing

    def said(self, side: str) -> bool:
        return side not in self.missing


def standings(uow: UnitOfWork, vacancy_id: UUID, person_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return how each of the people stands with the client of a vacancy."""
    query = (
        select(DisclosureAgreement)
        .where(DisclosureAgreement.vacancy_id == vacancy_id, DisclosureAgreement.person_id.in_(person_ids))
        .order_by(DisclosureAgreement.at, DisclosureAgreement.id)
    )
    latest = {(word.person_id, word.side): word for word in uow.session.scalars(query)}
    return {
        person: Standing(latest.get((person, rules.CANDIDATE)), latest.get((person, rules.CLIENT)))
        for person in person_ids
    }


def standing(uow: UnitOfWork, vacancy_id: UUID, person_id: UUID) -> Standing:
    return standings(uow, vacancy_id, [person_id])[person_id]


def names_open(uow: UnitOfWork, vacancy: Vacancy, person_id: UUID) -> bool:
    """Whether this client and this candidate may know who the other is."""
    return not vacancy.confidential or standing(uow, vacancy.id, person_id).open


def company_shown(uow: UnitOfWork, vacancy: Vacancy, person_id: UUID) -> str:
    """Return the client's name as this candidate may see it; empty where they may not."""
    return vacancy.company.name if names_open(uow, vacancy, person_id) else ""


def text_shown(uow: UnitOfWork, vacancy: Vacancy, person_id: UUID, text: str, *, instead: str) -> str:
    """Return a text about the vacancy as this candidate may see it: with `instead` where it names the client."""
    if not rules.names_client(text, vacancy.company.name) or names_open(uow, vacancy, person_id):
        return text
    return rules.without_client(text, vacancy.company.name, instead)


def say(
    uow: UnitOfWork,
    vacancy_id: UUID,
    person_id: UUID,
    side: str,
    granted: bool,
    *,
    source: str,
    user_id: UUID | None = None,
    evidence: Mapping[str, Any] | None = None,
    now: datetime,
) -> Standing:
    """Note one side's yes or no with its time and the version of the words; the same again adds nothing.

    The caller has made sure who speaks. Raises NotFound, NotConfidential.
    """
    vacancies.hold(uow, vacancy_id)
    vacancy = vacancies.get(uow, vacancy_id)
    if not vacancy.confidential:
        raise NotConfidential(f"vacancy {vacancy_id}")
    before = standing(uow, vacancy_id, person_id)
    last = before.client if side == rules.CLIENT else before.candidate
    if last is not None and last.granted == granted and (not granted or last.version == rules.TERMS_VERSION):
        return before
    word = DisclosureAgreement(
        unit=vacancy.unit, vacancy_id=vacancy_id, person_id=person_id, side=side, granted=granted,
        version=rules.TERMS_VERSION, source=source, user_id=user_id, evidence=dict(evidence or {}), at=now,
    )  # fmt: skip
    uow.session.add(word)
    uow.session.flush()
    after = Standing(before.candidate, word) if side == rules.CLIENT else Standing(word, before.client)
    if after.open and not before.open:
        uow.record(NamesOpened(word.id, vacancy_id, person_id), unit=vacancy.unit)
    elif side == rules.CLIENT and granted and not after.open:
        uow.record(ClientAgreed(word.id, vacancy_id, person_id), unit=vacancy.unit)
    return after


def of_person(uow: UnitOfWork, person_id: UUID) -> dict[UUID, Standing]:
    """Return where the person stands, by vacancy, wherever a side said something."""
    ids = uow.session.scalars(
        select(DisclosureAgreement.vacancy_id)
        .where(DisclosureAgreement.unit == uow.unit, DisclosureAgreement.person_id == person_id)
        .distinct()
    ).all()
    return {vacancy_id: standing(uow, vacancy_id, person_id) for vacancy_id in ids}
