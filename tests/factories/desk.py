"""A seeded platform with people who write: real units, stages, templates and accounts, chats and conversations.

    desk.chat(unit="amigro", channel="whatsapp")   a chat and its conversation, as the gateway and the turn make them
    desk.work(unit)                                 a unit of work as the app
    desk.sent(channel)                              what stands in the outbox
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from contract.encryption import Cipher
from contract.ids import new_id
from contract.message import Message
from huntred.access.models import Grant, User
from huntred.applications.models import Application, Stage
from huntred.companies.models import Company, Contact
from huntred.conversations.models import ChannelAccount, Chat, Conversation, InboxRow, OutboxRow
from huntred.db import all_models  # noqa: F401  # every mapping is known before the first query
from huntred.db.base import KeyRing
from huntred.db.session import Scope, make_engine
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.interviews.models import InterviewSlot
from huntred.people.models import Person, UnitProfile
from huntred.privacy.links import Links
from huntred.units.seed import seed
from huntred.vacancies.models import Vacancy

ACCOUNTS = Path(__file__).parent.parent / "standins" / "accounts.json"
KEYS = {"test": b"k" * 32}
_numbers = itertools.count(1)


@dataclass
class Desk:
    """Rows are written as the superuser; what is tested runs as the app, in one unit's scope."""

    admin: Engine
    app: Engine
    now: datetime
    links: Links = field(
        default_factory=lambda: Links("a secret of the tests", "http://office.test", "http://gateway.test")
    )

    def work(self, unit: str = "amigro", **scope: Any) -> AbstractContextManager[UnitOfWork]:
        return unit_of_work(self.app, Scope(**({"units": (unit,)} | scope)))

    def add(self, *rows: Any) -> None:
        with Session(self.admin, expire_on_commit=False) as session:
            session.add_all(rows)
            session.commit()

    def rows(self, query: Any) -> list[Any]:
        with Session(self.admin, expire_on_commit=False) as session:
            return list(session.scalars(query))

    def one(self, kind: type[Any], id_: Any) -> Any:
        with Session(self.admin, expire_on_commit=False) as session:
            return session.get_one(kind, id_)

    def chat(
        self, unit: str = "amigro", channel: str = "whatsapp", *, user_id: str = "", phone: str | None = None
    ) -> Conversation:
        """A chat that somebody opened, with its conversation."""
        with Session(self.admin, expire_on_commit=False) as session:
            account = session.scalars(
                select(ChannelAccount).where(ChannelAccount.unit == unit, ChannelAccount.channel == channel)
            ).one()
            number = next(_numbers)
            user = user_id or f"52155{number:08d}"
            chat = Chat(
                id=new_id(), channel_account_id=account.id, channel=channel, user_id=user, unit=unit,
                phone=phone if phone is not None else (user if channel == "whatsapp" else None),
                last_inbound_at=self.now,
            )  # fmt: skip
            session.add(chat)
            session.flush()
            conversation = Conversation(
                id=new_id(), unit=unit, chat_id=chat.id, channel=channel, last_inbound_at=self.now
            )
            session.add(conversation)
            session.flush()
            chat.conversation_id = conversation.id
            session.commit()
            return conversation

    def user(self, unit: str | None = "amigro", role: str = "consultant", **values: Any) -> User:
        number = next(_numbers)
        user = User(
            **(
                {
                    "email": f"consultoria{number}@example.com", "name": f"Consultora {number}",
                    "phone": "+525555550100", "fs_uniquifier": f"user-{number}",
                } | values
            ),
            grants=[Grant(role=role, unit=unit, division_id=values.pop("division_id", None))],
        )  # fmt: skip
        self.add(user)
        return user

    def application(
        self, conversation: Conversation, profile: UnitProfile, *, contact: bool = False, **vacancy: Any
    ) -> Application:
        """An application of that person to a new vacancy of that unit."""
        unit = conversation.unit
        company = Company(id=new_id(), unit=unit, name="Industrias del Norte")
        client = Contact(
            id=new_id(), unit=unit, company_id=company.id, name="Laura Méndez", email="laura@example.com",
            phone="+525555550134",
        )  # fmt: skip
        position = Vacancy(
            id=new_id(), unit=unit, company_id=company.id, contact_id=client.id if contact else None,
            **({"title": "Soldadura industrial", "state": "open", "city": "Saltillo"} | vacancy),
        )  # fmt: skip
        stage = self.rows(select(Stage.id).where(Stage.unit == unit, Stage.kind == "new"))[0]
        application = Application(
            id=new_id(), unit=unit, vacancy_id=position.id, person_id=profile.person_id, profile_id=profile.id,
            conversation_id=conversation.id, stage_id=stage, division_id=position.division_id,
        )  # fmt: skip
        self.add(company)
        self.add(client)
        self.add(position)
        self.add(application)
        return application

    def slot(self, interviewer: User, starts_in: timedelta, **values: Any) -> InterviewSlot:
        starts_at = self.now + starts_in
        slot = InterviewSlot(
            unit=values.pop("unit", "amigro"), interviewer_id=interviewer.id, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=45), **({"address": "Av. Juárez 120, Saltillo"} | values),
        )  # fmt: skip
        self.add(slot)
        return slot

    def profile(self, unit: str = "amigro", **values: Any) -> UnitProfile:
        """A person's profile without a conversation."""
        person = Person(id=new_id())
        self.add(person)
        profile = UnitProfile(
            unit=unit, person_id=person.id,
            **({"first_name": "Ana", "last_name": "Núñez", "email": f"ana{next(_numbers)}@example.com"} | values),
        )  # fmt: skip
        self.add(profile)
        return profile

    def inbox(self, chat_id: UUID) -> list[InboxRow]:
        return self.rows(select(InboxRow).where(InboxRow.chat_id == chat_id).order_by(InboxRow.id))

    def outbox(self, channel: str = "") -> list[OutboxRow]:
        query = select(OutboxRow).order_by(OutboxRow.id)
        return self.rows(query.where(OutboxRow.channel == channel) if channel else query)

    def sent(self, channel: str) -> list[tuple[str, Message]]:
        """(address, message) of the outbox, in order."""
        return [(row.address, Message.from_json(row.payload)) for row in self.outbox(channel)]

    def execute(self, statement: str, **values: Any) -> None:
        with self.admin.begin() as connection:
            connection.execute(text(statement), values)


@pytest.fixture
def keys() -> Iterator[Cipher]:
    """This process's keys, as the wiring would put them in."""
    cipher = Cipher(KEYS)
    KeyRing.cipher, KeyRing.lookup_key = cipher, b"l" * 32
    yield cipher
    KeyRing.cipher, KeyRing.lookup_key = None, None


@pytest.fixture
def desk(database: Any, now: datetime, keys: Cipher) -> Iterator[Desk]:
    if not database.put_back("desk"):
        owner = make_engine(database.url("migrator"))
        seed(
            owner, cipher=keys, units=["amigro", "huntu", "huntred_executive", "huntred_solutions", "sexsi"], credentials=ACCOUNTS,
            gateway_url="http://gateway.test", approve_templates=True,
        )  # fmt: skip
        owner.dispose()
        database.keep("desk")
    admin = create_engine(database.admin_url.replace("postgresql://", "postgresql+psycopg://", 1))
    app = make_engine(database.url("app"))
    yield Desk(admin, app, now)
    admin.dispose()
    app.dispose()
