"""Who hears of files and of consent: a document that somebody sent is read as a CV, once they agreed."""

from __future__ import annotations

from sqlalchemy import select

from huntred.conversations.events import MediaStored
from huntred.conversations.models import Conversation, MediaFile
from huntred.cv import service
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import ProviderUnavailable
from huntred.events.registry import Context, handles
from huntred.people import service as people
from huntred.privacy.events import NoticeAccepted
from huntred.units import service as units

# Spreadsheets, slides and the like are documents, but nobody's CV; what may be one is judged by the reader.
_MAY_BE_CV = (
    "application/pdf", "application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml",
    "application/vnd.oasis.opendocument.text", "application/rtf", "text/", "image/",
)  # fmt: skip


@handles(MediaStored)
def receive_document(uow: UnitOfWork, event: MediaStored, context: Context) -> None:
    """A picture that was sent as such is no document; one that was sent as a document is told apart by the reader."""
    if event.kind != "document" or not event.content_type.startswith(_MAY_BE_CV):
        return
    if not units.get(uow, uow.unit).settings.get("reads_cvs", True):
        return
    media = uow.session.get(MediaFile, event.media_id)
    if media is None or media.stored_name is None:
        return  # erased meanwhile
    conversation_id = uow.session.scalar(
        select(Conversation.id).where(Conversation.chat_id == event.chat_id, Conversation.unit == uow.unit)
    )
    if conversation_id is None:
        raise ProviderUnavailable("the turn that opens the conversation is yet to come")
    person = people.person_of(uow, conversation_id, now=context.now)
    file = service.Stored(
        media.sha256 or "", media.stored_name, media.content_type, media.claimed_name, int(media.size or 0)
    )
    service.receive(uow, person.id, conversation_id, event.media_id, file, now=context.now)


@handles(NoticeAccepted)
def read_what_was_held(uow: UnitOfWork, event: NoticeAccepted, context: Context) -> None:
    service.release_held(uow, event.person_id, now=context.now)
