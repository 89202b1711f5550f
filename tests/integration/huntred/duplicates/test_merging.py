"""Two people become one, and two again: nothing is lost on the way, whoever else is at work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text

from contract.ids import new_id
from huntred.applications import service as applications
from huntred.applications.models import Application, ApplicationMerge, ApplicationMove, Stage
from huntred.conversations.models import Conversation
from huntred.cv.models import CvFile
from huntred.db.base import Base
from huntred.disclosures.models import DisclosureAgreement
from huntred.duplicates import finding, hanging, undoing
from huntred.duplicates.errors import ChangedMeanwhile, InterviewsCollide, LaterMergeFirst, NotUndoable
from huntred.duplicates.merging import merge
from huntred.duplicates.pairing import stamp
from huntred.duplicates.rules import GROUPS
from huntred.duplicates.sealing import undoable_until
from huntred.errors import NotFound
from huntred.exchange.models import ImportedPerson, PeopleImport
from huntred.fairness import service as fairness
from huntred.fairness.models import FairnessAnswer
from huntred.families.models import Family, FamilyMember
from huntred.gains.models import Gain, Reward, RewardRequest
from huntred.interviews.models import Interview
from huntred.learning.models import LearningStep
from huntred.mentoring.models import Mentor, MentorSession
from huntred.people import service as people
from huntred.people.models import Consent, DuplicatePair, PersonIdentity, PersonMerge, Referral, UnitProfile
from huntred.people.private import set_private
from huntred.privacy import retention
from huntred.privacy import service as privacy
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import as_json, export_person
from huntred.privacy.models import Erasure
from huntred.references.models import ReferenceRequest
from huntred.shortlists.models import ShortlistEntry
from tests.factories.desk import Desk

CURP = "HEGG560427MVZRRL04"


def written(desk: Desk, channel: str, **fields: str) -> tuple[Conversation, UnitProfile]:
    """Somebody who wrote on a channel and told this."""
    conversation = desk.chat(channel=channel)
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        people.set_fields(uow, person.id, {"first_name": "Lucía", "last_name": "Robles"} | fields, now=desk.now)
        privacy.accept_notice(uow, person.id, channel, now=desk.now)
        profile_id = people.profile_of(uow, person.id).id
    return conversation, desk.one(UnitProfile, profile_id)


def merged(desk: Desk, kept: UnitProfile, other: UnitProfile, **choices: Any) -> PersonMerge:
    with desk.work() as uow:
        return merge(uow, kept.id, other.id, choices, user_id=None, now=desk.now)


def everything(desk: Desk) -> dict[str, list[Any]]:
    """All rows of the tables that a merge touches, except what is only ever added to."""
    tables = (
        "unit_profiles", "identities", "conversations", "applications", "application_moves", "interviews", "cvs",
        "referrals", "shortlist_entries", "application_merges", "people", "gains", "reward_requests", "learning_steps",
        "mentor_sessions", "disclosure_agreements", "family_members", "reference_requests",
        "mentor_sessions", "disclosure_agreements", "family_members", "imported_people",
    )
    found: dict[str, list[Any]] = {}
    with desk.admin.connect() as connection:
        for table in tables:
            rows = connection.execute(text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")).scalars()
            found[table] = [
                {key: value for key, value in row.items()
                 if key not in {"updated_at", "compared_at"} and not key.endswith("_sealed")}
                for row in rows
            ]  # fmt: skip
    return found


def stage(desk: Desk, kind: str) -> Any:
    return desk.rows(select(Stage.id).where(Stage.unit == "amigro", Stage.kind == kind))[0]


def rich(desk: Desk) -> tuple[tuple[Conversation, UnitProfile], tuple[Conversation, UnitProfile], dict[str, Any]]:
    """Two who are one, each with one of everything, and both in one vacancy and on one shortlist."""
    first = written(desk, "whatsapp", email="lucia@example.com", city="Puebla", skills="caja")
    second = written(desk, "telegram", email="lrobles@example.com", skills="inventarios, Caja", headline="Cajera")
    with desk.work() as uow:
        set_private(uow, second[1].person_id, now=desk.now, curp=CURP)
        friend = people.register(uow, {"first_name": "Olga", "last_name": "Paz"}, now=desk.now)
    mine = desk.application(*first)
    shared = Application(
        id=new_id(), unit="amigro", vacancy_id=mine.vacancy_id, person_id=second[1].person_id,
        profile_id=second[1].id, conversation_id=second[0].id, stage_id=stage(desk, "interview"),
        answers=[{"question": "¿Turno nocturno?", "answer": True, "passed": True}],
    )  # fmt: skip
    alone = desk.application(*second, title="Almacén")
    user = desk.user()
    slot = desk.slot(user, timedelta(days=1))
    desk.add(shared)
    move = ApplicationMove(
        id=new_id(), unit="amigro", application_id=mine.id, to_stage_id=stage(desk, "new"), at=desk.now
    )
    interview = Interview(
        id=new_id(), unit="amigro", slot_id=slot.id, application_id=shared.id, interviewer_id=user.id,
        booked_at=desk.now,
    )  # fmt: skip
    cv = CvFile(
        id=new_id(), unit="amigro", person_id=second[1].person_id, source="upload", sha256="0", stored_name="0",
        content_type="text/plain", size=1,
    )  # fmt: skip
    invitation = Referral(
        id=new_id(), unit="amigro", code="INV-AAAA0001", inviter_id=second[1].person_id, invited_id=friend.person_id
    )
    entries = [
        ShortlistEntry(id=new_id(), unit="amigro", vacancy_id=mine.vacancy_id, profile_id=profile.id, ord=n, note=note)
        for n, (profile, note) in enumerate(((first[1], "puntual"), (second[1], "sabe inventarios")), 1)
    ]
    desk.add(move, interview, cv, invitation, *entries)
    for one in (mine, shared, alone):
        desk.add(
            ReferenceRequest(
                id=new_id(), unit="amigro", application_id=one.id, person_id=one.person_id, wanted=2, state="asked",
                due_at=desk.now + timedelta(days=9), asked_at=desk.now,
            )
        )  # fmt: skip
    _habits(desk, first[1], second[1], mine.vacancy_id)
    things = {"mine": mine, "shared": shared, "alone": alone, "interview": interview, "cv": cv, "move": move,
              "invitation": invitation}  # fmt: skip
    return first, second, things


def _habits(desk: Desk, first: UnitProfile, second: UnitProfile, vacancy_id: Any) -> None:
    """Points, rewards, steps, sessions, families and words given: of most kinds both have one that may be there once."""
    [reward] = desk.rows(select(Reward).where(Reward.unit == "amigro").order_by(Reward.ord).limit(1))
    mentor = Mentor(id=new_id(), unit="amigro", name="Rosa", email="rosa@example.com")
    families = [Family(id=new_id(), unit="amigro", code=f"INV-AAAA001{n}") for n in range(2)]
    file = PeopleImport(
        id=new_id(), unit="amigro", user_id=desk.user().id, file_name="a.csv", system="lever", heads=[], told={},
        declaration="Declaro", declared_at=desk.now,
    )  # fmt: skip
    desk.add(mentor, file, *families)
    for n, profile in enumerate((first, second)):
        person_id, at = profile.person_id, desk.now + timedelta(days=3 + n)
        desk.add(
            Gain(unit="amigro", person_id=person_id, event="profile_completed", source_id=profile.id, points=50, at=desk.now),
            Gain(unit="amigro", person_id=person_id, event="interview_attended", source_id=new_id(), points=30, at=desk.now),
            RewardRequest(
                unit="amigro", person_id=person_id, reward_id=reward.id, name=reward.name, cost_points=10,
                asked_at=desk.now,
            ),
            LearningStep(
                unit="amigro", person_id=person_id, ord=1, skill="Excel", skill_key="excel", created_at=desk.now,
                state=("open", "done")[n],
            ),
            FamilyMember(unit="amigro", family_id=families[n].id, person_id=person_id, joined_at=desk.now),
            MentorSession(
                unit="amigro", mentor_id=mentor.id, person_id=person_id, starts_at=at, ends_at=at + timedelta(hours=1),
                asked_at=desk.now, answer_until=desk.now + timedelta(days=2),
            ),
            DisclosureAgreement(
                unit="amigro", vacancy_id=vacancy_id, person_id=person_id, side="candidate", granted=True, version="1",
                source="chat", at=desk.now,
            ),
            ImportedPerson(
                unit="amigro", person_id=person_id, system="lever", external_id=str(n), import_id=file.id,
                imported_at=desk.now,
            ),
        )  # fmt: skip


def test_everything_of_the_other_hangs_on_the_one_who_is_left(desk: Desk) -> None:
    (_chat_a, kept), (_chat_b, other), of = rich(desk)

    row = merged(desk, kept, other, email="other", skills="both")

    assert desk.rows(select(UnitProfile.id).where(UnitProfile.id == other.id)) == []
    with desk.work() as uow:
        profile = people.profile_of(uow, kept.person_id)
        assert (profile.email, profile.city, profile.headline) == ("lrobles@example.com", "Puebla", "Cajera")
        assert profile.skills == ["caja", "inventarios"]
        assert (profile.curp_sealed, profile.birth_date_sealed) == (CURP, "1956-04-27")
        assert people.profile_of(uow, other.person_id).id == kept.id, "the old id still leads somewhere"
        assert applications.get(uow, of["mine"].id).id == of["shared"].id
        assert applications.get_by_number(uow, of["mine"].number, kept.person_id).id == of["shared"].id
    for model in (PersonIdentity, Conversation, CvFile, ReferenceRequest):
        owners = desk.rows(select(model.person_id).where(model.unit == "amigro"))
        assert other.person_id not in owners and kept.person_id in owners, model
    left = desk.rows(select(Application).where(Application.person_id == kept.person_id))
    assert {one.id for one in left} == {of["shared"].id, of["alone"].id}, "the one that is further along stays"
    assert {one.profile_id for one in left} == {kept.id}
    asked = desk.rows(select(ReferenceRequest.application_id))
    assert sorted(asked, key=str) == sorted([of["shared"].id] * 2 + [of["alone"].id], key=str)
    assert desk.one(ApplicationMove, of["move"].id).application_id == of["shared"].id
    assert desk.one(Interview, of["interview"].id).application_id == of["shared"].id
    assert desk.one(Referral, of["invitation"].id).inviter_id == kept.person_id
    for model, left_of_it in ((Gain, 3), (RewardRequest, 1), (FamilyMember, 1), (MentorSession, 2), (DisclosureAgreement, 2)):
        assert desk.rows(select(model.person_id)) == [kept.person_id] * left_of_it, model
    (step,) = desk.rows(select(LearningStep))
    assert (step.person_id, step.state) == (kept.person_id, "done"), "what was done stays done"
    (entry,) = desk.rows(select(ShortlistEntry))
    assert (entry.profile_id, entry.note) == (kept.id, "puntual\nsabe inventarios")
    assert CURP not in str(desk.rows(text("SELECT undo_sealed FROM person_merges"))), "sealed at rest"
    assert row.undone_at is None


def test_undone_everything_is_as_it_was(desk: Desk) -> None:
    (_, kept), (_, other), _ = rich(desk)
    before = everything(desk)
    row = merged(desk, kept, other, email="other", skills="both", city="other")
    assert everything(desk) != before

    with desk.work() as uow:
        undoing.undo(uow, row.id, user_id=None, now=desk.now + timedelta(days=29))

    assert everything(desk) == before
    with desk.work() as uow:
        assert people.profile_of(uow, other.person_id).curp_sealed == CURP
        assert people.profile_of(uow, kept.person_id).curp_sealed is None
    with desk.work() as uow:
        (found,) = finding.candidates(uow, uow.session.get_one(UnitProfile, kept.id)) or [None]
        assert found is None or found.state == "different", "who was taken apart is not offered again"


def test_two_sessions_at_one_time_are_cancelled_by_a_person_first(desk: Desk) -> None:
    (_, kept), (_, other), _ = rich(desk)
    at = desk.now + timedelta(days=3)
    mentor = Mentor(id=new_id(), unit="amigro", name="Iván", email="ivan@example.com")
    desk.add(mentor)
    desk.add(
        MentorSession(
            unit="amigro", mentor_id=mentor.id, person_id=other.person_id, starts_at=at, ends_at=at + timedelta(hours=1),
            asked_at=desk.now, answer_until=at,
        )
    )  # fmt: skip
    before = everything(desk)
    with pytest.raises(InterviewsCollide):
        merged(desk, kept, other)
    assert everything(desk) == before


def test_what_came_since_stays_where_it_belongs(desk: Desk) -> None:
    (chat_a, kept), (chat_b, other), _of = rich(desk)
    row = merged(desk, kept, other, email="other")
    later = desk.now + timedelta(days=2)
    with desk.work() as uow:
        # The bot goes on in the chat that was the other's.
        assert people.person_of(uow, chat_b.id, now=later).id == kept.person_id
        people.set_field(uow, kept.person_id, "email", "nueva@example.com", now=later)
    position = desk.application(chat_a, kept, title="Mostrador").vacancy_id
    desk.execute("DELETE FROM applications WHERE vacancy_id = :id", id=position)
    with desk.work() as uow:
        people.set_field(uow, kept.person_id, "city", "Puebla", now=later)
        made = applications.apply(uow, position, kept.person_id, [], chat_b.id, now=later)

    with desk.work() as uow:
        undoing.undo(uow, row.id, user_id=None, now=later + timedelta(days=1))

    with desk.work() as uow:
        assert people.profile_of(uow, kept.person_id).email == "nueva@example.com", "told since: not taken back"
        assert people.profile_of(uow, other.person_id).email == "lrobles@example.com"
    assert desk.one(Application, made.id).profile_id == other.id, "applied in the other's chat"


def test_a_chat_that_was_open_meets_the_one_who_is_left(desk: Desk) -> None:
    _chat_a, kept = written(desk, "whatsapp")
    chat_b, other = written(desk, "telegram")
    version = desk.one(Conversation, chat_b.id).version
    merged(desk, kept, other)

    assert desk.one(Conversation, chat_b.id).version == version, "the turn that runs is not refused"
    # As the bot opens one from the chat, which is the group's and knows the bare person.
    desk.execute("UPDATE conversations SET person_id = :id WHERE id = :chat", id=other.person_id, chat=chat_b.id)
    with desk.work() as uow:
        assert people.person_of(uow, chat_b.id, now=desk.now).id == kept.person_id
        people.set_field(uow, other.person_id, "city", "Toluca", now=desk.now)
    assert desk.one(Conversation, chat_b.id).person_id == kept.person_id
    assert desk.one(UnitProfile, kept.id).city.startswith("Toluca")
    assert len(desk.rows(select(UnitProfile).where(UnitProfile.unit == "amigro"))) == 1


@pytest.mark.parametrize("who_refused", ["kept", "other"])
def test_the_strictest_opt_out_wins_and_opens_again_with_the_undo(desk: Desk, who_refused: str) -> None:
    pairs = [written(desk, "whatsapp"), written(desk, "whatsapp")]
    refusing = pairs[0 if who_refused == "kept" else 1]
    agreeing = pairs[1 if who_refused == "kept" else 0]
    with desk.work() as uow:
        privacy.opt_out(uow, refusing[0].id, now=desk.now)
    with desk.work() as uow:
        privacy.opt_in(uow, agreeing[0].id, now=desk.now + timedelta(hours=1))

    row = merged(desk, pairs[0][1], pairs[1][1])

    with desk.work() as uow:
        for conversation, _ in pairs:
            here = uow.session.get_one(Conversation, conversation.id)
            assert not privacy.may_write_first(uow, here), "one of the two said BAJA"
            assert not privacy.may_write_first(uow, here, "promotion")
            assert here.agreed == []
        assert not privacy.may_mail_first(uow, pairs[0][1].person_id)
    with desk.work() as uow:
        undoing.undo(uow, row.id, user_id=None, now=desk.now + timedelta(days=1))
    with desk.work() as uow:
        assert privacy.may_write_first(uow, uow.session.get_one(Conversation, agreeing[0].id), "promotion")
        assert not privacy.may_write_first(uow, uow.session.get_one(Conversation, refusing[0].id))
    ledger = desk.rows(select(Consent).where(Consent.unit == "amigro"))
    assert len(ledger) >= 4, "the ledger is only ever added to"


def test_a_refused_notice_is_asked_again(desk: Desk) -> None:
    _, kept = written(desk, "whatsapp")
    _, other = written(desk, "telegram")
    with desk.work() as uow:
        privacy.refuse_notice(uow, other.person_id, "telegram", now=desk.now + timedelta(hours=1))
        privacy.refuse_notice(uow, kept.person_id, "whatsapp", now=desk.now + timedelta(hours=1))
        privacy.accept_notice(uow, kept.person_id, "whatsapp", now=desk.now + timedelta(hours=2))
        assert privacy.has_accepted(uow, kept.person_id)
    with desk.work() as uow:
        merge(uow, kept.id, other.id, {}, user_id=None, now=desk.now + timedelta(hours=3))
    with desk.work() as uow:
        assert not privacy.has_accepted(uow, kept.person_id)


def test_two_interviews_ahead_for_one_vacancy_are_refused_with_nothing_changed(desk: Desk) -> None:
    (_, kept), (_, other), of = rich(desk)
    user = desk.user()
    slot = desk.slot(user, timedelta(days=3))
    desk.add(
        Interview(
            id=new_id(), unit="amigro", slot_id=slot.id, application_id=of["mine"].id, interviewer_id=user.id,
            booked_at=desk.now,
        )
    )  # fmt: skip
    before = everything(desk)
    with pytest.raises(InterviewsCollide):
        merged(desk, kept, other)
    assert everything(desk) == before


def test_who_changed_while_they_were_compared_is_compared_again(desk: Desk) -> None:
    _, kept = written(desk, "whatsapp")
    _, other = written(desk, "telegram")
    with desk.work() as uow:
        seen = stamp(*(uow.session.get_one(UnitProfile, id_) for id_ in (kept.id, other.id)))
        people.set_field(uow, other.person_id, "city", "León", now=desk.now + timedelta(minutes=1))
    with pytest.raises(ChangedMeanwhile), desk.work() as uow:
        merge(uow, kept.id, other.id, {}, user_id=None, now=desk.now, seen=seen)


def test_merges_are_undone_from_the_last_one(desk: Desk) -> None:
    (_, first), (_, second), (_, third) = (written(desk, channel) for channel in ("whatsapp", "telegram", "whatsapp"))
    one, two = merged(desk, first, second), merged(desk, third, first)
    with desk.work() as uow:
        assert people.who_it_is_now(uow, second.person_id) == third.person_id
    with pytest.raises(LaterMergeFirst), desk.work() as uow:
        undoing.undo(uow, one.id, user_id=None, now=desk.now)
    for row in (two, one):
        with desk.work() as uow:
            undoing.undo(uow, row.id, user_id=None, now=desk.now)
    with desk.work() as uow:
        for profile in (first, second, third):
            assert people.profile_of(uow, profile.person_id).id == profile.id
    with pytest.raises(NotUndoable), desk.work() as uow:
        undoing.undo(uow, one.id, user_id=None, now=desk.now)


def test_after_thirty_days_what_would_undo_it_is_gone(desk: Desk) -> None:
    _, kept = written(desk, "whatsapp")
    _, other = written(desk, "telegram")
    row = merged(desk, kept, other)
    with desk.work() as uow:
        assert retention.purge(uow, now=desk.now + timedelta(days=29)).merges == 0
        assert undoable_until(uow, row, now=desk.now) == desk.now + timedelta(days=30)
        assert retention.purge(uow, now=desk.now + timedelta(days=30)).merges == 1
    assert desk.rows(text("SELECT undo_sealed FROM person_merges")) == [None]
    with pytest.raises(NotUndoable), desk.work() as uow:
        undoing.undo(uow, row.id, user_id=None, now=desk.now + timedelta(days=1))
    with desk.work() as uow:
        assert people.profile_of(uow, other.person_id).id == kept.id, "that they are one stays"


def test_erased_in_the_meantime_nothing_is_left_of_either(desk: Desk) -> None:
    _chat_a, kept = written(desk, "whatsapp", email="secreta@example.com")
    _chat_b, other = written(desk, "telegram", email="oculta@example.com")
    row = merged(desk, kept, other)
    with desk.work() as uow:
        exported = as_json(export_person(uow, kept.person_id, now=desk.now))
        assert "oculta@example.com" in exported, "what is kept for the undo is theirs to read too"
    with desk.work() as uow:
        erase_person(uow, other.person_id, now=desk.now)

    with desk.admin.connect() as connection:
        for needle in ("secreta@", "oculta@"):
            for table in ("unit_profiles", "person_merges", "identities", "messages"):
                query = text(f"SELECT count(*) FROM {table} t WHERE t::text LIKE :needle")
                assert connection.execute(query, {"needle": f"%{needle}%"}).scalar() == 0, table
    assert {one.person_id for one in desk.rows(select(Erasure))} == {kept.person_id, other.person_id}
    assert desk.rows(text("SELECT undo_sealed FROM person_merges")) == [None]
    with pytest.raises(NotUndoable), desk.work() as uow:
        undoing.undo(uow, row.id, user_id=None, now=desk.now)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run them together; return each one's result or its error."""
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return job()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def _apply(desk: Desk, vacancy_id: Any, profile: UnitProfile) -> Any:
    """As the API does: without a chat."""
    with desk.work() as uow:
        return applications.apply(uow, vacancy_id, profile.person_id, [], None, now=desk.now).id


def _say(desk: Desk, conversation: Conversation) -> None:
    with desk.work() as uow:
        person = people.person_of(uow, conversation.id, now=desk.now)
        people.set_field(uow, person.id, "headline", "Cajera de mostrador", now=desk.now)


def _erase(desk: Desk, profile: UnitProfile) -> Any:
    with desk.work() as uow:
        return erase_person(uow, profile.person_id, now=desk.now)


def test_two_who_merge_the_same_two_make_one_merge(desk: Desk) -> None:
    for _ in range(5):
        _, first = written(desk, "whatsapp")
        _, second = written(desk, "telegram")
        results = at_once(partial(merged, desk, first, second), partial(merged, desk, second, first))
        errors = [one for one in results if isinstance(one, Exception)]
        assert len(errors) == 1 and isinstance(errors[0], NotFound), results
        assert len(desk.rows(select(PersonMerge).where(PersonMerge.other_person_id.in_(
            (first.person_id, second.person_id))))) == 1  # fmt: skip


def test_who_applies_during_the_merge_has_applied_as_the_one_who_is_left(desk: Desk) -> None:
    for turn in range(6):
        first = written(desk, "whatsapp", city="Puebla", skills="caja", email=f"una{turn}@example.com")
        second = written(desk, "telegram", city="Puebla", skills="caja", email=f"otra{turn}@example.com")
        position = desk.application(*first, title="Mostrador").vacancy_id
        desk.execute("DELETE FROM applications WHERE vacancy_id = :id", id=position)

        results = at_once(
            partial(merged, desk, first[1], second[1]), partial(_apply, desk, position, second[1]),
            partial(_say, desk, second[0]),
        )  # fmt: skip
        assert not [one for one in results if isinstance(one, Exception)], results
        owners = desk.rows(select(Application).where(Application.vacancy_id == position))
        assert [one.profile_id for one in owners] == [first[1].id]
        assert desk.one(UnitProfile, first[1].id).headline == "Cajera de mostrador", "what was said is not lost"
        assert desk.one(Conversation, second[0].id).person_id == first[1].person_id


def test_a_merge_and_an_erasure_at_once_leave_nothing(desk: Desk) -> None:
    for turn in range(4):
        _, kept = written(desk, "whatsapp", email=f"quien{turn}@example.com")
        _, other = written(desk, "telegram", email=f"fue{turn}@example.com")

        results = at_once(partial(merged, desk, kept, other), partial(_erase, desk, kept))
        assert not [one for one in results if isinstance(one, Exception)], results
        left = desk.one(UnitProfile, kept.id).email
        assert left in {"", f"fue{turn}@example.com"}, "erased first, only what the other told came after"
        if not left:
            whose = desk.rows(select(PersonIdentity.id).where(PersonIdentity.person_id == kept.person_id))
            assert whose == []
            assert desk.rows(select(UnitProfile.id).where(UnitProfile.id == other.id)) == []


def test_what_was_said_for_statistics_follows_the_person_and_comes_back(desk: Desk) -> None:
    (_, kept), (_, other) = written(desk, "whatsapp"), written(desk, "telegram")
    _said(desk, other, "woman", days_ago=1)

    row = merged(desk, kept, other)

    with desk.work() as uow:
        assert (fairness.exported(uow, kept.person_id) or {})["sex"] == "woman"
        assert fairness.standing(uow, other.person_id).answered, "a link that was given before still leads there"
        undoing.undo(uow, row.id, user_id=None, now=desk.now)
    with desk.work() as uow:
        assert fairness.exported(uow, kept.person_id) is None
        assert (fairness.exported(uow, other.person_id) or {})["sex"] == "woman"
        whole = export_person(uow, other.person_id, now=desk.now, with_statistics=True)
        assert "fairness_statistics" in {one["purpose"] for one in whole["consents"]}, "the consent came back as well"


def test_of_two_answers_the_later_stays(desk: Desk) -> None:
    (_, kept), (_, other) = written(desk, "whatsapp"), written(desk, "telegram")
    _said(desk, kept, "man", days_ago=2)
    _said(desk, other, "other", days_ago=1)

    row = merged(desk, kept, other)

    with desk.work() as uow:
        assert (fairness.exported(uow, kept.person_id) or {})["sex"] == "other"
        undo = uow.session.scalar(select(PersonMerge.undo_sealed).where(PersonMerge.id == row.id)) or ""
        assert "kept_before" in undo and '"man"' not in undo, "what was replaced is kept nowhere"


def test_what_one_of_the_two_took_back_is_not_counted_by_the_others_yes(desk: Desk) -> None:
    (_, kept), (_, other) = written(desk, "whatsapp"), written(desk, "telegram")
    _said(desk, other, "woman", days_ago=2)
    with desk.work() as uow:
        fairness.give(uow, kept.person_id, {}, agrees=True, age_from_birth_date=False, now=desk.now)
        fairness.withdraw(uow, kept.person_id, now=desk.now)

    merged(desk, kept, other)

    assert desk.rows(select(FairnessAnswer)) == []


def _said(desk: Desk, who: UnitProfile, sex: str, *, days_ago: int) -> None:
    with desk.work() as uow:
        fairness.give(
            uow, who.person_id, {"sex": sex}, agrees=True, age_from_birth_date=False,
            now=desk.now - timedelta(days=days_ago),
        )  # fmt: skip


def test_every_table_that_points_at_a_person_is_known_to_the_merge() -> None:
    """A table that is added later has to say what becomes of its rows."""
    moved = {"identities", "conversations", "cvs", "consents", "referrals", "applications", "shortlist_entries"}
    moved |= {kind.name for kind in hanging.KINDS} | {"fairness_answers"}
    stays = {
        "unit_profiles",  # the kept one's; the other's is gone
        "chats",  # the group's: in another unit the chat is still the same bare person's
        "erasures",  # a log
        "person_merges",  # what leads from one to the other
        "profile_vectors",  # go with the profile; the one who is left is encoded anew
        "people_import_rows",  # a row of a file stays whose it was; what it holds goes with the week or an erasure
    }
    pointing = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in {"people", "unit_profiles"}
    }
    assert pointing == moved | stays
    on_applications = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "applications"
    }
    assert on_applications == {"application_moves", "interviews", "application_merges", "reference_requests"}


def test_every_column_of_a_profile_is_chosen_or_kept_for_a_reason() -> None:
    kept = {
        "id", "number", "unit", "person_id", "birth_hash", "search_text", "completed_at", "reminded_at", "compared_at",
        "generated", "created_at", "updated_at",
    }  # fmt: skip
    chosen = {column for columns in GROUPS.values() for column in columns}
    assert set(UnitProfile.__table__.c.keys()) == kept | chosen


def test_pairs_are_found_kept_and_forgotten(desk: Desk) -> None:
    _, first = written(desk, "whatsapp", email="una@example.com", birth_date="3 de mayo de 1990")
    _, second = written(desk, "telegram", email="otra@example.com", birth_date="03/05/1990")
    _, third = written(desk, "telegram", first_name="Rosa", last_name="Ibarra", birth_date="03/05/1990")
    with desk.work() as uow:
        assert finding.compare_new(uow, now=desk.now) == 3
        assert finding.compare_new(uow, now=desk.now) == 0
    (pair,) = desk.rows(select(DuplicatePair))
    assert {pair.first_id, pair.second_id} == {first.id, second.id} and pair.reasons == ["birth"]

    with desk.work() as uow:
        people.set_field(uow, third.person_id, "email", "una@example.com", now=desk.now + timedelta(minutes=1))
    with desk.work() as uow:
        assert finding.compare_new(uow, now=desk.now) == 1
        assert [one.reasons for _, _, one in ((0, 0, row[0]) for row in finding.pairs(uow, "amigro"))] == [
            ["birth"], ["email"],
        ]  # fmt: skip
        finding.tell_apart(uow, third.id, first.id, user_id=None, now=desk.now)
    with desk.work() as uow:
        people.set_field(uow, first.person_id, "birth_date", "4 de mayo de 1991", now=desk.now + timedelta(minutes=2))
    with desk.work() as uow:
        finding.compare_new(uow, now=desk.now)
        assert finding.pairs(uow, "amigro") == [], "one was told apart, the other is true no more"
        found = finding.candidates(uow, uow.session.get_one(UnitProfile, third.id))
        assert [(one.profile.id, one.state) for one in found] == [(first.id, "different")]


def test_a_birth_date_from_before_the_index_is_found_too(desk: Desk) -> None:
    _, _first = written(desk, "whatsapp", birth_date="3 de mayo de 1990")
    _, _second = written(desk, "telegram", birth_date="3 de mayo de 1990")
    desk.execute("UPDATE unit_profiles SET birth_hash = NULL")
    with desk.work() as uow:
        finding.compare_new(uow, now=desk.now)
    assert len(desk.rows(select(DuplicatePair))) == 1


def test_a_division_sees_no_pairs_and_another_unit_neither(desk: Desk) -> None:
    _, kept = written(desk, "whatsapp", email="una@example.com")
    _, other = written(desk, "telegram", email="una@example.com")
    with desk.work() as uow:
        finding.compare_new(uow, now=desk.now)
    assert len(desk.rows(select(DuplicatePair))) == 1
    for scope in ({"divisions": (new_id(),)}, {"units": ("huntu",)}):
        with desk.work(**scope) as uow:
            assert uow.session.scalars(select(DuplicatePair)).all() == []
            with pytest.raises(NotFound):
                merge(uow, kept.id, other.id, {}, user_id=None, now=desk.now)
    assert desk.rows(select(ApplicationMerge)) == []
