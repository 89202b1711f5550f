"""Files as the gateway leaves them: a row in `media` and, where stored, the bytes on the shelf."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

from contract.ids import new_id
from huntred.conversations.models import Chat, ChatMessage, Conversation, MediaFile
from tests.factories.desk import Desk


def sent_file(
    desk: Desk,
    conversation: Conversation,
    folder: Path,
    content: bytes = b"%PDF-1.4",
    *,
    content_type: str = "application/pdf",
    name: str = "cv.pdf",
    kind: str = "document",
    **values: Any,
) -> UUID:
    """Put a file there and a message that names it; return the row's id. values: of another state."""
    digest = hashlib.sha256(content).hexdigest()
    stored_name = f"{digest[:2]}/{digest}"
    if values.get("state", "stored") == "stored":
        (folder / digest[:2]).mkdir(parents=True, exist_ok=True)
        (folder / stored_name).write_bytes(content)
        values = {"state": "stored", "stored_name": stored_name, "sha256": digest, "size": len(content), **values}
    chat = desk.one(Chat, conversation.chat_id)
    row = MediaFile(
        id=new_id(), unit=conversation.unit, channel_account_id=chat.channel_account_id, channel=chat.channel,
        chat_id=chat.id, inbox_id=1, kind=kind, vendor_id="v-1", claimed_name=name, content_type=content_type, **values,
    )  # fmt: skip
    message = ChatMessage(
        id=new_id(), unit=conversation.unit, conversation_id=conversation.id, direction="in", author="person",
        kind=kind, text="", payload={"kind": kind, "media": {"vendor_id": "v-1", "filename": name, "id": str(row.id)}},
        at=desk.now,
    )  # fmt: skip
    desk.add(row, message)
    return row.id
