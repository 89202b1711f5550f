"""Mails to a unit's address for vacancies, stored as the gateway stores them, and documents that say what a test wants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from email.message import EmailMessage
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from contract import tables
from contract.encryption import Cipher
from contract.ids import new_id
from huntred.cv.errors import CvKindUnknown
from huntred.cv.ports import Cv, CvContact
from huntred.importing.models import IntakeMail
from tests.factories.desk import KEYS, Desk

BOX = "vacantes@amigro.example"
_numbers = count(1)


class Documents:
    """A reader of documents for tests of what becomes of a text; the sandboxed one has tests of its own."""

    version = "test"

    def __init__(self, texts: Mapping[bytes, str | Exception]) -> None:
        self._texts = texts

    def read(self, content: bytes, *, today: date) -> Cv:
        text = self._texts.get(content, CvKindUnknown())
        if isinstance(text, Exception):
            raise text
        return Cv("es", CvContact(), None, (), (), (), (), (), 0, (text,))


def written(
    text: str = "", subject: str = "Vacante", *, sender: str = "Laura Méndez <laura@norte.example>",
    files: tuple[tuple[str, str, bytes], ...] = (), html: str = "", **headers: str,
) -> bytes:  # fmt: skip
    """files: (name, content type, bytes). headers: with underscores for hyphens."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, BOX, subject
    made["Message-ID"] = f"<letter-{next(_numbers)}@norte.example>"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    for name, content_type, content in files:
        family, _, kind = content_type.partition("/")
        made.add_attachment(content, maintype=family, subtype=kind, filename=name)
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made.as_bytes()


def mailbox_for_vacancies(desk: Desk, unit: str = "amigro") -> UUID:
    """An account of the unit at which it takes vacancies."""
    app, account = new_id(), new_id()
    sealed = Cipher(KEYS).seal("{}", "channel_accounts.secrets")
    with desk.admin.begin() as connection:
        connection.execute(
            insert(tables.channel_apps).values(id=app, channel="email", name=f"box-{app}", secrets=sealed)
        )
        connection.execute(
            insert(tables.channel_accounts).values(
                id=account, unit=unit, app_id=app, channel="email", external_id=f"{unit}.{app}@vacantes.example",
                name="Vacantes", secrets=sealed, purpose="vacancies",
            )
        )  # fmt: skip
    return account


def came(desk: Desk, raw: bytes, account: UUID | None = None, unit: str = "amigro", **values: Any) -> IntakeMail:
    """A mail as the gateway stores it."""
    from contract.mail import parse

    message = parse(raw)
    row = {
        "id": new_id(), "unit": unit, "channel_account_id": account or mailbox_for_vacancies(desk, unit),
        "message_id": str(message["Message-ID"]), "sender": "laura@norte.example", "sender_name": "Laura Méndez",
        "subject": str(message["Subject"]), "raw": raw, "due": desk.now, "received_at": desk.now,
    } | values  # fmt: skip
    with desk.admin.begin() as connection:
        connection.execute(insert(tables.intake_mails).values(**row))
    return desk.rows(select(IntakeMail).where(IntakeMail.id == row["id"]))[0]
