"""What the parts of the demo hand to each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from runtime.demo.content import Content, Job
from runtime.demo.lines import Line


@dataclass(frozen=True)
class MadeVacancy:
    id: UUID
    unit: str
    job: Job
    company: str
    title: str
    city: str
    region: str
    latitude: float
    longitude: float
    division_id: UUID | None
    state: str
    published_at: datetime | None
    pay_text: str
    questions: tuple[dict[str, Any], ...]
    confidential: bool


@dataclass(frozen=True)
class MadePerson:
    id: UUID
    profile_id: UUID
    unit: str
    job: Job
    first_name: str
    full_name: str
    headline: str
    phone: str
    city: str
    region: str
    latitude: float
    longitude: float
    since: datetime


@dataclass(frozen=True)
class MadeApplication:
    id: UUID
    unit: str
    vacancy: MadeVacancy
    person: MadePerson
    stage: str
    moved_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class MadeConversation:
    """handoff: how one ended, or what it is now; empty: none. said: line, text, time and message, in their order."""

    id: UUID
    unit: str
    application: MadeApplication
    handling: str
    handoff: str
    said: tuple[tuple[Line, str, datetime, UUID], ...]


@dataclass
class Demo:
    """Rows by table, and what was made so far. units: those with vacancies. seeded: all that the database has.

    accounts: of each unit with the channel, the one that most people use first. numbers: of vacancies and
    applications, as the database gave them. twins: who stands there a second time. privacy: the version of each
    unit's notice. colleagues: unit → user → name.
    """

    content: Content
    now: datetime
    units: tuple[str, ...]
    seeded: frozenset[str]
    stages: dict[tuple[str, str], UUID]
    accounts: dict[str, list[tuple[UUID, str]]]
    divisions: dict[tuple[str, str], UUID] = field(default_factory=dict)
    users: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    vacancies: list[MadeVacancy] = field(default_factory=list)
    people: list[MadePerson] = field(default_factory=list)
    applications: list[MadeApplication] = field(default_factory=list)
    interview_at: dict[UUID, datetime] = field(default_factory=dict)
    conversations: list[MadeConversation] = field(default_factory=list)
    twins: set[UUID] = field(default_factory=set)
    numbers: dict[UUID, int] = field(default_factory=dict)
    privacy: dict[str, str] = field(default_factory=dict)
    colleagues: dict[str, dict[UUID, str]] = field(default_factory=lambda: defaultdict(dict))
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def channel_of(self, unit: str) -> str:
        """Return by which channel most people write to a unit."""
        return self.accounts[unit][0][1] if self.accounts.get(unit) else "web"

    def add(self, table: str, **values: Any) -> None:
        self.rows[table].append(values)
