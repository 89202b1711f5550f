"""Takes a merge back within 30 days: each gets back what was theirs, and what came since stays where it belongs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import undefer

from huntred.applications.models import Application
from huntred.conversations.models import Conversation
from huntred.cv.models import CvFile
from huntred.db.unit_of_work import UnitOfWork
from huntred.duplicates import finding, folding, hanging, sealing
from huntred.duplicates.consenting import latest
from huntred.duplicates.errors import LaterMergeFirst, NotUndoable
from huntred.duplicates.events import PeopleSeparated
from huntred.duplicates.merging import Undo, lock_chats
from huntred.duplicates.pairing import remember_different
from huntred.duplicates.wire import packed, put_back, unpacked
from huntred.errors import NotFound
from huntred.fairness import service as fairness
from huntred.fairness.opening import opened
from huntred.people import service as people
from huntred.people.models import Consent, DuplicatePair, PersonIdentity, PersonMerge, Referral, UnitProfile
from huntred.shortlists.models import ShortlistEntry

_QUIET = {"synchronize_session": False}


def merges_of(uow: UnitOfWork, profile: UnitProfile) -> list[PersonMerge]:
    """Return what was merged into this person and not taken back, latest first."""
    return list(
        uow.session.scalars(
            select(PersonMerge)
            .where(
                PersonMerge.unit == profile.unit, PersonMerge.kept_person_id == profile.person_id,
                PersonMerge.undone_at.is_(None),
            )
            .order_by(PersonMerge.merged_at.desc(), PersonMerge.id.desc())
        )
    )  # fmt: skip


def into_whom(uow: UnitOfWork, profile_id: UUID) -> UUID | None:
    """Return the profile into which one that is gone was merged, so that its page still leads somewhere."""
    row = uow.session.scalar(
        select(PersonMerge).where(PersonMerge.other_profile_id == profile_id, PersonMerge.undone_at.is_(None))
    )
    if row is None:
        return None
    return into_whom(uow, row.kept_profile_id) or row.kept_profile_id


def undo(uow: UnitOfWork, merge_id: UUID, *, user_id: UUID | None, now: datetime) -> PersonMerge:
    """Take a merge back. Raises NotFound, NotUndoable, LaterMergeFirst."""
    seen = uow.session.get(PersonMerge, merge_id)
    if seen is None:
        raise NotFound("merge")
    lock_chats(uow, [seen.kept_person_id])
    kept = uow.session.scalar(
        select(UnitProfile).where(UnitProfile.id == seen.kept_profile_id).with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    merge = sealing.locked(uow, PersonMerge, merge_id, now=now)
    if merge is None:
        raise NotUndoable(str(merge_id))
    later = uow.session.scalar(
        select(PersonMerge.id).where(
            PersonMerge.unit == uow.unit, PersonMerge.undone_at.is_(None), PersonMerge.id != merge.id,
            (PersonMerge.other_person_id == merge.kept_person_id)
            | ((PersonMerge.kept_person_id == merge.kept_person_id) & (PersonMerge.merged_at >= merge.merged_at)),
        )
    )  # fmt: skip
    if later is not None or kept is None:
        raise LaterMergeFirst(str(merge_id))
    told = Undo(**sealing.read(merge))
    put_back(uow, _table(UnitProfile), told.other)
    with opened(uow):
        _give_back(uow, merge, told)
        fairness.unmerge(uow, told.moved.get("fairness_answers", []), merge.other_person_id)
    hanging.give_back(uow, merge.kept_person_id, merge.other_person_id, told.moved, told.gone)
    _unfold(uow, told)
    with opened(uow):
        _speak_again(uow, merge, told, now=now)
    changed = {
        key: value
        for key, value in unpacked(_table(UnitProfile), told.kept_before).items()
        # What the person told since is not taken back.
        if packed({key: getattr(kept, key)})[key] == told.kept_after[key]
    }
    for key in ("completed_at", "created_at"):
        if key in changed:
            setattr(kept, key, changed.pop(key))
    people.replace_columns(uow, kept, changed, now=now)
    merge.undone_at, merge.undone_by, merge.undo_sealed = now, user_id, None
    remember_different(uow, DuplicatePair, kept.id, merge.other_profile_id, user_id=user_id, now=now)
    uow.record(PeopleSeparated(merge.id, kept.id, merge.other_profile_id))
    uow.session.flush()
    uow.session.expire_all()
    uow.session.refresh(merge)
    return merge


def forget(uow: UnitOfWork, person_id: UUID) -> list[UUID]:
    """Of a person who is erased: what would undo a merge goes, with the pairs that were found.

    Return the people who were merged into this one: they are erased with them.
    """
    merged = list(
        uow.session.scalars(
            select(PersonMerge.other_person_id).where(
                PersonMerge.unit == uow.unit, PersonMerge.kept_person_id == person_id, PersonMerge.undone_at.is_(None)
            )
        )
    )
    sealing.erase(uow, PersonMerge, PersonMerge.kept_person_id == person_id)
    mine = select(UnitProfile.id).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id)
    finding.forget(uow, list(uow.session.scalars(mine)))
    others = []
    for other in merged:
        others += [other, *forget(uow, other)]
    return others


def purge(uow: UnitOfWork, *, now: datetime) -> int:
    """Erase what would undo merges whose time is over, and pairs of whom nothing is left; return how many."""
    gone = sealing.erase(uow, PersonMerge, sealing.over(PersonMerge, now=now))
    there = select(UnitProfile.id).where(UnitProfile.id.in_((DuplicatePair.first_id, DuplicatePair.second_id)))
    pairs = uow.session.execute(
        delete(DuplicatePair).where(
            DuplicatePair.unit == uow.unit, DuplicatePair.state == "open", ~there.exists(),
        ),
        execution_options=_QUIET,
    )  # fmt: skip
    return gone + int(pairs.rowcount)  # type: ignore[attr-defined]


def held_for_undo(uow: UnitOfWork, person_id: UUID) -> list[dict[str, Any]]:
    """Return what is kept of the person only so that a merge can be taken back: theirs to read (ARCO)."""
    rows = uow.session.scalars(
        select(PersonMerge)
        .where(PersonMerge.unit == uow.unit, PersonMerge.kept_person_id == person_id)
        .options(undefer(PersonMerge.undo_sealed))
        .order_by(PersonMerge.merged_at)
    )
    found = []
    for row in rows:
        undo_data = sealing.read(row)
        found.append(
            {
                "merged_at": row.merged_at, "undone_at": row.undone_at,
                "other_profile": _readable(undo_data.get("other", {})),
                "before": _readable(undo_data.get("kept_before", {})),
                "folded_applications": [_readable(one["row"]) for one in undo_data.get("applications", [])],
            }
        )  # fmt: skip
    return found


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key.removesuffix("_sealed"): value
        for key, value in row.items()
        if not key.endswith("_hash") and key not in {"search_text", "compared_at"}
    }


def _give_back(uow: UnitOfWork, merge: PersonMerge, told: Undo) -> None:
    """Hang on the other again what was theirs, and what came since in their own conversations."""
    kept, other, profile = merge.kept_person_id, merge.other_person_id, merge.other_profile_id
    theirs = _ids(told, "conversations")

    def back(model: Any, column: str, wanted: Any, **values: Any) -> None:
        mine = getattr(model, column) == kept
        uow.session.execute(
            update(model).where(model.unit == uow.unit, mine, wanted).values({column: other, **values}),
            execution_options=_QUIET,
        )

    back(PersonIdentity, "person_id", PersonIdentity.id.in_(_ids(told, "identities")))
    back(Conversation, "person_id", Conversation.id.in_(theirs))
    since = (CvFile.created_at > merge.merged_at) & CvFile.conversation_id.in_(theirs)
    back(CvFile, "person_id", CvFile.id.in_(_ids(told, "cvs")) | since)
    said = Consent.evidence["conversation_id"].astext.in_([str(id_) for id_ in theirs])
    back(Consent, "person_id", Consent.id.in_(_ids(told, "consents")) | ((Consent.at > merge.merged_at) & said))
    back(Referral, "inviter_id", Referral.id.in_(_ids(told, "invitations")))
    back(Referral, "invited_id", Referral.id.in_(_ids(told, "invited")))
    applied = (Application.created_at > merge.merged_at) & Application.conversation_id.in_(theirs)
    # Not where the other gets back an application to that very vacancy.
    folded = [UUID(fold["row"]["vacancy_id"]) for fold in told.applications]
    back(
        Application, "person_id",
        Application.id.in_(_ids(told, "applications")) | (applied & Application.vacancy_id.not_in(folded)),
        profile_id=profile,
    )  # fmt: skip
    uow.session.execute(
        update(ShortlistEntry)
        .where(
            ShortlistEntry.id.in_(_ids(told, "shortlist_entries")), ShortlistEntry.profile_id == merge.kept_profile_id
        )
        .values(profile_id=profile),
        execution_options=_QUIET,
    )


def _unfold(uow: UnitOfWork, told: Undo) -> None:
    for fold in told.applications:
        folding.unfold_application(uow, fold)
    for fold in told.shortlists:
        folding.unfold_entry(uow, fold)
    uow.session.flush()


def _speak_again(uow: UnitOfWork, merge: PersonMerge, told: Undo, *, now: datetime) -> None:
    """What was closed only because of the other's word opens again, unless the person said something since."""
    for id_, marks in told.conversations.items():
        row = uow.session.get(Conversation, UUID(id_), populate_existing=True)
        if row is not None and [list(row.opted_out), list(row.agreed)] == marks["after"]:
            row.opted_out, row.agreed = marks["before"]
    written = set(told.refusals)
    for last in latest(uow, merge.kept_person_id).values():
        if str(last.id) not in written:
            continue
        before = uow.session.scalar(
            select(Consent)
            .where(
                Consent.unit == uow.unit, Consent.person_id == merge.kept_person_id, Consent.purpose == last.purpose,
                Consent.channel == last.channel, Consent.id != last.id,
            )
            .order_by(Consent.at.desc(), Consent.id.desc())
            .limit(1)
        )  # fmt: skip
        if before is not None and before.granted:
            uow.session.add(
                Consent(
                    unit=uow.unit, person_id=merge.kept_person_id, channel=before.channel, purpose=before.purpose,
                    granted=True, version=before.version, evidence={"undone_merge": str(merge.id)}, at=now,
                )
            )  # fmt: skip
    uow.session.flush()


def _ids(told: Undo, name: str) -> list[UUID]:
    return [UUID(id_) for id_ in told.moved.get(name, [])]


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table
