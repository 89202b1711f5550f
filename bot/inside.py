"""What is said from inside: a due notice, a consultant's words, a line of ours; no policy runs for any of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.agents import UnitAgent, render
from bot.said import Said, read_response
from bot.turn import Turn
from bot.understanding.languages import LANGUAGE_SLOT, WRITTEN_IN
from contract.message import Message, TemplateUse


async def said_from_inside(turn: Turn, agent: UnitAgent, tracker: DialogueStateTracker) -> list[Said]:
    """A due notice or a consultant's words: said as they are, no policy runs."""
    payload = turn.rows[0].payload
    values = payload.values
    if turn.rows[0].kind == "consultant":
        # With a template they are the template's own words, which go as such whatever the window says.
        use = _template_of(values)
        message = Message("template" if use else "text", text=payload.text, template=use)
        return [
            Said(
                message, purpose=values.get("purpose", "reply"), source="consultant", author="consultant",
                user_id=UUID(values["user_id"]),
            )
        ]  # fmt: skip
    response = await render(agent, values["response"], tracker, turn.channel, **values.get("values", {}))
    use = _template_of(values)
    purpose = values.get("purpose", "notice")
    return [
        Said(
            Message.from_json({**one.message.as_json(), **({"template": use.as_json()} if use else {})}),
            one.offers, purpose=purpose, source="notice",
        )
        for one in read_response(response)
    ]  # fmt: skip


async def one_line(turn: Turn, agent: UnitAgent, response: str) -> Said:
    """A response of ours that no policy chose, and that asks for nothing the tracker holds but the language."""
    language = str((turn.parse or {}).get(WRITTEN_IN) or turn.language)
    slots = [TextSlot(LANGUAGE_SLOT, mappings=[], initial_value=language)]
    tracker = DialogueStateTracker.from_events(turn.sender_id, [], slots)
    said = read_response(await render(agent, response, tracker, turn.channel))[0]
    return replace(said, message=replace(said.message, language=language))


def _template_of(values: Mapping[str, Any]) -> TemplateUse | None:
    """What an internal event names as its template."""
    named = values.get("template")
    return TemplateUse.from_json(named) if named else None
