"""Makes the files of a new unit from those that are here: `make new-bu NAME=agro TITLE="Agro"`.

Three folders and a test: `data/<name>`, `domain/<name>`, `huntred/units/seed/<name>` and
`tests/conversations/<name>`, and the unit's line in `tests/unit/data/style.yml`. No code is needed: the running
platform finds a unit by its folders (docs/designers.md).
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from runtime.installation import ROOT

# Whose seed, texts of the law and conversation tests a new unit begins with.
_LIKE, _LIKE_NAME = "huntred", "huntRED"
# The words of the first texts; {title} stands for the unit's name.
_VOICE = Path(__file__).with_name("new_unit_voice.yml")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,29}")
_RESERVED = frozenset({"shared", "contact"})
# Stories of the model's that hold for every unit which changes no rule.
_STORIES = (
    "the opening, the menu and a farewell", "a no is a no, and neither is neither", "questions",
    "data and messages", "registration, a digression, the recap",
)  # fmt: skip
_RULES = """# Rules that only this unit has. One with the name of a shared rule takes its place (bot/importer.py).
version: "3.1"

rules: []
"""


class UnitImpossible(Exception):
    """No unit can be made so; the message says what to do."""


def make(name: str, title: str = "", root: Path = ROOT) -> list[Path]:
    """Write the unit's files and return them. title: as people read it.

    Raises UnitImpossible; then nothing is written.
    """
    title = title.strip() or name.replace("_", " ").title()
    _check(name, title, root)
    files = {
        root / "data" / name / "rules.yml": _RULES,
        root / "domain" / name / "voice.yml": _VOICE.read_text(encoding="utf-8").replace("{title}", title),
        root / "tests" / "conversations" / name / "test_conversations.yml": _stories(name, root),
    }
    seed = root / "huntred" / "units" / "seed"
    for like in sorted((seed / _LIKE).iterdir()):
        files[seed / name / like.name] = _seed(like.read_text(encoding="utf-8"), name, title, root)
    style = root / "tests" / "unit" / "data" / "style.yml"
    files[style] = _style(style.read_text(encoding="utf-8"), name)
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return list(files)


def _check(name: str, title: str, root: Path) -> None:
    if not name:
        raise UnitImpossible("NAME is missing: make new-bu NAME=agro TITLE=\"Agro\"")
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise UnitImpossible(
            f"{name!r} cannot be a unit's code: 2 to 30 small letters, digits or _, beginning with a letter, and not"
            f" {' or '.join(sorted(_RESERVED))}; what people read is TITLE"
        )
    if re.search(r'["{}\\\n]', title):
        raise UnitImpossible(f"TITLE={title!r}: write it without quotation marks, braces and backslashes")
    there = [folder for folder in ("data", "domain", "huntred/units/seed") if (root / folder / name).exists()]
    if there:
        raise UnitImpossible(
            f"unit {name!r} is there already ({there[0]}/{name}): choose another name, or edit that one"
        )


def _seed(text: str, name: str, title: str, root: Path) -> str:
    text = text.replace(f"code: {_LIKE}\n", f"code: {name}\n").replace(f"_{_LIKE}\n", f"_{name}\n")
    text = text.replace(f"{_LIKE}.example", f"{name.replace('_', '-')}.example")
    # The group keeps its name, which begins like the unit's.
    text = re.sub(rf"(?<!Grupo ){_LIKE_NAME}(?!®)", title, text)
    position = len([folder for folder in (root / "huntred" / "units" / "seed").iterdir() if folder.is_dir()])
    return re.sub(r"^position: \d+$", f"position: {position}", text, flags=re.M)


def _stories(name: str, root: Path) -> str:
    like = (root / "tests" / "conversations" / _LIKE / "test_conversations.yml").read_text(encoding="utf-8")
    head, *stories = re.split(r"(?m)^(?=  - story: )", like)
    kept = [story for story in stories if story.splitlines()[0].removeprefix("  - story: ") in _STORIES]
    return head.replace(f"of {_LIKE}.", f"of {name}.") + "".join(kept).rstrip() + "\n"


def _style(text: str, name: str) -> str:
    """Add the unit's measures behind those of the others."""
    *_, last = re.finditer(r"(?m)^  \w+: \{form: .*\n", text)
    line = f"  {name}: {{form: tu, exclamations: 1, length: 320, emojis: 0, whole: false}}\n"
    return text[: last.end()] + line + text[last.end() :]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="the unit's code: small letters, digits and _")
    parser.add_argument("--title", default="", help="the unit's name as people read it")
    arguments = parser.parse_args()
    try:
        files = make(arguments.name, arguments.title)
    except UnitImpossible as error:
        print(error, file=sys.stderr)
        return 2
    for file in files:
        print(file.relative_to(ROOT))
    print(f"\nNow: edit domain/{arguments.name}/voice.yml and huntred/units/seed/{arguments.name}/unit.yml (contact,"
          f" hours, channels),\nmake train BU={arguments.name}, and make up BU={arguments.name}.")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
