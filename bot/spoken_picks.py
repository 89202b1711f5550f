"""What somebody chose in words of their own: "mejor la segunda", "el martes a las 9", "la de Guadalajara".

Read by rules and not by the model, since only what was shown can be meant. A message is a choice where each word
chooses (spoken_picks.yml) or stands in an option; one word beside makes it a sentence: "el martes no puedo".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.turn import OfferedOption
from contract.text import normalise

_FILE = Path(__file__).with_suffix(".yml")
# Lists that people choose from by their own words; a menu's entries mean the same at any time and need no list.
_OF_VACANCIES, _OF_TIMES = "choose_vacancy", "choose_slot"
_WORD = re.compile(r"\d{1,2}:\d{2}|\d{1,2}(?=[ap]m\b|hrs\b)|\d+(?:era|ero|da|do|ta|to|a|o)\b|\d+|[^\W\d]+")
# Shorter words are no stem: "sur" is not "surtido".
_STEM = 5
_NOON = 12
_LONGEST = 12


@dataclass(frozen=True)
class Spoken:
    """A choice. option: the one that was meant; None where none of them is, or several are."""

    option: OfferedOption | None


@dataclass
class _Meant:
    """What the words name."""

    ordinal: int | None = None
    weekday: str = ""
    month: str = ""
    day: int | None = None
    hours: frozenset[int] = frozenset()
    minute: int | None = None
    part: str = ""
    words: list[str] = field(default_factory=list)
    points: bool = False

    @property
    def of_time(self) -> bool:
        return bool(self.weekday or self.month or self.day or self.hours or self.part)


@dataclass(frozen=True)
class _Vocabulary:
    """spoken_picks.yml, by word."""

    fillers: frozenset[str]
    pointers: frozenset[str]
    ordinals: dict[str, int]
    weekdays: dict[str, str]
    months: dict[str, str]
    before_hour: frozenset[str]
    after_hour: dict[str, str]
    parts_of_day: dict[str, str]
    same: dict[str, str]


def by_words(text: str, offered: Sequence[OfferedOption], *, in_form: bool = False) -> Spoken | None:
    """Read a choice among the list that was shown last, or just before; None where the message is no choice.

    in_form: a form asks something; then only what was shown last can be meant.
    """
    for options in _lists(offered, earlier=not in_form):
        times = options[0].intent == _OF_TIMES
        meant = _read(text, options, times=times)
        if meant is None or (not times and meant.of_time):
            continue
        fitting = [option for position, option in enumerate(options, 1) if _fits(option, position, len(options), meant)]
        if fitting or options[0].ord > 0:
            return Spoken(fitting[0] if len(fitting) == 1 else None)
    return None


def _lists(offered: Sequence[OfferedOption], *, earlier: bool) -> list[list[OfferedOption]]:
    """Return what can be chosen from: the list shown last, else that of the turn before it."""
    usable = [option for option in offered if not option.expired and option.intent in (_OF_VACANCIES, _OF_TIMES)]
    shown = [option for option in usable if option.ord > 0]
    if shown or not earlier:
        return [_in_order(shown)] if shown else []
    turns = sorted({option.turn_id for option in offered if option.ord < 0}, reverse=True)
    before = [option for option in usable if option.ord < 0 and option.turn_id == turns[0]] if turns else []
    return [_in_order(before)] if before else []


def _in_order(options: list[OfferedOption]) -> list[OfferedOption]:
    return sorted(options, key=lambda option: abs(option.ord))


def _read(text: str, options: Sequence[OfferedOption], *, times: bool) -> _Meant | None:
    """Return what the words name; None where one of them has nothing to do with choosing."""
    known, found = _vocabulary(), _WORD.findall(normalise(text))
    if not found or len(found) > _LONGEST:
        return None
    stock = {word for option in options for word in _words_of(option)}
    meant, unread = _Meant(), list(found)
    while unread:
        word = unread.pop(0)
        before = found[len(found) - len(unread) - 2] if len(found) - len(unread) >= 2 else ""
        if times and _time(meant, word, before, unread, known):
            continue
        if word in known.ordinals or (not times and word.isdigit()):
            meant.ordinal = known.ordinals.get(word) or int(word)
        elif word in known.fillers:
            continue
        elif word in known.pointers:
            meant.points = True
        else:
            named = _named(known.same.get(word, word), stock)
            if not named:
                return None
            meant.words.append(named)
    if meant.of_time or meant.ordinal is not None:
        return meant
    return meant if meant.words and (meant.points or times) else None


def _time(meant: _Meant, word: str, before: str, unread: list[str], known: _Vocabulary) -> bool:
    """Take what a word says of a time; whether it says something."""
    if word in known.weekdays:
        meant.weekday = known.weekdays[word]
    elif word in known.months:
        meant.month = known.months[word]
    elif word in known.parts_of_day and (word != "manana" or before in ("la", "de")):
        meant.part = known.parts_of_day[word]
    elif ":" in word:
        hour, minute = word.split(":")
        meant.minute = int(minute)
        _hour(meant, int(hour), _said_after(unread, known))
    elif (number := _number(word, before, unread, known)) is not None:
        after = _said_after(unread, known)
        if before in known.before_hour or after:
            _hour(meant, number, after)
        elif before == "el" or meant.weekday or (unread and unread[0] == "de"):
            meant.day = number
        else:
            return False
    else:
        return False
    return True


def _number(word: str, before: str, unread: list[str], known: _Vocabulary) -> int | None:
    """Return the number that a word is, where a time can be meant: "las diez", "las 10", "el 24"."""
    if word.isdigit():
        return int(word)
    spelt = known.ordinals.get(word)
    return spelt if spelt and spelt > 0 and before == "las" and not word.endswith("a") else None


def _said_after(unread: list[str], known: _Vocabulary) -> str:
    return known.after_hour.get(unread.pop(0), "") if unread and unread[0] in known.after_hour else ""


def _hour(meant: _Meant, hour: int, part: str) -> None:
    """ "las 4" of an interview is the afternoon's unless an option says otherwise: both are looked for."""
    if part == "afternoon":
        meant.hours = frozenset({hour % _NOON + _NOON})
    else:
        meant.hours = frozenset({hour, hour + _NOON}) if hour < _NOON and part != "morning" else frozenset({hour})


def _fits(option: OfferedOption, position: int, count: int, meant: _Meant) -> bool:
    if meant.ordinal is not None and position != (count if meant.ordinal < 0 else meant.ordinal):
        return False
    if meant.words and not set(meant.words) <= _words_of(option):
        return False
    return not meant.of_time or _fits_time(option, meant)


def _fits_time(option: OfferedOption, meant: _Meant) -> bool:
    """Compare with a title like "mar 24 nov, 9:00"."""
    date, _, clock = normalise(option.title).partition(",")
    words = date.split()
    hour, _, minute = clock.strip().partition(":")
    if not hour.isdigit() or not minute.isdigit():
        return False
    return (
        (not meant.weekday or meant.weekday in words[:1])
        and (meant.day is None or str(meant.day) in words)
        and (not meant.month or meant.month in words[1:])
        and (not meant.hours or int(hour) in meant.hours)
        and (meant.minute is None or int(minute) == meant.minute)
        and (not meant.part or (meant.part == "afternoon") == (int(hour) >= _NOON))
    )


def _words_of(option: OfferedOption) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d]+", normalise(f"{option.title} {option.description}")))


def _named(word: str, stock: set[str]) -> str:
    """Return the options' word that this one is, or begins like; "" where none is."""
    if word in stock:
        return word
    stem = word[:_STEM]
    if len(stem) < _STEM:
        return ""
    return next((one for one in sorted(stock) if one.startswith(stem) and abs(len(one) - len(word)) <= 2), "")


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    with _FILE.open(encoding="utf-8") as stream:
        loaded = YAML(typ="safe").load(stream)

    def by_word(name: str) -> dict[str, str]:
        return {str(word): str(of) for of, words in loaded[name].items() for word in words}

    return _Vocabulary(
        fillers=frozenset(map(str, loaded["fillers"])),
        pointers=frozenset(map(str, loaded["pointers"])),
        ordinals={word: int(of) for word, of in by_word("ordinals").items()},
        weekdays=by_word("weekdays"),
        months=by_word("months"),
        before_hour=frozenset(map(str, loaded["before_hour"])),
        after_hour=by_word("after_hour"),
        parts_of_day=by_word("parts_of_day"),
        same={str(word): str(of) for word, of in loaded["same"].items()},
    )
