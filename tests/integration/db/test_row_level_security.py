"""Each database role tries to read and write across units and divisions, in every table (R1).

A row of unit amigro stands in every table that has a unit; whoever works in another unit must find none of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import select, text

from contract.ids import new_id
from huntred.access.models import AuditEntry
from huntred.alike.models import VacancyMerge, VacancyPair, VacancyPrint
from huntred.api_clients import service as api_clients
from huntred.applications.models import Application, ApplicationMerge, ApplicationMove
from huntred.attention.models import VacancyAlert
from huntred.conversations import escalation, handoff, notes, resetting
from huntred.cv.models import CvFile
from huntred.db import policies
from huntred.db.base import Base
from huntred.disclosures.models import DisclosureAgreement
from huntred.exchange.models import ExchangeMapping, ImportedPerson, ImportedRow, PeopleImport
from huntred.fairness.models import FairnessAnswer
from huntred.families import service as families
from huntred.gains.models import Gain, Reward, RewardRequest
from huntred.importing.models import ImportJob, ImportMapping
from huntred.interviews import proposals
from huntred.interviews import service as interviews
from huntred.interviews.models import Room
from huntred.learning.models import LearningStep
from huntred.matching.models import ProfileVector, RankingVersion, RankingWeights, VacancyVector
from huntred.mentoring.models import Mentor, MentorSession
from huntred.notifications.service import schedule
from huntred.people import invitations
from huntred.people import service as people
from huntred.people.models import DuplicatePair, PersonMerge
from huntred.privacy import service as privacy
from huntred.push.models import PushDevice, PushMessage
from huntred.references.models import Referee, RefereeOptOut, ReferenceAnswer, ReferenceRequest
from huntred.shortlists.models import ShortlistEntry, ShortlistShare
from huntred.tracking import service as tracking
from huntred.units.models import Division
from huntred.vacancies.models import VacancyQuestion, VacancyRequirement
from huntred.webhooks import service as webhooks
from huntred.webhooks.service import SubscriptionForm
from tests.factories.desk import Desk, desk, keys
from tests.factories.letters import came, written
from tests.integration.backoffice.test_workbench import bench

__all__ = ["desk", "keys"]

UNIT_TABLES = sorted(table.name for table in Base.metadata.tables.values() if "unit" in table.c)
ROLES = ("gateway", "bot", "relay", "app")
# Who reads across units because it is that role's work, or because it is public.
READS_ALL = {
    ("gateway", "channel_accounts"), ("bot", "channel_accounts"), ("app", "channel_accounts"),
    ("gateway", "chats"), ("bot", "chats"), ("gateway", "conversations"), ("gateway", "inbox"), ("bot", "inbox"),
    ("gateway", "outbox"), ("gateway", "message_templates"), ("gateway", "media"), ("relay", "stored_events"),
    ("bot", "published_models"), ("bot", "workbench_jobs"),
}  # fmt: skip
# Written by triggers, looked up by functions; no role reads or writes them itself.
NOBODYS = {"search_entries", "search_keys"}
WRITES_ALL = {
    ("gateway", "chats"), ("bot", "chats"), ("gateway", "conversations"), ("gateway", "inbox"), ("bot", "inbox"),
    ("gateway", "outbox"), ("gateway", "media"), ("relay", "stored_events"),
    ("bot", "workbench_jobs"),
}  # fmt: skip


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """One row of amigro at least in every table that has a unit."""
    now = desk.now
    conversation, interviewer = desk.chat(), desk.user()
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=now)
        people.set_fields(uow, person.id, {"full_name": "Ana Ruiz", "email": "ana@example.com"}, now=now)
        privacy.accept_notice(uow, person.id, "whatsapp", now=now)
        invitations.invitation(uow, person.id, now=now)
        privacy.request_code(uow, conversation.id, "ana@example.com", now=now)
        waiting = handoff.request_handoff(uow, conversation.id, now=now)
        escalation.next_step(uow, waiting, escalation.Team(uow, "amigro", now=now), now=now)
        notes.write_note(uow, conversation.id, interviewer.id, f"@{desk.user().email.partition('@')[0]} ¿puedes?", now=now)
        profile = people.profile_of(uow, person.id)
    desk.add(Division(unit="amigro", code="norte", name="Norte"), AuditEntry(unit="amigro", action="a", object_type="o", object_id="1"))
    application = desk.application(conversation, profile, contact=True)
    desk.add(
        VacancyRequirement(unit="amigro", vacancy_id=application.vacancy_id, ord=1, name="soldadura"),
        VacancyQuestion(unit="amigro", vacancy_id=application.vacancy_id, ord=1, text="¿?", expected={"answer": True}),
        CvFile(
            unit="amigro", person_id=person.id, source="chat", sha256="", stored_name="", content_type="", size=1,
        ),
        VacancyVector(unit="amigro", vacancy_id=application.vacancy_id, model="m", content_hash="", vector=np.ones(3)),
        ProfileVector(unit="amigro", profile_id=profile.id, model="m", content_hash="", vector=np.ones(3)),
        ShortlistEntry(unit="amigro", vacancy_id=application.vacancy_id, profile_id=profile.id, ord=1),
        ShortlistShare(unit="amigro", vacancy_id=application.vacancy_id, expires_at=now),
        VacancyAlert(unit="amigro", vacancy_id=application.vacancy_id, kind="no_consultant"),
        LearningStep(unit="amigro", person_id=person.id, ord=1, skill="Excel", skill_key="excel"),
        MentorSession(
            unit="amigro", mentor=Mentor(unit="amigro", name="M", email="m@example.com"), person_id=person.id,
            starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=1), asked_at=now, answer_until=now,
        ),
        DisclosureAgreement(
            unit="amigro", vacancy_id=application.vacancy_id, person_id=person.id, side="client", granted=True, version="1",
            source="link", at=now,
        ),
        RefereeOptOut(unit="amigro", email_hash="x", at=now),
        RankingWeights(unit="amigro", weights={}, updated_at=now),
        RankingVersion(unit="amigro", origin="written", state="in_force", weights={}, made_at=now, in_force_at=now),
        FairnessAnswer(unit="amigro", person_id=person.id, answers_sealed="{}", given_at=now),
        ApplicationMove(unit="amigro", application_id=application.id, to_stage_id=application.stage_id, at=now),
    )
    asked_for = ReferenceRequest(
        id=new_id(), unit="amigro", application_id=application.id, person_id=person.id, wanted=1, due_at=now, asked_at=now,
    )
    referee = Referee(
        id=new_id(), unit="amigro", request_id=asked_for.id, ord=1, name="L", relation="boss", company="N", from_year=2019,
    )
    desk.add(asked_for)
    desk.add(referee)
    desk.add(ReferenceAnswer(unit="amigro", referee_id=referee.id, saved_at=now))
    other = desk.profile()
    file = PeopleImport(
        id=new_id(), unit="amigro", user_id=interviewer.id, file_name="a.csv", system="other", heads=[], told={},
        declaration="Declaro", declared_at=now,
    )  # fmt: skip
    desk.add(file)
    desk.add(
        ImportedRow(import_id=file.id, row=2, unit="amigro"),
        ImportedPerson(unit="amigro", person_id=person.id, system="other", import_id=file.id, imported_at=now),
    )
    one_of_two = PersonMerge(
        id=new_id(), unit="amigro", kept_person_id=person.id, kept_profile_id=profile.id,
        other_person_id=other.person_id, other_profile_id=new_id(), merged_at=now,
    )
    device = PushDevice(
        id=new_id(), user_id=interviewer.id, endpoint_hash="h", endpoint_sealed="e", p256dh_sealed="k", auth_sealed="a"
    )
    desk.add(one_of_two, device)
    desk.add(
        PushMessage(unit="amigro", device_id=device.id, source="s", source_id="1", payload={}, due=now, expires_at=now),
        DuplicatePair(unit="amigro", first_id=min(profile.id, other.id), second_id=max(profile.id, other.id), found_at=now),
        ApplicationMerge(id=new_id(), number=1, unit="amigro", into_id=application.id, merge_id=one_of_two.id),
    )
    first, second = sorted((application.vacancy_id, desk.application(conversation, profile).vacancy_id))
    desk.add(
        VacancyPrint(vacancy_id=first, unit="amigro"),
        VacancyPair(unit="amigro", first_id=first, second_id=second, found_at=now),
        VacancyMerge(unit="amigro", kept_id=first, other_id=second, merged_at=now),
    )
    came(desk, written("Hola"))
    desk.add(
        ImportMapping(unit="amigro", kind="vacancies", columns={}),
        ImportJob(unit="amigro", kind="vacancies", user_id=interviewer.id, file_name="a.csv", heads=[]),
        ExchangeMapping(unit="amigro", direction="in", kind="people", name="A", told={}),
    )
    [reward] = desk.rows(select(Reward).where(Reward.unit == "amigro").order_by(Reward.ord).limit(1))
    desk.add(
        Gain(unit="amigro", person_id=person.id, event="profile_completed", source_id=profile.id, points=100, at=now),
        RewardRequest(unit="amigro", person_id=person.id, reward_id=reward.id, name=reward.name, cost_points=100),
    )
    with desk.work() as uow:
        families.start(uow, person.id, "whatsapp", now=now)
        campaign = tracking.create(uow, tracking.CampaignForm("Volante", "web"), interviewer.id, now=now)
        tracking.count_click(uow, campaign, program=False, now=now)
        tracking.touch(uow, campaign.code, conversation.id, at=now)
        resetting.ask(uow, "amigro", interviewer.id, now=now)
    slot = desk.slot(interviewer, timedelta(days=1))
    desk.add(Room(unit="amigro", name="Sala Norte"))
    with desk.work() as uow:
        booked = interviews.book_slot(uow, slot.id, application.id, now=now)
        proposals.propose(uow, booked.id, slot.starts_at + timedelta(days=1), interviewer.id, on_holiday=True, now=now)
        hook, _ = webhooks.subscribe(uow, SubscriptionForm("https://example.com/", ["interview.booked"]), now=now)
        webhooks.send_test(uow, hook.id, now=now)
        schedule(uow, "demo:1", "one_time_code", {}, now, address="a@example.com", now=now)
    of = {"c": conversation.id, "h": conversation.chat_id, "m": new_id()}
    desk.execute(
        "INSERT INTO inbox (chat_id, conversation_id, unit, channel_account_id, channel, kind, vendor_id, payload)"
        " SELECT id, :c, unit, channel_account_id, channel, 'text', 'w-1', '{}' FROM chats WHERE id = :h", c=of["c"], h=of["h"],
    )  # fmt: skip
    desk.execute(
        "INSERT INTO media (id, unit, channel_account_id, channel, chat_id, inbox_id, kind, vendor_id)"
        " SELECT :m, unit, channel_account_id, channel, id, 1, 'image', 'f-1' FROM chats WHERE id = :h", m=new_id(), h=of["h"],
    )  # fmt: skip
    desk.execute(
        "INSERT INTO messages (id, unit, conversation_id, direction, author, kind, payload)"
        " VALUES (:m, 'amigro', :c, 'in', 'person', 'text', '{}')", m=of["m"], c=of["c"],
    )  # fmt: skip
    desk.execute(
        "INSERT INTO offered_options (conversation_id, option_id, unit, title, intent, entities, ord, turn_id, expires_at)"
        " VALUES (:c, 'x', 'amigro', 'X', 'affirm', '{}', 1, 1, now())", c=of["c"],
    )  # fmt: skip
    desk.execute(
        "INSERT INTO tracker_events (conversation_id, seq, unit, name, event) VALUES (:c, 1, 'amigro', 'slot', '{}')",
        c=of["c"],
    )
    for archive in ("inbox_archive", "outbox_archive"):
        desk.execute(f"INSERT INTO {archive} (id, unit, at, row) VALUES (1, 'amigro', now(), '{{}}')")
    desk.execute(
        "INSERT INTO tracker_events_archive (conversation_id, seq, unit, at, row) VALUES (:c, 1, 'amigro', now(), '{}')",
        c=of["c"],
    )
    desk.execute(
        "INSERT INTO erasures (id, unit, person_id, erased_at) VALUES (:m, 'amigro', :p, now())", m=new_id(), p=person.id
    )
    desk.execute("INSERT INTO published_models (unit, name, sha256) VALUES ('amigro', 'm.tar.gz', '')")
    bench(desk, "amigro", desk.user().id)
    desk.execute("INSERT INTO action_replies (key, unit, conversation_id, reply) VALUES ('1:1:a', 'amigro', :c, '{}')", c=of["c"])
    return desk


class As:
    """One role's connection, each statement in a transaction of its own scope that is rolled back."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def run(self, statement: sql.Composable | str, values: Any = None, **scope: str) -> psycopg.Cursor[Any]:
        with self.connection.transaction(force_rollback=True):
            for name, value in scope.items():
                self.connection.execute("SELECT set_config(%s, %s, true)", (f"app.{name}", value))
            return self.connection.execute(statement, values)  # type: ignore[arg-type]


@pytest.fixture
def as_role(database: Any) -> Iterator[dict[str, As]]:
    connections = {role: psycopg.connect(database.url(role)) for role in (*ROLES, "migrator")}
    yield {role: As(connection) for role, connection in connections.items()}
    for connection in connections.values():
        connection.close()


def _amigro(table: str) -> sql.Composable:
    return sql.SQL("SELECT count(*) FROM {} WHERE unit = 'amigro'").format(sql.Identifier(table))


def test_the_rows_to_be_tried_on_stand_in_every_table(filled: Desk, as_role: dict[str, As]) -> None:
    empty = [table for table in UNIT_TABLES if table != "grants" and as_role["migrator"].run(_amigro(table)).fetchone() == (0,)]
    assert empty == [], "a new table needs a row here, so that its policies are tried"


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reads_another_units_rows(filled: Desk, as_role: dict[str, As], role: str) -> None:
    seen = []
    for table in UNIT_TABLES:
        for scope in ({"units": "huntu"}, {}, {"units": ""}, {"units": "huntu,sexsi"}):
            try:
                (count,) = as_role[role].run(_amigro(table), **scope).fetchone()
            except errors.InsufficientPrivilege:
                continue
            if count:
                seen.append((role, table))
    assert set(seen) == {pair for pair in READS_ALL if pair[0] == role}


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_or_removes_another_units_rows(filled: Desk, as_role: dict[str, As], role: str) -> None:
    done = []
    for table in UNIT_TABLES:
        column = {"conversations": "last_inbound_at", "stored_events": "error"}.get(table, "unit")
        for statement in (
            sql.SQL("UPDATE {t} SET {c} = {c} WHERE unit = 'amigro'"),
            sql.SQL("DELETE FROM {t} WHERE unit = 'amigro'"),
        ):
            try:
                changed = as_role[role].run(
                    statement.format(t=sql.Identifier(table), c=sql.Identifier(column)), units="huntu"
                )
            except errors.InsufficientPrivilege:
                continue
            if changed.rowcount:
                done.append((role, table))
    assert set(done) == {pair for pair in WRITES_ALL if pair[0] == role}


def test_the_app_puts_no_row_into_another_unit(filled: Desk, as_role: dict[str, As]) -> None:
    """The same row again: the policy refuses it from outside; from inside only the key does."""
    for table in UNIT_TABLES:
        row = as_role["migrator"].run(
            sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE unit = 'amigro' LIMIT 1").format(sql.Identifier(table))
        ).fetchone()
        if row is None:
            continue
        insert = sql.SQL("INSERT INTO {t} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::{t}, %s)")
        values = (json.dumps(row[0]),)
        with pytest.raises(errors.InsufficientPrivilege):
            as_role["app"].run(insert.format(t=sql.Identifier(table)), values, units="huntu")
        if table in NOBODYS or table in {"offered_options", "tracker_events", "divisions", "channel_accounts", "grants", "published_models", "media", "ranking_weights", "ranking_versions", "fairness_answers", "gain_rules", "gain_levels", "rewards", "intake_mails"} or "_archive" in table:
            continue  # not the app's to write, or the super administrator's
        with pytest.raises((errors.UniqueViolation, errors.CheckViolation)):
            as_role["app"].run(insert.format(t=sql.Identifier(table)), values, units="amigro")


def test_inside_ones_unit_the_app_sees_all_of_it(filled: Desk, as_role: dict[str, As]) -> None:
    for table in UNIT_TABLES:
        if table in {"grants", "channel_accounts", "fairness_answers"} or table in NOBODYS:
            continue
        assert as_role["app"].run(_amigro(table), units="amigro").fetchone() != (0,), table


def test_what_people_said_for_statistics_is_seen_through_its_one_door_only(filled: Desk, as_role: dict[str, As]) -> None:
    """And the door opens the own unit's alone; that somebody took part is hidden in the ledger likewise."""
    filled.execute(
        "INSERT INTO consents (id, unit, person_id, channel, purpose, granted, at)"
        " SELECT :id, unit, person_id, 'web', 'fairness_statistics', true, now() FROM fairness_answers", id=new_id(),
    )  # fmt: skip
    consents = "SELECT count(*) FROM consents WHERE purpose = 'fairness_statistics'"
    app = as_role["app"]
    for scope in ({"units": "amigro"}, {"units": "amigro", "all_units": "on", "login": "on"}, {"units": "huntu", "fairness": "on"}):
        assert app.run(_amigro("fairness_answers"), **scope).fetchone() == (0,)
        assert app.run(consents, **scope).fetchone() == (0,)
        with pytest.raises(errors.InsufficientPrivilege):
            app.run(
                "INSERT INTO consents (id, unit, person_id, channel, purpose, granted, at)"
                " SELECT %s, 'amigro', id, 'web', 'fairness_statistics', true, now() FROM people LIMIT 1", (new_id(),), **scope,
            )  # fmt: skip
    for query in (_amigro("fairness_answers"), consents):
        assert app.run(query, units="amigro", fairness="on").fetchone() == (1,)
    for role in ("gateway", "bot", "relay"):
        with pytest.raises(errors.InsufficientPrivilege):
            as_role[role].run(_amigro("fairness_answers"), units="amigro", fairness="on")


@pytest.mark.parametrize("table", sorted(NOBODYS))
@pytest.mark.parametrize("role", ROLES)
def test_what_the_search_keeps_is_read_by_nobody(filled: Desk, as_role: dict[str, As], role: str, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_role[role].run(_amigro(table), units="amigro")


@pytest.mark.parametrize(
    ("role", "tables"),
    [
        ("gateway", ("unit_profiles", "identities", "consents", "applications", "tracker_events", "users", "referrals")),
        ("bot", ("unit_profiles", "consents", "applications", "users", "message_templates", "channel_apps")),
        ("relay", tuple(sorted(set(Base.metadata.tables) - {"stored_events", "units"}))),
    ],
)
def test_what_is_not_a_roles_business_it_may_not_even_ask_for(
    filled: Desk, as_role: dict[str, As], role: str, tables: tuple[str, ...]
) -> None:
    for table in tables:
        with pytest.raises(errors.InsufficientPrivilege):
            as_role[role].run(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(table)), units="amigro", all_units="on")


def test_secrets_are_write_only_and_ledgers_only_grow(filled: Desk, as_role: dict[str, As]) -> None:
    everything = {"units": "amigro", "all_units": "on"}
    for statement in (
        "SELECT secrets FROM channel_accounts", "SELECT secrets FROM channel_apps",
        "UPDATE consents SET granted = true", "DELETE FROM consents",
        "UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries",
        "UPDATE application_moves SET reason = 'x'", "DELETE FROM application_moves",
    ):  # fmt: skip
        with pytest.raises(errors.InsufficientPrivilege):
            as_role["app"].run(statement, **everything)
    with pytest.raises(errors.InsufficientPrivilege):
        as_role["relay"].run("UPDATE stored_events SET handled_at = now()")


def test_only_an_application_that_a_file_brought_is_taken_back(filled: Desk, as_role: dict[str, As]) -> None:
    [application, *_] = filled.rows(select(Application.id).order_by(Application.id))

    def is_there_after_taking_back(unit: str = "amigro", **scope: Any) -> bool:
        with filled.work(unit, **scope) as uow:
            uow.session.execute(text("SELECT app_take_back_application(:id)"), {"id": application})
        return application in filled.rows(select(Application.id))

    assert is_there_after_taking_back(), "it came by a chat"
    filled.execute("UPDATE applications SET source = 'import', version = 1")
    assert is_there_after_taking_back(), "somebody has moved it"
    filled.execute("UPDATE applications SET version = 0")
    assert is_there_after_taking_back("huntu") and is_there_after_taking_back(divisions=(new_id(),))
    with pytest.raises(errors.InsufficientPrivilege):
        as_role["bot"].run("SELECT app_take_back_application(%s)", (application,), units="amigro")


def test_a_division_sees_its_own_and_nothing_beside(filled: Desk, as_role: dict[str, As]) -> None:
    """Vacancies, their applications and interviews, and who applied: nothing of the rest of the unit."""
    norte, sur = Division(id=new_id(), unit="amigro", code="n", name="N"), Division(id=new_id(), unit="amigro", code="s", name="S")
    filled.add(norte, sur)
    made: dict[UUID, UUID] = {}
    for division in (norte, sur):
        conversation = filled.chat()
        with filled.work() as uow:
            person = people.person_of(uow, conversation.id, now=filled.now)
            profile = people.profile_of(uow, person.id)
        application = filled.application(conversation, profile, division_id=division.id)
        filled.execute("INSERT INTO messages (id, unit, conversation_id, direction, author, kind, payload) VALUES"
                       " (:m, 'amigro', :c, 'in', 'person', 'text', '{}')", m=new_id(), c=conversation.id)  # fmt: skip
        slot = filled.slot(filled.user(), timedelta(days=2), division_id=division.id)
        with filled.work() as uow:
            interviews.book_slot(uow, slot.id, application.id, now=filled.now)
            handoff.request_handoff(uow, conversation.id, now=filled.now)
        made[division.id] = conversation.id
    scope = {"units": "amigro", "divisions": str(norte.id)}
    app = as_role["app"]
    for table in ("vacancies", "applications", "interview_slots", "interviews", "unit_profiles", "conversations", "messages", "handoffs"):
        assert app.run(_amigro(table), **scope).fetchone() == (1,), table
    assert app.run("SELECT id FROM conversations", **scope).fetchone() == (made[norte.id],)
    for table in ("vacancies", "applications", "interviews", "interview_slots"):
        with pytest.raises(errors.InsufficientPrivilege):
            app.run(sql.SQL("UPDATE {} SET division_id = %s").format(sql.Identifier(table)), (sur.id,), **scope)
        with pytest.raises(errors.InsufficientPrivilege):
            app.run(sql.SQL("UPDATE {} SET division_id = NULL").format(sql.Identifier(table)), **scope)


def test_a_program_is_kept_by_who_runs_all_of_its_units(filled: Desk, as_role: dict[str, As]) -> None:
    with filled.work(units=("amigro", "huntu")) as uow:
        client, _ = api_clients.create_client(
            uow, "Nómina", ["amigro", "huntu"], ["people:read"], filled.user().id, now=filled.now
        )
        api_clients.issue(uow, client, now=filled.now)
    for table in ("api_clients", "api_tokens"):
        seen = {
            name: as_role["app"].run(f"SELECT count(*) FROM {table}", **scope).fetchone()[0] > 0
            for name, scope in {
                "both": {"units": "amigro,huntu"}, "login": {"login": "on"}, "one": {"units": "amigro"}, "none": {},
                "division": {"units": "amigro,huntu", "divisions": str(new_id())},
            }.items()
        }  # fmt: skip
        assert seen == {"both": True, "login": True, "one": False, "none": False, "division": False}, table
        for role in ("gateway", "bot", "relay"):
            with pytest.raises(errors.InsufficientPrivilege):
                as_role[role].run(f"SELECT 1 FROM {table}", units="amigro,huntu", login="on", all_units="on")
    with pytest.raises(errors.InsufficientPrivilege):
        as_role["app"].run(
            "INSERT INTO api_clients (id, name, units, scopes, secret_hash) VALUES (%s, '', '{amigro,huntu}', '{}', '')",
            (new_id(),), units="amigro",
        )


def test_no_role_is_above_the_policies_and_no_table_without_one(database: Any) -> None:
    with psycopg.connect(database.admin_url) as admin:
        above = admin.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'huntred%' AND (rolsuper OR rolbypassrls OR rolcreaterole)"
        ).fetchall()
        assert above == []
        assert _unguarded(admin) == []
        assert sorted(policies.RULES) == sorted(Base.metadata.tables), "every table has its rule in huntred/db/policies.py"
        admin.execute("CREATE TABLE forgotten (id int)")
        assert _unguarded(admin) == ["forgotten"], "the check itself works"
        admin.rollback()


def _unguarded(admin: psycopg.Connection[Any]) -> list[str]:
    rows = admin.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND relname <> 'alembic_version' AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    return [row[0] for row in rows]
