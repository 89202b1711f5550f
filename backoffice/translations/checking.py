"""Which texts of our templates the catalogue misses, and which of its phrases no template has any more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from backoffice.translations.catalogue import Catalogue, codes, english
from backoffice.translations.reading import translate

_TEMPLATES = Path(__file__).parent.parent / "templates"
# Pages for candidates, clients and interviewers: Spanish, whoever looks.
_SPANISH = ("public/",)


@dataclass(frozen=True)
class Found:
    """A text where it stands. place: the template, or the dictionary in it and the key."""

    template: str
    place: str
    text: str


class _Recorder:
    """The catalogue, noting what is asked of it."""

    def __init__(self, template: str, catalogue: Catalogue) -> None:
        self._template, self._catalogue = template, catalogue
        self.asked: list[Found] = []

    def knows(self, text: str, place: str) -> bool:
        return self._catalogue.knows(text, place)

    def say(self, text: str, place: str) -> str | None:
        self.asked.append(Found(self._template, place, text))
        return self._catalogue.say(text, place)


def texts(catalogue: Catalogue) -> list[Found]:
    """Return every text of the templates that switch, as often as it stands there."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])  # noqa: S701  # nothing is rendered
    found: list[Found] = []
    for path in sorted(_TEMPLATES.rglob("*.html")):
        name = path.relative_to(_TEMPLATES).as_posix()
        if not name.startswith(_SPANISH):
            recorder = _Recorder(name, catalogue)
            tree = environment.parse(path.read_text(encoding="utf-8"), name)
            translate(tree, name, recorder, codes())
            found += recorder.asked
    return found


def missing() -> list[Found]:
    """Return each text without English, once, where it first stands."""
    told = english()
    first: dict[str, Found] = {}
    for one in texts(told):
        if not told.knows(one.text, one.place):
            first.setdefault(one.text, one)
    return list(first.values())


def unused() -> list[tuple[str, str]]:
    """Return (place, Spanish) of phrases that stand nowhere; place is empty for those that hold everywhere."""
    told = english()
    found = texts(told)
    everywhere = {one.text for one in found}
    placed = {(one.place, one.text) for one in found}
    return [
        (place, spanish) for place, spanish, _ in told.every()
        if ((place, spanish) not in placed if place else spanish not in everywhere)
    ]  # fmt: skip
