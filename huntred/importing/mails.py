"""Mails to the address at which a unit takes vacancies: read by the worker, then a preview for a person, or for review.

Where a vacancy stands in the letter or in a document, it waits like a file's rows; a table that came along waits as a
file of its own. Anything else, such as somebody's CV, is kept for review and answered by nobody.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import defer

from contract.ids import new_id
from contract.mail import files_of, parse
from contract.message import Attachment
from huntred.access.models import Grant, User
from huntred.companies.models import Company, Contact
from huntred.conversations.models import ChannelAccount, OutboxRow
from huntred.cv.errors import CvReaderBusy
from huntred.cv.ports import CvReader
from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.errors import FieldInvalid, NotFound
from huntred.importing import service
from huntred.importing.adverts import as_rows, told
from huntred.importing.errors import MailOver
from huntred.importing.letters import read_letter, touched, why_unread
from huntred.importing.mail_reading import VACANCY, ReadMail, Table, clean_subject, read_mail
from huntred.importing.models import ImportJob, IntakeMail
from huntred.importing.ports import AdvertReader
from huntred.importing.postings import Posting
from huntred.notifications import outbound

MAIL = "mail"
RECEIPT = "vacancy_received"
# To one sender in a day; whoever sends more has their drafts all the same.
MOST_RECEIPTS = 5
# Longer than ten files may take in the sandbox.
_LEASE = timedelta(minutes=8)
_MOST_TRIES = 5
_MOST_FORWARDED_BYTES = 10 << 20
_QUIET = {"synchronize_session": False}


@dataclass(frozen=True)
class _Claimed:
    id: UUID
    token: UUID
    raw: bytes
    tries: int


def read_next(
    engine: Engine, unit: str, documents: CvReader, adverts: AdvertReader, clock: Callable[[], datetime]
) -> bool:
    """Read the mail that has waited longest in this unit, or say that none waits."""
    with unit_of_work(engine, Scope(units=(unit,))) as uow:
        claimed = _claim(uow, now=clock())
    if claimed is None:
        return False
    try:
        read = read_mail(claimed.raw, documents, clock().date(), patient=claimed.tries < _MOST_TRIES)
    except CvReaderBusy:
        with unit_of_work(engine, Scope(units=(unit,))) as uow:
            _put_off(uow, claimed, now=clock())
        return True
    with unit_of_work(engine, Scope(units=(unit,))) as uow:
        settle(uow, claimed.id, claimed.token, read, adverts, now=clock())
    return True


def settle(
    uow: UnitOfWork, mail_id: UUID, token: UUID, read: ReadMail, adverts: AdvertReader, *, now: datetime
) -> bool:
    """Write down what was read, with its previews and the receipt; False where another holds it by now."""
    mail = uow.session.scalar(
        select(IntakeMail).where(IntakeMail.id == mail_id, IntakeMail.token == token).with_for_update()
    )
    if mail is None or mail.state != "waiting":
        return False
    mail.parts = [asdict(part) for part in read.parts]
    mail.token = None
    postings = [_about(part.text, part.name, mail) for part in read.parts if part.outcome == VACANCY]
    made = [_preview(uow, mail, postings, adverts, now=now)] if postings else []
    made += [_table(uow, mail, table, now=now) for table in read.tables]
    mail.state = "draft" if made else "review"
    _receipt(uow, mail, bool(made), now=now)
    uow.session.flush()
    return True


def draft_anyway(uow: UnitOfWork, mail_id: UUID, adverts: AdvertReader, *, user_id: UUID, now: datetime) -> ImportJob:
    """Read a mail that was taken for no vacancy as one, since a person says so. Raises NotFound, MailOver."""
    mail = _open(uow, mail_id, "review")
    texts = [part for part in mail.parts if part["text"].strip()]
    if not texts:
        raise MailOver(str(mail_id))
    # The document where there is one: what stands in the letter then speaks of it.
    part = max(texts, key=lambda one: (bool(one["name"]), len(one["text"])))
    job = _preview(uow, mail, [_about(part["text"], part["name"], mail)], adverts, now=now)
    mail.state, mail.decided_by, mail.decided_at = "draft", user_id, now
    uow.session.flush()
    return job


def dismiss(uow: UnitOfWork, mail_id: UUID, *, user_id: UUID, now: datetime) -> IntakeMail:
    """Put it aside; what was not saved of it goes. Raises NotFound, MailOver."""
    mail = _open(uow, mail_id, "review", "draft")
    uow.session.execute(
        update(ImportJob)
        .where(ImportJob.mail_id == mail.id, ImportJob.state == "preview")
        .values(state="dropped", rows_sealed=None, touched_at=now)
    )
    mail.state, mail.decided_by, mail.decided_at = "dismissed", user_id, now
    uow.session.flush()
    return mail


def forward(uow: UnitOfWork, mail_id: UUID, to: UUID, *, user_id: UUID, now: datetime) -> IntakeMail:
    """Send it on to somebody of the unit's team, with its files. Raises NotFound, MailOver, FieldInvalid."""
    mail = _open(uow, mail_id, "review")
    colleague = uow.session.scalar(
        select(User).where(
            User.id == to, User.active, User.id.in_(select(Grant.user_id).where(Grant.unit == mail.unit))
        )
    )
    if colleague is None:
        raise FieldInvalid("user_id", "unknown")
    files = [
        Attachment(one.name, one.type, base64.b64encode(one.content).decode())
        for one in attachments(mail)
        if one.content
    ]
    size = sum(len(one.content) for one in files)
    letter = next((part["text"] for part in mail.parts if not part["name"]), "")
    outbound.send_mail(
        uow, "intake_forward", f"{mail.id}:{colleague.id}", colleague.email, "mail_forwarded",
        {
            "sender": mail.sender, "sender_name": mail.sender_name, "subject": mail.subject, "text": letter,
            "number": mail.number, "files_left_out": size > _MOST_FORWARDED_BYTES,
        },
        attachments=files if size <= _MOST_FORWARDED_BYTES else (),
    )  # fmt: skip
    mail.state, mail.decided_by, mail.decided_at = "forwarded", user_id, now
    uow.session.flush()
    return mail


@dataclass(frozen=True)
class MailFile:
    name: str
    type: str
    content: bytes


def attachments(mail: IntakeMail) -> list[MailFile]:
    """Return the files that came with it, while the mail itself is kept."""
    found = []
    for number, part in enumerate(files_of(parse(mail.raw)) if mail.raw else (), 1):
        content = part.get_payload(decode=True)
        name = " ".join((part.get_filename() or "").split())[:200] or f"archivo-{number}"
        found.append(MailFile(name, part.get_content_type(), content if isinstance(content, bytes) else b""))
    return found


def get(uow: UnitOfWork, mail_id: UUID, *, lock: bool = False) -> IntakeMail:
    """Raises NotFound."""
    # The mail itself may be many megabytes: it is read where its files are.
    query = select(IntakeMail).where(IntakeMail.id == mail_id).options(defer(IntakeMail.raw))
    mail = uow.session.scalar(query.with_for_update() if lock else query)
    if mail is None:
        raise NotFound("mail")
    return mail


def waiting_for_people(uow: UnitOfWork, *, limit: int = 50) -> list[tuple[IntakeMail, UUID | None]]:
    """Return the mails that somebody should look at, latest first, each with the preview that waits, if one does."""
    job = (
        select(ImportJob.id)
        .where(ImportJob.mail_id == IntakeMail.id, ImportJob.state == "preview")
        .order_by(ImportJob.kind, ImportJob.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(IntakeMail, job)
        .where((IntakeMail.state == "review") | ((IntakeMail.state == "draft") & job.is_not(None)))
        .options(defer(IntakeMail.raw))
        .order_by(IntakeMail.received_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in uow.session.execute(query)]


def jobs_of(uow: UnitOfWork, mail_id: UUID) -> list[ImportJob]:
    return list(uow.session.scalars(select(ImportJob).where(ImportJob.mail_id == mail_id).order_by(ImportJob.id)))


def addresses(uow: UnitOfWork) -> dict[str, list[str]]:
    """Return unit → the addresses at which it takes vacancies."""
    rows = uow.session.execute(
        select(ChannelAccount.unit, ChannelAccount.external_id)
        .where(
            ChannelAccount.purpose == "vacancies", ChannelAccount.active, ChannelAccount.unit.in_(uow.scope.units)
        )
        .order_by(ChannelAccount.external_id)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.unit, []).append(row.external_id)
    return found


def purge(uow: UnitOfWork, *, now: datetime) -> int:
    """Erase what mails held after their time; that they came stays."""
    result = uow.session.execute(
        update(IntakeMail)
        .where(
            IntakeMail.unit == uow.unit, IntakeMail.raw.is_not(None),
            IntakeMail.received_at < now - timedelta(days=service.MAIL_DAYS),
        )
        .values(raw=None, parts=[]),
        execution_options=_QUIET,
    )  # fmt: skip
    return int(result.rowcount)  # type: ignore[attr-defined]


def forget(uow: UnitOfWork, emails: Sequence[str]) -> None:
    """Of people who are erased: what they wrote to the unit's address for vacancies goes."""
    uow.session.execute(
        update(IntakeMail)
        .where(IntakeMail.unit == uow.unit, IntakeMail.sender.in_([email.lower() for email in emails if email]))
        .values(raw=None, parts=[], subject="", sender_name="", sender="", state="dismissed", token=None),
        execution_options=_QUIET,
    )


def exported(uow: UnitOfWork, emails: Sequence[str]) -> list[dict[str, Any]]:
    """Return what people of these addresses wrote there (ARCO)."""
    rows = uow.session.scalars(
        select(IntakeMail)
        .where(IntakeMail.unit == uow.unit, IntakeMail.sender.in_([email.lower() for email in emails if email]))
        .order_by(IntakeMail.received_at)
    )
    return [{"received_at": row.received_at, "subject": row.subject, "parts": row.parts} for row in rows]


def _claim(uow: UnitOfWork, *, now: datetime) -> _Claimed | None:
    mail = uow.session.scalar(
        select(IntakeMail)
        .where(IntakeMail.unit == uow.unit, IntakeMail.state == "waiting", IntakeMail.due <= now)
        .order_by(IntakeMail.due, IntakeMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if mail is None:
        return None
    mail.token, mail.due, mail.attempts = new_id(), now + _LEASE, mail.attempts + 1
    uow.session.flush()
    return _Claimed(mail.id, mail.token, bytes(mail.raw or b""), mail.attempts)


def _put_off(uow: UnitOfWork, claimed: _Claimed, *, now: datetime) -> None:
    uow.session.execute(
        update(IntakeMail)
        .where(IntakeMail.id == claimed.id, IntakeMail.token == claimed.token)
        .values(token=None, due=now + timedelta(seconds=10 * 2**claimed.tries))
    )


def _open(uow: UnitOfWork, mail_id: UUID, *states: str) -> IntakeMail:
    mail = get(uow, mail_id, lock=True)
    if mail.state not in states:
        raise MailOver(str(mail_id))
    return mail


def _about(text: str, name: str, mail: IntakeMail) -> Posting:
    """What a part tells; of a document its name stands for the subject."""
    return read_letter(text, name.rpartition(".")[0].replace("_", " ") if name else clean_subject(mail.subject))


def _preview(
    uow: UnitOfWork, mail: IntakeMail, postings: Sequence[Posting], adverts: AdvertReader, *, now: datetime
) -> ImportJob:
    company = _company_of(uow, mail)
    read = [_from_sender(told(posting, adverts), company) for posting in postings]
    job = ImportJob(
        id=new_id(), unit=mail.unit, kind=MAIL, mail_id=mail.id, file_name=(mail.subject or mail.sender)[:200],
        state="preview", touched_at=now, created_at=now, **as_rows(read),
    )  # fmt: skip
    uow.session.add(job)
    uow.session.flush()
    return job


def _table(uow: UnitOfWork, mail: IntakeMail, table: Table, *, now: datetime) -> ImportJob:
    return service.take(uow, table.name, table.heads, table.rows, user_id=None, mail_id=mail.id, now=now)


def _company_of(uow: UnitOfWork, mail: IntakeMail) -> str:
    """The company whose contact wrote it; "" where nobody of the unit's is known by this address."""
    name = uow.session.scalar(
        select(Company.name)
        .join(Contact, Contact.company_id == Company.id)
        .where(Contact.unit == mail.unit, func.lower(Contact.email) == mail.sender)
        .order_by(Contact.created_at.desc())
        .limit(1)
    )
    return name or ""


def _from_sender(posting: Posting, company: str) -> Posting:
    if not company:
        return replace(posting, notes=(*posting.notes, "sender_unknown"))
    if "company" in posting.cells:
        return posting
    return replace(posting, cells={**posting.cells, "company": company}, notes=(*posting.notes, "company_of_sender"))


def _receipt(uow: UnitOfWork, mail: IntakeMail, drafted: bool, *, now: datetime) -> None:
    """Tell the sender once, and never a letter that is about nothing of ours."""
    letter = next((part["text"] for part in mail.parts if not part["name"]), "")
    unread = [part for part in mail.parts if why_unread(part["outcome"])]
    groups, candidate = touched(f"{mail.subject}\n{letter}")
    if not drafted and not (unread and groups and not candidate):
        return
    lately = uow.session.scalar(
        select(func.count())
        .select_from(OutboxRow)
        .where(
            OutboxRow.unit == mail.unit, OutboxRow.source == RECEIPT, OutboxRow.address == mail.sender,
            OutboxRow.created_at > now - timedelta(days=1),
        )
    )  # fmt: skip
    if (lately or 0) >= MOST_RECEIPTS:
        return
    outbound.send_mail(
        uow, RECEIPT, str(mail.id), mail.sender, RECEIPT,
        {
            "number": mail.number, "subject": mail.subject, "drafted": drafted,
            "unread": [{"name": part["name"], "reason": why_unread(part["outcome"])} for part in unread],
        },
        purpose="reply",
    )  # fmt: skip
