"""A mail to the unit's address becomes a draft for a person, or waits for review; its sender is told once at most."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from contract.ids import new_id
from contract.message import Message
from huntred.companies.models import Company, Contact
from huntred.conversations.models import OutboxRow
from huntred.cv.errors import CvLocked, CvReaderBusy
from huntred.errors import FieldInvalid
from huntred.importing import completing, mails, service
from huntred.importing.errors import MailOver
from huntred.importing.models import ImportJob, IntakeMail
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import export_person
from huntred.vacancies.models import Vacancy
from ml.lexicon.advert import LexiconAdvertReader
from tests.factories.desk import Desk
from tests.factories.letters import Documents, came, written
from tests.unit.huntred.importing.test_letters import CV, LETTER

PDF, DOCX = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NO_COMPANY = LETTER.replace("Empresa: Abarrotes del Norte\n", "")
ADVERTS = LexiconAdvertReader()


def read(desk: Desk, texts: dict[bytes, Any] | None = None) -> int:
    """Read all that waits, as the worker does."""
    count = 0
    while mails.read_next(desk.app, "amigro", Documents(texts or {}), ADVERTS, lambda: desk.now):
        count += 1
        assert count < 50
    return count


def job_of(desk: Desk, mail: IntakeMail) -> ImportJob:
    (job,) = desk.rows(select(ImportJob).where(ImportJob.mail_id == mail.id))
    return job


def state(desk: Desk, mail: IntakeMail) -> str:
    return str(desk.one(IntakeMail, mail.id).state)


def receipts(desk: Desk) -> list[OutboxRow]:
    return desk.rows(select(OutboxRow).where(OutboxRow.source == mails.RECEIPT).order_by(OutboxRow.id))


def test_a_letter_becomes_a_draft_and_its_sender_is_told_once(desk: Desk) -> None:
    mail = came(desk, written(LETTER, "Vacante"))
    assert read(desk) == 1
    assert read(desk) == 0
    job = job_of(desk, mail)
    assert (state(desk, mail), job.kind, job.state, job.user_id) == ("draft", "mail", "preview", None)
    assert {note["code"] for note in job.notes} == {"sender_unknown"}
    assert desk.rows(select(Vacancy)) == [], "nothing is a vacancy before a person saved it"
    with desk.work() as uow:
        (row,) = service.preview(uow, service.get(uow, job.id)).rows
    assert (row.values["title"], row.values["company"], row.faults) == ("Auxiliar de Almacén", "Abarrotes del Norte", ())
    (receipt,) = receipts(desk)
    said = Message.from_json(receipt.payload)
    assert receipt.address == "laura@norte.example"
    assert f"folio {mail.number}" in said.subject
    with desk.work() as uow:
        service.start(uow, job.id, skip_faulty=False, now=desk.now)
    (made,) = desk.rows(select(Vacancy))
    assert (made.title, made.state, made.city, made.openings) == ("Auxiliar de Almacén", "draft", "Puebla", 3)


def test_a_known_contact_suggests_the_company_and_what_is_missing_is_completed(desk: Desk) -> None:
    company = Company(id=new_id(), unit="amigro", name="Abarrotes del Norte")
    desk.add(company)
    desk.add(Contact(id=new_id(), unit="amigro", company_id=company.id, name="Laura", email="Laura@Norte.example"))
    known, unknown = came(desk, written(NO_COMPANY)), came(desk, written(NO_COMPANY), sender="otra@example.com")
    read(desk)
    with desk.work() as uow:
        job = service.get(uow, job_of(desk, known).id)
        assert completing.cells_of(job)[0]["company"] == "Abarrotes del Norte"
        assert [note["code"] for note in job.notes] == ["company_of_sender"]
        other = service.get(uow, job_of(desk, unknown).id)
        assert [fault.field for fault in service.preview(uow, other).faults] == ["company"]
        completing.complete(uow, other.id, {(2, "company"): "Tiendas Sur", (2, "address"): "Av. 5 de Mayo 10"}, now=desk.now)
        (row,) = service.preview(uow, service.get(uow, other.id)).rows
        assert (row.values["company"], row.values["address"]) == ("Tiendas Sur", "Av. 5 de Mayo 10")


def test_documents_and_tables_are_read_and_what_cannot_be_is_told_kindly(desk: Desk) -> None:
    book = Workbook()
    for line in (["Puesto", "Empresa", "Ciudad"], ["Cajera", "Norte", "Puebla"], ["Chofer", "Norte", "Toluca"]):
        book.active.append(line)
    table = io.BytesIO()
    book.save(table)
    mail = came(
        desk,
        written(
            "Va la vacante adjunta.", "Vacante almacén",
            files=(
                ("perfil.docx", DOCX, b"perfil"), ("cerrado.pdf", PDF, b"cerrado"), ("lista.xlsx", DOCX, table.getvalue()),
                ("firma.vcf", "text/vcard", b"BEGIN:VCARD"),
            ),
        ),
    )  # fmt: skip
    read(desk, {b"perfil": LETTER, b"cerrado": CvLocked()})
    outcomes = [part["outcome"] for part in desk.one(IntakeMail, mail.id).parts]
    assert outcomes == ["nothing", "vacancy", "cv_locked", "table", "beside"]
    jobs = desk.rows(select(ImportJob).where(ImportJob.mail_id == mail.id).order_by(ImportJob.id))
    assert [(job.kind, job.rows_total, job.state) for job in jobs] == [("mail", 1, "preview"), ("vacancies", 2, "preview")]
    (receipt,) = receipts(desk)
    assert "cerrado.pdf está protegido con contraseña" in Message.from_json(receipt.payload).text


def test_a_candidates_mail_waits_for_review_and_is_answered_by_nobody(desk: Desk) -> None:
    mail = came(desk, written("Me postulo, adjunto mi CV.", "Busco trabajo", files=(("cv.pdf", PDF, b"cv"),)))
    bare = came(desk, written("¿Nos vemos el martes?", "Junta"))
    read(desk, {b"cv": CV})
    assert [state(desk, one) for one in (mail, bare)] == ["review", "review"]
    assert receipts(desk) == []
    assert desk.rows(select(ImportJob)) == []
    with desk.work() as uow:
        assert {one.id for one, job in mails.waiting_for_people(uow) if job is None} == {mail.id, bare.id}
        assert [one.content for one in mails.attachments(mails.get(uow, mail.id))] == [b"cv"], "nothing is lost"
    user = desk.user()
    with desk.work() as uow, pytest.raises(FieldInvalid):
        mails.forward(uow, mail.id, desk.user("huntu").id, user_id=user.id, now=desk.now)
    with desk.work() as uow:
        mails.forward(uow, mail.id, user.id, user_id=user.id, now=desk.now)
        mails.dismiss(uow, bare.id, user_id=user.id, now=desk.now)
    (sent,) = desk.rows(select(OutboxRow).where(OutboxRow.source == "intake_forward"))
    assert (sent.address, len(Message.from_json(sent.payload).attachments)) == (user.email, 1)
    assert [state(desk, one) for one in (mail, bare)] == ["forwarded", "dismissed"]
    with desk.work() as uow, pytest.raises(MailOver):
        mails.dismiss(uow, mail.id, user_id=user.id, now=desk.now)
    with desk.work("huntu") as uow:
        assert mails.waiting_for_people(uow) == []


def test_a_person_may_say_that_it_is_a_vacancy_after_all_and_drop_it(desk: Desk) -> None:
    mail = came(desk, written("Cajera, Puebla, urge", "Hola"))
    read(desk)
    user = desk.user()
    with desk.work() as uow:
        job = mails.draft_anyway(uow, mail.id, ADVERTS, user_id=user.id, now=desk.now)
    assert state(desk, mail) == "draft"
    with desk.work() as uow:
        mails.dismiss(uow, mail.id, user_id=user.id, now=desk.now)
    dropped = desk.one(ImportJob, job.id)
    assert (dropped.state, state(desk, mail)) == ("dropped", "dismissed")


def test_receipts_are_limited_and_drafts_are_not(desk: Desk) -> None:
    for _ in range(mails.MOST_RECEIPTS + 2):
        came(desk, written(LETTER))
    read(desk)
    assert len(receipts(desk)) == mails.MOST_RECEIPTS
    assert len(desk.rows(select(ImportJob))) == mails.MOST_RECEIPTS + 2


def test_a_reader_that_is_busy_is_asked_again_and_one_that_stays_so_ends_in_review(desk: Desk) -> None:
    mail = came(desk, written("Va", "Vacante", files=(("perfil.pdf", PDF, b"p"),)))
    for _ in range(6):
        read(desk, {b"p": CvReaderBusy("busy")})
        desk.now += timedelta(hours=1)
    row = desk.one(IntakeMail, mail.id)
    assert (row.state, [part["outcome"] for part in row.parts][1]) == ("review", "cv_reader_busy")


def test_what_is_forwarded_is_read_and_what_is_quoted_is_not(desk: Desk) -> None:
    passed_on = f"Va.\n\n---------- Mensaje reenviado ----------\nDe: X <x@y.mx>\nAsunto: Z\n\n{LETTER}"
    forwarded = came(desk, written(passed_on, "RV: Vacante"))
    quoted = came(desk, written(f"Gracias.\n\nEl lun, 2 mar 2026, Ana escribió:\n> {LETTER}", "Re: Vacante"))
    read(desk)
    assert [state(desk, one) for one in (forwarded, quoted)] == ["draft", "review"]


def test_what_it_held_goes_after_a_month_and_with_its_person(desk: Desk) -> None:
    mail = came(desk, written("Me postulo, adjunto mi CV.", "CV"), sender="ana@example.com")
    read(desk)
    profile = desk.profile(email="ana@example.com")
    with desk.work() as uow:
        assert "Me postulo" in str(export_person(uow, profile.person_id, now=desk.now)["mails"])
        erase_person(uow, profile.person_id, now=desk.now)
    row = desk.one(IntakeMail, mail.id)
    assert (row.raw, row.parts, row.sender, row.state) == (None, [], "", "dismissed")
    old = came(desk, written(LETTER))
    with desk.work() as uow:
        assert mails.purge(uow, now=desk.now + timedelta(days=29)) == 0
        assert mails.purge(uow, now=desk.now + timedelta(days=31)) == 1
    assert desk.one(IntakeMail, old.id).raw is None
