"""How somebody is: patient or not, by button or in words, with which slips of the keyboard."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, fields

_BESIDE = {"a": "s", "s": "d", "e": "r", "o": "p", "i": "u", "n": "m", "b": "v", "v": "b", "c": "x", "l": "k"}
_SHORT = {"que": "q", "porque": "xq", "por": "x", "también": "tmb", "para": "pa"}


@dataclass(frozen=True)
class Mood:
    """Chances, 0 to 1, of doing so at a turn. presses: a button rather than words, where there is one."""

    presses: float = 0.5
    misspells: float = 0.2
    digresses: float = 0.1
    chats: float = 0.03
    wanders: float = 0.03
    mumbles: float = 0.03
    hurries: float = 0.03
    corrects: float = 0.04
    doubts: float = 0.03
    refuses: float = 0.03
    sends: float = 0.02
    menus: float = 0.01


MOODS = {
    "plain": Mood(),
    "button_presser": Mood(presses=0.97, misspells=0.0),
    "free_writer": Mood(presses=0.0, misspells=0.3),
    "impatient": Mood(hurries=0.25, mumbles=0.08, presses=0.6),
    "digressing": Mood(digresses=0.35, chats=0.1, wanders=0.08),
    "correcting": Mood(corrects=0.25),
    "misspelling": Mood(misspells=0.9, presses=0.1),
    "silent": Mood(sends=0.2, mumbles=0.15, doubts=0.1),
    "doubting": Mood(doubts=0.2, refuses=0.2),
}
assert all(0 <= getattr(mood, each.name) <= 1 for mood in MOODS.values() for each in fields(Mood))


def misspelt(text: str, dice: random.Random) -> str:
    """Write it as thumbs do: no accents or signs, a neighbouring key, a letter twice or missing, shorthand."""
    words = [_SHORT.get(word, word) if dice.random() < 0.5 else word for word in text.split()]
    text = " ".join(words)
    if dice.random() < 0.7:
        text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    places = [place for place, char in enumerate(text) if char.isalpha()]
    if len(places) > 5 and dice.random() < 0.7:
        place = dice.choice(places[1:])
        char = text[place]
        text = text[:place] + dice.choice(["", char * 2, _BESIDE.get(char, char)]) + text[place + 1 :]
    return dice.choice([text, text, text.lower(), text.upper(), text.strip("¿?¡!.")])
