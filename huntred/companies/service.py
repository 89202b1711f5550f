"""Write client companies and the people there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contract.text import normalise
from huntred.companies.models import Company, Contact
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound
from huntred.people.rules import email_of, phone_of


@dataclass(frozen=True)
class CompanyForm:
    """All that a consultant may write about a company; `update` replaces all of it."""

    name: str
    industry: str = ""
    city: str = ""
    website: str = ""
    notes: str = ""


@dataclass(frozen=True)
class ContactForm:
    name: str
    position: str = ""
    email: str = ""
    phone: str = ""


def create(uow: UnitOfWork, form: CompanyForm, *, now: datetime) -> Company:
    """Raises FieldInvalid."""
    company = Company(unit=uow.unit, created_at=now)
    _write(company, form)
    uow.session.add(company)
    uow.session.flush()
    return company


def update(uow: UnitOfWork, company_id: UUID, form: CompanyForm, *, now: datetime) -> Company:
    """Raises NotFound, FieldInvalid."""
    company = _company(uow, company_id)
    _write(company, form)
    uow.session.flush()
    return company


def add_contact(uow: UnitOfWork, company_id: UUID, form: ContactForm, *, now: datetime) -> Contact:
    """Raises NotFound, FieldInvalid."""
    company = _company(uow, company_id)
    if not form.name.strip():
        raise FieldInvalid("name", "missing")
    contact = Contact(
        unit=company.unit,
        company_id=company.id,
        name=" ".join(form.name.split()),
        position=form.position.strip(),
        email=email_of(form.email) if form.email.strip() else "",
        phone=phone_of(form.phone) if form.phone.strip() else "",
        created_at=now,
    )
    uow.session.add(contact)
    uow.session.flush()
    return contact


def _company(uow: UnitOfWork, company_id: UUID) -> Company:
    company = uow.session.get(Company, company_id)
    if company is None or company.unit != uow.unit:
        raise NotFound(f"company {company_id}")
    return company


def _write(company: Company, form: CompanyForm) -> None:
    if not form.name.strip():
        raise FieldInvalid("name", "missing")
    if form.website and not form.website.startswith(("https://", "http://")):
        raise FieldInvalid("website", "not_a_link")
    company.name = " ".join(form.name.split())
    company.industry = form.industry.strip()
    company.city = form.city.strip()
    company.website = form.website.strip()
    company.notes = form.notes.strip()
    company.search_text = normalise(f"{company.name} {company.industry} {company.city}")
