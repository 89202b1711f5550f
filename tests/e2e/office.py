"""What a unit needs to be at work: a consultant who signs in, a company with a contact, vacancies, free times.

Everything is made by the services, as the back office would; nothing is written past row-level security.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Engine

from huntred.access import service as access
from huntred.access.service import GrantForm
from huntred.companies import service as companies
from huntred.companies.service import CompanyForm, ContactForm
from huntred.conversations import accounts
from huntred.conversations.accounts import AccountForm
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.interviews import slots
from huntred.interviews.types import SlotPlan
from huntred.settings import read_app_settings
from huntred.vacancies import service as vacancies
from huntred.vacancies.types import QuestionForm, RequirementForm, VacancyFilter, VacancyForm
from runtime.processes import by_name
from runtime.wiring import wire
from tests.platform import Platform
from tests.standins.mailbox import Mailbox

PASSWORD = "una clave larga de pruebas 42"
# Monterrey's Macroplaza: where the interviews in person take place.
PLACE = (25.6692, -100.3099)


@dataclass(frozen=True)
class Office:
    """One unit's people and vacancies, by title."""

    unit: str
    email: str
    interviewer: UUID
    contact_email: str
    vacancies: dict[str, UUID]


def _email(unit: str) -> str:
    return f"consultoria.{unit.replace('_', '.')}@example.com"


def _contact(unit: str) -> str:
    return f"compras.{unit.replace('_', '.')}@example.com"


def open_office(platform: Platform, unit: str) -> Office:
    """Put a unit to work."""
    settings = read_app_settings(platform.installation.environment_of(by_name("actions")))
    engine = wire(settings).engine
    now = datetime.now(timezone.utc)
    email = _email(unit)
    try:
        with unit_of_work(engine, Scope(all_units=True)) as uow:
            user = access.create_user(
                uow, email=email, name=f"Consultoría {unit}", grants=[GrantForm("consultant", unit)], now=now,
                password=PASSWORD, password_salt=settings.password_salt, phone="+525512340000",
            )  # fmt: skip
            interviewer = user.id
        return _fill(engine, unit, email, interviewer, now)
    finally:
        engine.dispose()


def _fill(engine: Engine, unit: str, email: str, interviewer: UUID, now: datetime) -> Office:
    contact_email = _contact(unit)
    made: dict[str, UUID] = {}
    with unit_of_work(engine, Scope(units=(unit,))) as uow:
        company = companies.create(uow, CompanyForm("Alimentos del Norte", city="Monterrey"), now=now)
        contact = companies.add_contact(
            uow, company.id, ContactForm("Laura Méndez", "Compras", contact_email, "+525512349876"), now=now
        )
        for title, pay, skills, questions in POSITIONS[unit]:
            form = VacancyForm(
                title=title, company_id=company.id, contact_id=contact.id, consultant_id=interviewer,
                description="Turno de día, con capacitación desde el primer día.", schedule="Lunes a viernes, 8:00 a 17:00",
                benefits="Prestaciones de ley y comedor", address="Av. Constitución 400, Centro, Monterrey",
                city="Monterrey", region="Nuevo León", latitude=PLACE[0], longitude=PLACE[1],
                salary_min=Decimal(pay), salary_max=Decimal(pay) + 4000,
                requirements=tuple(RequirementForm(skill) for skill in skills), questions=questions,
            )  # fmt: skip
            vacancy = vacancies.create(uow, form, now=now)
            vacancies.publish(uow, vacancy.id, interviewer, now=now)
            made[title] = vacancy.id
        days = tuple((now + timedelta(days=n)).date() for n in range(2, 7))
        plan = SlotPlan(
            interviewer_id=interviewer, days=days, from_time=time(9, 0), to_time=time(13, 0), minutes=30,
            timezone="America/Mexico_City", modality="in_person",
            address="Av. Constitución 400, Centro, Monterrey", latitude=PLACE[0], longitude=PLACE[1],
        )  # fmt: skip
        slots.make_slots(uow, plan, now=now)
    return Office(unit, email, interviewer, contact_email, made)


_EARLY = QuestionForm("¿Puedes empezar a las ocho de la mañana?")
POSITIONS: dict[str, tuple[tuple[str, int, tuple[str, ...], tuple[QuestionForm, ...]], ...]] = {
    "amigro": (
        ("Ayudante de cocina", 9500, ("cocina", "limpieza"), (_EARLY, QuestionForm("¿Puedes trabajar en sábado?"))),
        ("Operario de producción", 10200, ("ensamble", "empaque"), (_EARLY,)),
        ("Cajera o cajero", 8800, ("caja", "ventas"), ()),
        ("Auxiliar de almacén", 9900, ("inventarios", "montacargas"), (_EARLY,)),
    ),
    "huntred_executive": (
        ("Dirección de Finanzas", 180000, ("finanzas corporativas", "presupuestos"), (
            QuestionForm("¿Ha dirigido equipos de más de 50 personas?"),
        )),
        ("Dirección General", 260000, ("planeación estratégica", "liderazgo"), ()),
        ("Dirección de Operaciones", 190000, ("operaciones", "logística"), ()),
    ),
}  # fmt: skip


def known_office(platform: Platform, unit: str) -> Office | None:
    """The office that an earlier run of the tests opened on this platform, where there is one."""
    engine = wire(read_app_settings(platform.installation.environment_of(by_name("actions")))).engine
    email = _email(unit)
    try:
        with unit_of_work(engine, Scope(units=(unit,), login=True)) as uow:
            user = next((user for user in access.users(uow) if user.email == email), None)
            if user is None:
                return None
            page = vacancies.search(uow, VacancyFilter(), "", 100)
            return Office(unit, email, user.id, _contact(unit), {v.title: v.id for v in page.items})
    finally:
        engine.dispose()


def let_in(platform: Platform, unit: str, site: str) -> None:
    """Name a site that may show the unit's web chat, as the super administrator would."""
    engine = wire(read_app_settings(platform.installation.environment_of(by_name("actions")))).engine
    try:
        with unit_of_work(engine, Scope(units=(unit,), all_units=True)) as uow:
            account = next(row for row in accounts.of_scope(uow) if row.channel == "web")
            accounts.update_account(
                uow, account.id, name=account.name, address=account.address, active=True,
                secrets={"allowed_origins": site}, now=datetime.now(timezone.utc),
            )  # fmt: skip
    finally:
        engine.dispose()


def take_vacancies_at(platform: Platform, unit: str, box: Mailbox) -> None:
    """Let the unit take vacancies at a mailbox, as the super administrator would."""
    engine = wire(read_app_settings(platform.installation.environment_of(by_name("actions")))).engine
    try:
        with unit_of_work(engine, Scope(units=(unit,), all_units=True)) as uow:
            app = next(row.id for row in accounts.apps(uow) if row.channel == "email")
            secrets = {"imap_url": box.url, "imap_user": box.user, "imap_password": box.password}
            form = AccountForm(
                unit, app, box.user, "Vacantes", address=box.user, purpose="vacancies", secrets=secrets
            )
            accounts.create(uow, form, now=datetime.now(timezone.utc))
    finally:
        engine.dispose()
