"""Who hears of files: the person, once, where one could not be kept."""

from __future__ import annotations

from pathlib import Path

from contract.message import Inbound
from huntred.conversations import repository as conversations
from huntred.conversations.events import MediaRefused
from huntred.conversations.lane import enter
from huntred.conversations.language import language_of
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.languages import words_in

_FILE = Path(__file__).with_name("media.yml")
RESPONSE = "utter_media_refused"


@handles(MediaRefused)
def tell_of_refusal(uow: UnitOfWork, event: MediaRefused, context: Context) -> None:
    """Said in the chat that the file came by, after what is said to the message itself."""
    words = words_in(_FILE, language_of(uow, conversations.of_chat(uow, event.chat_id)))
    told = words["reasons"].get(event.code) or words["reasons"]["type"]
    values = {
        "name": words["named"].format(name=event.name[:80]) if event.name else "",
        "reason": told["reason"],
        "advice": told["advice"],
    }
    # An answer to what the person just sent, and no notice that could be opted out of.
    content = {"response": RESPONSE, "values": values, "purpose": "reply"}
    enter(
        uow, event.chat_id, "notice", Inbound("notice", values=content), f"notice:media:{event.media_id}",
        now=context.now, unit=uow.unit,
    )  # fmt: skip
