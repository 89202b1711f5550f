"""A candidate of a unit whose references are asked for, and the referees whom they name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contract.encryption import Cipher
from huntred.access.models import User
from huntred.applications.models import Application
from huntred.conversations.models import Conversation
from huntred.db.session import make_engine
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from huntred.people import service as people
from huntred.privacy import service as privacy
from huntred.references import answering
from huntred.references import service as references
from huntred.references.models import Referee, ReferenceRequest
from huntred.references.rules import COMPETENCES, AnswerForm, RefereeForm
from huntred.units.seed import seed
from tests.factories.desk import ACCOUNTS, Desk

UNIT = "huntred_executive"
LAURA = RefereeForm("Laura Méndez", "boss", "Grupo Andino, S.A. de C.V.", "laura@example.com", "", 2018, 2021)
BRUNO = RefereeForm("Bruno Gil", "peer", "Grupo Andino", "bruno@example.com", "", 2019, 2022)
ROSA = RefereeForm("Rosa Ibáñez", "report", "Textiles Luna", "", "8441234567", 2015, 2017)
WHOLE = AnswerForm(
    relation_right=True, from_year=2018, to_year=2021, ratings=dict.fromkeys(COMPETENCES, 4),
    texts={"strengths": "Ordena lo complejo.", "develop": "Delegar antes."}, again="yes", may_share=True,
)  # fmt: skip


@dataclass
class Case:
    """One application whose references were asked for."""

    desk: Desk
    unit: str
    conversation: Conversation
    application: Application
    person_id: UUID
    consultant: User
    request_id: UUID

    @property
    def request(self) -> ReferenceRequest:
        return self.desk.one(ReferenceRequest, self.request_id)

    @property
    def referees(self) -> list[Referee]:
        query = select(Referee).where(Referee.request_id == self.request_id).order_by(Referee.ord)
        return self.desk.rows(query)

    def hand_on(self) -> None:
        """Let the handlers hear of what happened, as the relay does."""
        query = select(StoredEvent).where(StoredEvent.handled_at.is_(None)).order_by(StoredEvent.id)
        for event in self.desk.rows(query):
            handle(self.desk.app, event.id, event.unit, Context(self.desk.now, self.desk.links))

    def agree(self) -> None:
        with self.desk.work(self.unit) as uow:
            references.agree(uow, self.request_id, "telegram", now=self.desk.now)

    def give(self, *forms: RefereeForm) -> list[Referee]:
        """The candidate agrees, names these and confirms; the events are handed on."""
        self.agree()
        with self.desk.work(self.unit) as uow:
            for form in forms:
                references.add_referee(uow, self.request_id, form, now=self.desk.now)
            references.give(uow, self.request_id, now=self.desk.now)
        self.hand_on()
        return self.referees

    def answer(self, referee: Referee, form: AnswerForm = WHOLE) -> None:
        with self.desk.work(self.unit) as uow:
            answering.save_answer(uow, referee.id, form, send=True, now=self.desk.now)
        self.hand_on()

    def mails(self, to: str) -> list[Any]:
        return [message for address, message in self.desk.sent("email") if address == to]


def candidate(desk: Desk, unit: str = UNIT, channel: str = "telegram", **vacancy: Any) -> tuple[Conversation, Application]:
    """Somebody who agreed to the unit's notice and applied there."""
    conversation = desk.chat(unit, channel)
    with desk.work(unit) as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        told = {"full_name": "Ana Ruiz", "email": "ana@example.com", "phone": "8445550000"}
        people.set_fields(uow, person.id, told, now=desk.now)
        privacy.accept_notice(uow, person.id, channel, now=desk.now)
        profile = people.profile_of(uow, person.id)
    conversation.person_id = person.id
    told_of = {"title": "Dirección de finanzas", "confidential": True} | vacancy
    return conversation, desk.application(conversation, profile, **told_of)


def asked(desk: Desk, unit: str = UNIT, wanted: int = 2, channel: str = "telegram", **vacancy: Any) -> Case:
    conversation, application = candidate(desk, unit, channel, **vacancy)
    consultant = desk.user(unit)
    with desk.work(unit) as uow:
        due = desk.now.date() + timedelta(days=10)
        request = references.ask(uow, application.id, wanted, due, user_id=consultant.id, now=desk.now)
    return Case(desk, unit, conversation, application, application.person_id, consultant, request.id)


def seeded(desk: Desk, database: Any, keys: Cipher, unit: str) -> None:
    """A unit that the desk does not begin with."""
    owner = make_engine(database.url("migrator"))
    seed(owner, cipher=keys, units=[unit], credentials=ACCOUNTS, gateway_url="http://gateway.test", approve_templates=True)
    owner.dispose()


def in_days(desk: Desk, days: int) -> date:
    return desk.now.date() + timedelta(days=days)
