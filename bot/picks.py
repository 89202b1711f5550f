"""What a person picked: a press, a number, a title or an id, looked up in what was offered and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.turn import OfferedOption
from contract.text import normalise

# As the vendors' policies and our notices promise; said by everybody in capitals, never part of a sentence.
OPT_OUT_WORDS = frozenset({"alto", "baja", "stop"})
_NUMBER = re.compile(r"^(?:la |el |opcion |numero |no\.? ?|#)*(\d{1,3})[.)]?$")


def by_id(option_id: str, offered: Sequence[OfferedOption]) -> OfferedOption | None:
    """Find a pressed option, however long ago it was shown while it has not expired."""
    return next((option for option in offered if option.id == option_id and not option.expired), None)


def by_text(text: str, offered: Sequence[OfferedOption]) -> OfferedOption | None:
    """Find what was typed among what was shown last: by number, title (accents and case aside) or id.

    A whole title of something shown earlier counts too where it means the same at any time ("Contacto" of the menu):
    a yes, a time or a vacancy of an earlier question does not.
    """
    shown = [option for option in offered if option.ord > 0 and not option.expired]
    folded = normalise(text).strip(" .!")
    number = _NUMBER.match(folded)
    if number:
        return next((option for option in shown if option.ord == int(number.group(1))), None)
    for option in shown:
        if folded and folded in (normalise(option.title).strip(" .!"), normalise(option.id).strip(" .!")):
            return option
    earlier = [option for option in offered if option.ord <= 0 and not option.expired and not option.entities]
    return next((option for option in earlier if folded and folded == normalise(option.title).strip(" .!")), None)


def is_opt_out(text: str) -> bool:
    """Whether the whole message is one of the words that stop our messages (C13), whatever was being asked."""
    return normalise(text).strip(" .!") in OPT_OUT_WORDS


def several_by_text(text: str, offered: Sequence[OfferedOption]) -> tuple[list[OfferedOption], list[str]]:
    """Split "1, 3, ventas" for a multi-select: what was known, and the parts that were not."""
    known: list[OfferedOption] = []
    unknown: list[str] = []
    for part in re.split(r"[,;\n]| y ", text):
        if not part.strip():
            continue
        option = by_text(part, offered)
        if option is None:
            unknown.append(part.strip())
        elif option not in known:
            known.append(option)
    return known, unknown


def as_parse(options: Sequence[OfferedOption]) -> dict[str, Any]:
    """Return the options as Rasa's parse data: the intent for certain, the entities, the titles as text."""
    entities: dict[str, list[Any]] = {}
    for option in options:
        for name, value in option.entities.items():
            entities.setdefault(name, []).append(value)
    return parse_of(
        options[0].intent,
        {name: values[0] if len(values) == 1 else values for name, values in entities.items()},
        text=", ".join(option.title for option in options),
    )


def parse_of(intent: str, entities: dict[str, Any], text: str | None = None) -> dict[str, Any]:
    """Return parse data for an intent that is known and not guessed."""
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [
            {"entity": name, "value": value, "extractor": "offered", "start": 0, "end": 0}
            for name, value in entities.items()
        ],
        "intent_ranking": [{"name": intent, "confidence": 1.0}],
    }
