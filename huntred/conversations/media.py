"""Files that people sent, as the back office shows them. The gateway fetches and judges them (`bot/media/`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from huntred.conversations.models import Conversation, MediaFile
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound

_FIELDS = (
    MediaFile.id, MediaFile.kind, MediaFile.state, MediaFile.content_type, MediaFile.claimed_name, MediaFile.size,
    MediaFile.stored_name, MediaFile.marks, MediaFile.reason,
)  # fmt: skip


@dataclass(frozen=True)
class SentFile:
    """state: waiting, stored, refused, gone or failed. stored_name: below MEDIA_DIR, where it is stored."""

    id: UUID
    kind: str
    state: str
    content_type: str
    name: str
    size: int | None
    stored_name: str | None
    marks: tuple[str, ...]
    reason: str

    @property
    def family(self) -> str:
        """What its content is: image, audio, video, or anything else as document."""
        family = self.content_type.partition("/")[0]
        return family if family in {"image", "audio", "video"} else "document"


def file_of(uow: UnitOfWork, conversation: Conversation, media_id: UUID) -> SentFile:
    """Return a stored file of this conversation. Raises NotFound, also for one of another conversation."""
    row = uow.session.execute(
        select(*_FIELDS).where(
            MediaFile.id == media_id,
            MediaFile.chat_id == conversation.chat_id,
            MediaFile.unit == conversation.unit,
            MediaFile.state == "stored",
        )
    ).one_or_none()
    if row is None:
        raise NotFound("file")
    return _sent(row)


def files(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, SentFile]:
    """Return those that this work may see, by id as text. What is no id is left out."""
    wanted = [found for found in (_uuid(one) for one in ids) if found is not None]
    if not wanted:
        return {}
    rows = uow.session.execute(select(*_FIELDS).where(MediaFile.id.in_(wanted)))
    return {str(row.id): _sent(row) for row in rows}


def forget(uow: UnitOfWork, chat_id: UUID) -> int:
    """Forget what this chat sent to this unit; `huntred/privacy/files.py` removes the files. Return how many."""
    gone = uow.session.execute(
        delete(MediaFile).where(MediaFile.chat_id == chat_id, MediaFile.unit == uow.unit).returning(MediaFile.id)
    )
    return len(gone.all())


def _sent(row: Any) -> SentFile:
    return SentFile(
        row.id, row.kind, row.state, row.content_type, row.claimed_name, row.size, row.stored_name, tuple(row.marks),
        row.reason,
    )  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
