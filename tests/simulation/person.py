"""One simulated person: reads what was said last, and decides what to do next. Seeded: the same dice, the same person.

They know what is being asked as people do who read; here that is read from the conversation's own slots.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from contract.message import Option
from tests.simulation.moods import MOODS, misspelt

_ASKED_AGAIN = 4  # so often the same thing is asked before somebody presses what is there, if anything is
MOST_TURNS = 45
# Buttons that lead elsewhere than this unit's conversation, or are pressed on purpose only.
_NEVER_PRESSED = ("choose_unit", "contact_human", "restart", "opt_out", "delete_my_data", "decline_privacy")
_PICKED = ("choose_vacancy", "choose_slot", "accept_privacy", "apply_job")
_KINDS_SENT = ("sticker", "image", "audio", "document", "contact", "reaction", "unknown")


@lru_cache(maxsize=1)
def wordings() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("wordings.yml").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True)
class View:
    """What stands before the person. asked: by a form; expecting: the yes or no that is awaited."""

    options: tuple[Option, ...] = ()
    asked: str = ""
    expecting: str = ""
    accepted: bool = False
    done: bool = False


@dataclass(frozen=True)
class Move:
    """What the person does: text, or an option's id, or something without words."""

    kind: str = "text"
    text: str = ""
    option_id: str = ""


@dataclass
class Person:
    """goal: a key of `goals`. extras: how many detours are left in them."""

    dice: random.Random
    mood_name: str
    goal: str
    extras: int = 8
    turns: int = 0
    same: int = 0
    _last: str = ""
    _values: dict[str, str] = field(default_factory=dict)

    @classmethod
    def born(cls, seed: str, goals: tuple[str, ...]) -> Person:
        dice = random.Random(seed)
        return cls(dice, dice.choice(sorted(MOODS)), dice.choice(goals))

    def begins(self) -> Move:
        """The first message: whatever people begin with."""
        ways = [*sorted(wordings()["first"]), "goal", "goal", "sent"]
        way = self.dice.choice(ways)
        if way == "sent":
            return Move(kind=self.dice.choice(_KINDS_SENT))
        said = wordings()["goals"][self.goal] if way == "goal" else wordings()["first"][way]
        return self._say(said)

    def goes_on(self, view: View) -> Move | None:
        """The next move; None: the person is done, or gives up."""
        self.turns += 1
        if view.done or self.turns >= MOST_TURNS:
            return None
        step = view.asked or view.expecting or ",".join(option.id for option in view.options)
        self.same = self.same + 1 if step == self._last else 0
        self._last = step
        if self.extras > 0 and self.same < _ASKED_AGAIN:
            detour = self._detour(view)
            if detour is not None:
                self.extras -= 1
                return detour
        if view.asked:
            return self._answer(view)
        picked = [option for option in view.options if option.id.startswith(_PICKED)]
        if picked and (not view.expecting or view.expecting in ("privacy", "apply") or view.expecting.startswith("again_")):
            return self._choose(self.dice.choice(picked), view)
        if view.expecting and not view.expecting.startswith("again_"):
            return self._yes_or_no(view)
        return self._pursue(view)

    def _detour(self, view: View) -> Move | None:
        mood, said = MOODS[self.mood_name], wordings()
        ways = (
            (mood.digresses, said["digressions"]), (mood.chats, said["chatter"]), (mood.wanders, said["outside"]),
            (mood.mumbles, said["nonsense"]), (mood.hurries, said["impatient"]), (mood.corrects, said["corrections"]),
            (mood.doubts, said["unsure"]), (mood.refuses, said["no"] + said["skips"]), (mood.menus, said["menus"]),
        )  # fmt: skip
        for chance, sentences in ways:
            if self.dice.random() < chance:
                return self._say(sentences)
        if self.dice.random() < mood.sends:
            return Move(kind=self.dice.choice(_KINDS_SENT))
        if view.options and self.dice.random() < mood.presses * 0.08:
            return self._press_any(view)
        return None

    def _answer(self, view: View) -> Move:
        asked = view.asked
        answers = wordings()["answers"]
        pressable = [option for option in view.options if option.id.startswith(("inform", "skip", "affirm"))]
        if pressable and self.dice.random() < MOODS[self.mood_name].presses:
            return self._choose(self.dice.choice(pressable), view)
        if asked in answers:
            exact = asked in ("email", "code_email", "phone", "code")
            return self._say(answers[asked], exact=exact or self.same > 1)
        # A question of the vacancy: its id says nothing; people see whether a yes or a number is wanted.
        kind = "question_yes_no" if view.options else "question_number"
        return self._say(answers[kind], exact=True)

    def _yes_or_no(self, view: View) -> Move:
        yes = [option for option in view.options if option.id.startswith(("affirm", "accept_privacy"))]
        if yes and (self.same > 1 or self.dice.random() < MOODS[self.mood_name].presses):
            return self._choose(yes[0], view)
        return self._say(wordings()["yes"] if self.same < 2 else ["sí"], exact=self.same > 1)

    def _pursue(self, view: View) -> Move:
        if self.same > 1 and view.options:
            return self._press_any(view)
        return self._say(wordings()["goals"][self.goal], exact=self.same > 0)

    def _press_any(self, view: View) -> Move:
        allowed = [option for option in view.options if not option.id.startswith(_NEVER_PRESSED)]
        return self._choose(self.dice.choice(allowed), view) if allowed else self._say(wordings()["menus"])

    def _choose(self, option: Option, view: View) -> Move:
        """Press it, or write its number or title."""
        if self.dice.random() < max(MOODS[self.mood_name].presses, 0.4 if self.same else 0.0):
            return Move(kind="option", text=option.title, option_id=option.id)
        number = str(view.options.index(option) + 1)
        return Move(text=self.dice.choice([number, f"la {number}", option.title, option.title.lower()]))

    def _say(self, sentences: list[str], *, exact: bool = False) -> Move:
        text = self._filled(self.dice.choice(sentences))
        if not exact and self.dice.random() < MOODS[self.mood_name].misspells and "@" not in text:
            text = misspelt(text, self.dice) or text
        return Move(text=text)

    def _filled(self, text: str) -> str:
        if "{" not in text:
            return text
        for name, choices in wordings()["values"].items():
            self._values.setdefault(name, self.dice.choice(choices))
        self._values.setdefault("n", str(self.dice.randrange(10**6)))
        self._values.setdefault("n6", f"{self.dice.randrange(10**6):06d}")
        return text.format(**self._values)
