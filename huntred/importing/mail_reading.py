"""A raw mail read to its parts: the letter, each document by the sandboxed reader, and tables. Opens no database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from pathlib import PurePosixPath

from contract.mail import BROKEN, files_of, is_forwarded, parse, written_in
from huntred.cv.errors import CvKindUnknown, CvReaderBusy, CvRefused
from huntred.cv.ports import CvReader
from huntred.errors import RuleBroken
from huntred.importing.files import read_table
from huntred.importing.letters import is_vacancy
from huntred.importing.rules import guess

VACANCY, TABLE, NOTHING, BESIDE, BROKEN_MAIL = "vacancy", "table", "nothing", "beside", "broken"
_LONGEST_TEXT = 30_000
_TABLES = frozenset({".csv", ".xlsx"})
_DOCUMENTS = frozenset({".pdf", ".docx", ".txt", ".doc", ".odt", ".rtf"})
# Cards, invitations and signatures that programs add: nobody sent these to be read.
_BESIDE = frozenset({".vcf", ".ics", ".p7s", ".asc", ".p7m"})
_REPLY = re.compile(r"^(?:\s*(?:re|rv|fw|fwd|reenv)\s*:)+\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """The letter (name "") or a file. outcome: VACANCY, TABLE, NOTHING, BESIDE, or the code of why it is unread."""

    name: str
    type: str
    size: int
    outcome: str
    text: str = ""


@dataclass(frozen=True)
class Table:
    name: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class ReadMail:
    parts: Sequence[Part]
    tables: Sequence[Table] = field(default=())


def clean_subject(subject: str) -> str:
    return _REPLY.sub("", subject).strip()


def read_mail(raw: bytes, documents: CvReader, today: date, *, patient: bool = True) -> ReadMail:
    """Read it. patient: a reader that is busy is asked again later, else its files are left unread.

    Raises CvReaderBusy where patient.
    """
    try:
        message = parse(raw)
        letter = written_in(message, forwarded=is_forwarded(message)).replace("\x00", "")[:_LONGEST_TEXT]
        subject = clean_subject(str(message.get("Subject", "")))
        files = files_of(message)
    except BROKEN:
        return ReadMail([Part("", "text/plain", len(raw), BROKEN_MAIL)])
    said = is_vacancy(f"{subject}\n{letter}") and bool(letter.strip())
    parts = [Part("", "text/plain", len(letter), VACANCY if said else NOTHING, letter)]
    tables: list[Table] = []
    for number, part in enumerate(files, 1):
        name = " ".join((part.get_filename() or "").replace("\x00", "").split())[:200] or f"archivo-{number}"
        parts.append(_file(part, name, documents, today, tables, patient))
    return ReadMail(parts, tables)


def _file(
    part: EmailMessage, name: str, documents: CvReader, today: date, tables: list[Table], patient: bool
) -> Part:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    kind, ending = part.get_content_type(), PurePosixPath(name.lower()).suffix

    def outcome(code: str, text: str = "") -> Part:
        return Part(name, kind, len(content), code, text)

    if ending in _BESIDE:
        return outcome(BESIDE)
    try:
        if ending in _TABLES:
            heads, rows = read_table(content)
            if "title" not in guess(heads, {}):
                return outcome(NOTHING)
            tables.append(Table(name, heads, rows))
            return outcome(TABLE)
        if ending not in _DOCUMENTS and not kind.startswith(("image/", "text/")) and kind != "application/pdf":
            return outcome(CvKindUnknown.code)
        text = "\n\n".join(documents.read(content, today=today).pages).replace("\x00", "")[:_LONGEST_TEXT]
    except CvReaderBusy as error:
        if patient:
            raise
        return outcome(error.code)
    except (CvRefused, RuleBroken) as error:
        return outcome(error.code)
    return outcome(VACANCY if is_vacancy(text) else NOTHING, text)
