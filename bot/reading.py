"""What a turn's rows say: one message of them, looked up in what was offered or read by the unit's model.

Nothing here takes, keeps or gives back a turn: that is the worker's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot import picks
from bot.agents import UnitAgent
from bot.said import TurnOutput
from bot.spoken_picks import by_words
from bot.turn import Turn
from contract.invitations import invitation_in

# The intent as which an event without words is read.
INTENT_OF_KIND = {
    "opened": "greet",
    "location": "share_location",
    "document": "send_document",
    "image": "send_image",
    "audio": "send_audio",
    "video": "send_audio",
    "contact": "send_contact",
    "sticker": "send_sticker",
    "reaction": "send_reaction",
    "edited": "edit_message",
    "deleted": "delete_message",
    "unknown": "send_unknown",
}


def text_of(turn: Turn) -> str:
    """What they wrote; of a chat that opens by a link, what the link carries."""
    texts = (
        str(row.payload.values.get("start") or "") if row.kind == "opened" else row.payload.text for row in turn.rows
    )
    return " ".join(filter(None, texts)).replace("\x00", "")


async def understand(
    turn: Turn, agent: UnitAgent, text: str, greeting: Callable[[], Awaitable[str]]
) -> dict[str, Any]:
    """Read the rows as one message, as Rasa's parse data; some of it is noted on the turn.

    text: what they say, without the code of a campaign. greeting: asks for what the campaign's link writes by itself.
    """
    kind, payload = turn.rows[0].kind, turn.rows[0].payload
    if kind == "option":
        option = picks.by_id(payload.option_id, turn.options)
        if option is not None:
            return picks.as_parse([option])
        # Unknown or expired: what it said is read as text; without words the menu is offered again.
        kind = "text" if payload.text else "stale"
    if kind == "stale":
        return picks.parse_of("show_menu", {})
    if kind in INTENT_OF_KIND:
        entities = {}
        if payload.location is not None:
            entities = {"latitude": payload.location.latitude, "longitude": payload.location.longitude}
        # What a link carried is found there by whoever serves the opening; a caption stays out of it.
        invited = text if kind == "opened" and invitation_in(text) else None
        return picks.parse_of(INTENT_OF_KIND[kind], entities, text=invited)
    if picks.is_opt_out(text):
        return picks.parse_of("opt_out", {}, text=text)
    if invitation_in(text) or (turn.campaign and await _is_prefilled(text, greeting)):
        # A code is no sentence: whatever a model would read into it, somebody arrives by it.
        return picks.parse_of(INTENT_OF_KIND["opened"], {}, text=text)
    if turn.step and turn.step not in agent.domain.form_names:
        # A newly published model has no such form: what answers it must not be guessed at.
        turn.form_gone = True
        return picks.parse_of("show_menu", {}, text=text)
    if any(option.multiple for option in turn.options if option.ord > 0):
        known, _ = picks.several_by_text(text, turn.options)
        if known:
            return picks.as_parse(known)
    picked = picks.by_text(text, turn.options)
    if picked is not None:
        return picks.as_parse([picked])
    spoken = by_words(text, turn.options, in_form=bool(turn.step))
    if spoken is not None:
        return picks.as_parse([spoken.option]) if spoken.option else picks.parse_of("choose_option", {}, text=text)
    message = UserMessage(text, sender_id=turn.sender_id, input_channel=turn.channel)
    return await agent.processor.parse_message(message)


async def _is_prefilled(text: str, greeting: Callable[[], Awaitable[str]]) -> bool:
    """Whether this is what the campaign's link wrote by itself: then it says no more than that they came by it."""
    return not text or text == await greeting()


def message_of(turn: Turn, output: TurnOutput) -> UserMessage:
    """Return what was understood as the message that Rasa's processor handles."""
    parse = turn.parse or {}
    first = turn.rows[0]
    metadata: dict[str, Any] = {"kind": first.kind}
    if first.payload.media is not None:
        metadata["media"] = first.payload.as_json()["media"]
    if turn.campaign:
        metadata["campaign"] = turn.campaign
    if first.payload.sender_name:
        metadata["sender_name"] = first.payload.sender_name
    return UserMessage(
        parse.get("text"),
        output_channel=output,
        sender_id=turn.sender_id,
        parse_data=parse,
        input_channel=turn.channel,
        message_id=f"{first.kind}:{first.vendor_id}",
        metadata=metadata,
    )
