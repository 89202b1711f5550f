"""CVs as people send them: a small true one, and its way from the gateway to what was read.

    send(desk, conversation, folder, CV)      the file and the gateway's event, handed to its handlers
    read(desk, reader, folder)                what the worker's task does, once around
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from huntred.conversations.models import Conversation
from huntred.cv import reading, telling
from huntred.cv.models import CvFile
from huntred.cv.ports import CvReader
from huntred.events.models import StoredEvent
from huntred.events.registry import Context
from huntred.events.service import handle
from tests.factories.desk import Desk
from tests.factories.files import sent_file

CV = (
    "María Fernanda López Ruiz\nmaria.lopez@example.com | Tel. 55 1234 5678\nMonterrey, Nuevo León\n\n"
    "EXPERIENCIA LABORAL\nCajera\nAbarrotes del Norte\nEne 2019 - Dic 2021\n- Cobrar y cuadrar la caja.\n\n"
    "EDUCACIÓN\nPreparatoria\nCBTIS 99\n2015 - 2018\n\nHABILIDADES\nExcel, Atención a clientes, Inventarios\n"
).encode()


def send(
    desk: Desk, conversation: Conversation, folder: Path, content: bytes = CV, *, name: str = "cv.txt",
    content_type: str = "text/plain", kind: str = "document",
) -> UUID:  # fmt: skip
    """Return the id of the file's row."""
    media = sent_file(desk, conversation, folder, content, content_type=content_type, name=name, kind=kind)
    event = StoredEvent(
        unit=conversation.unit, name="MediaStored",
        payload={
            "media_id": str(media), "chat_id": str(conversation.chat_id), "inbox_id": 1, "kind": kind, "name": name,
            "content_type": content_type,
        },
    )  # fmt: skip
    desk.add(event)
    assert handle(desk.app, event.id, conversation.unit, Context(desk.now, desk.links))
    return media


def read(desk: Desk, reader: CvReader, folder: Path, unit: str = "amigro") -> int:
    """Read all that waits and tell whoever may be told; return how many were told."""
    while reading.read_next(desk.app, unit, reader, folder, lambda: desk.now):
        pass
    with desk.work(unit) as uow:
        return telling.tell_read(uow, now=desk.now)


def cv_of(desk: Desk, media_id: UUID) -> CvFile:
    return desk.rows(select(CvFile).where(CvFile.media_id == media_id))[0]

