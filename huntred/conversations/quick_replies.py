"""Quick replies: texts of a unit that its consultants often write, found by a shortcut and filled in.

The words in braces stand in quick_replies.yml. Whoever uses one may change it before it is sent.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy import select

from contract.text import normalise
from huntred.conversations.errors import ShortcutTaken
from huntred.conversations.models import QuickReply
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid, NotFound

LONGEST_SHORTCUT, LONGEST_TEXT = 30, 1000
_FILE = Path(__file__).with_name("quick_replies.yml")
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9-]*")
_IN_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Filling:
    """What is known of the conversation; an empty value leaves out the word, with the comma or space before it."""

    first_name: str = ""
    position: str = ""
    unit_name: str = ""
    consultant_name: str = ""


@functools.cache
def placeholders() -> Mapping[str, str]:
    """Word in braces → field of Filling."""
    return dict(yaml.safe_load(_FILE.read_text(encoding="utf-8"))["placeholders"])


def fill(text: str, filling: Filling) -> str:
    """Return the text with what is known in the place of the words in braces."""
    values = asdict(filling)
    for word, name in placeholders().items():
        value = values[name]
        if value:
            text = text.replace("{" + word + "}", value)
        else:
            text = re.sub(r"[, ]*\{" + re.escape(word) + r"\}", "", text)
    return text.strip()


def list_quick_replies(uow: UnitOfWork, unit: str) -> list[QuickReply]:
    return list(uow.session.scalars(select(QuickReply).where(QuickReply.unit == unit).order_by(QuickReply.shortcut)))


def get_quick_reply(uow: UnitOfWork, reply_id: UUID) -> QuickReply:
    """Raises NotFound."""
    found = uow.session.get(QuickReply, reply_id)
    if found is None:
        raise NotFound("quick reply")
    return found


def save_quick_reply(
    uow: UnitOfWork, shortcut: str, text: str, *, now: datetime, reply_id: UUID | None = None
) -> QuickReply:
    """Keep a new one of this work's unit, or change one. Raises NotFound, FieldInvalid, ShortcutTaken."""
    shortcut = normalise(shortcut.removeprefix("/")).replace(" ", "-")
    if not shortcut:
        raise FieldInvalid("shortcut", "missing")
    if len(shortcut) > LONGEST_SHORTCUT:
        raise FieldInvalid("shortcut", "too_long")
    if not _SHORTCUT.fullmatch(shortcut):
        raise FieldInvalid("shortcut", "not_a_shortcut")
    text = text.replace("\0", "").strip()
    if not text:
        raise FieldInvalid("quick_text", "missing")
    if len(text) > LONGEST_TEXT:
        raise FieldInvalid("quick_text", "too_long")
    if any(word not in placeholders() for word in _IN_BRACES.findall(text)):
        raise FieldInvalid("quick_text", "unknown_placeholder")
    reply = get_quick_reply(uow, reply_id) if reply_id else QuickReply(unit=uow.unit, created_at=now)
    same = uow.session.scalar(
        select(QuickReply.id).where(QuickReply.unit == uow.unit, QuickReply.shortcut == shortcut)
    )
    if same is not None and same != reply_id:
        raise ShortcutTaken(shortcut)
    reply.shortcut = shortcut
    reply.text = text
    reply.updated_at = now
    uow.session.add(reply)
    uow.session.flush()
    return reply


def remove_quick_reply(uow: UnitOfWork, reply_id: UUID) -> None:
    """Raises NotFound."""
    uow.session.delete(get_quick_reply(uow, reply_id))
    uow.session.flush()
