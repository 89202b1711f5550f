"""Draws every response of every unit on every channel that the unit uses: `python -m bot.lint_dialogue`

Fails on a broken limit of a vendor, an option that nobody can reach, a language that a unit declares and a response
lacks, and an error code of the business without its `utter_error_*`. Placeholders are filled with long values.
`--codes` names a JSON list of the codes (`python -m runtime.error_codes` prints it): the bot knows no business code.
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import argparse  # noqa: E402
import json  # noqa: E402
import re  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator, Mapping, Sequence  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from rasa.core.nlg.interpolator import interpolate_text  # noqa: E402
from ruamel.yaml import YAML  # noqa: E402

from bot.importer import UnitImporter  # noqa: E402
from bot.rendering.options import CannotRender  # noqa: E402
from bot.rendering.reach import faults  # noqa: E402
from bot.rendering.seen import channels  # noqa: E402
from bot.said import BadPayload, read_response  # noqa: E402
from bot.translations import PLACEHOLDER, payloads, placeholders  # noqa: E402
from bot.understanding.languages import LANGUAGE_SLOT, MAIN  # noqa: E402
from contract.settings import ALL_UNITS  # noqa: E402

_SEED = Path("huntred/units/seed")
# Of a language that is not spoken everywhere: which responses it must have.
_MAIN_PATHS = Path("domain/translations/main_paths.yml")
_ADDRESS = re.compile(r"(^|_)(url|link|page|address)($|_)")
_LONG = "Coordinación de operación logística y atención especializada a personas usuarias, Tlajomulco de Zúñiga"


@dataclass(frozen=True)
class UnitVoice:
    """What is judged of one unit. responses: name → variants, as Rasa's domain holds them.

    needed: language → names of the responses that it must have; all of them where a language is not in it.
    """

    code: str
    channels: tuple[str, ...]
    languages: tuple[str, ...]
    responses: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    needed: Mapping[str, frozenset[str]] = field(default_factory=dict)


def read_unit(code: str) -> UnitVoice:
    """Read the unit's seed and its merged domain."""
    seed = YAML(typ="safe").load((_SEED / code / "unit.yml").read_text(encoding="utf-8"))
    settings = seed.get("settings") or {}
    domain = UnitImporter("config.yml", unit=code).get_domain()
    main_paths = YAML(typ="safe").load(_MAIN_PATHS.read_text(encoding="utf-8"))
    needed = {language: frozenset(names) for language, names in main_paths.items()}
    spoken = tuple(seed.get("languages") or [MAIN])
    return UnitVoice(code, tuple(settings.get("channels") or ()), spoken, domain.responses, needed)


def wrong_of(unit: UnitVoice, codes: Sequence[str]) -> Iterator[str]:
    """Yield everything that is wrong, one line each."""
    for code in codes:
        if f"utter_error_{code}" not in unit.responses:
            yield f"utter_error_{code} is missing: the business refuses with the code {code}"
    known = [channel for channel in unit.channels if channel in channels()]
    for name, variants in sorted(unit.responses.items()):
        said = {_language(variant) for variant in variants}
        for language in unit.languages:
            if language not in said and name in unit.needed.get(language, unit.responses):
                yield f"{name} has no variant in {language}"
        yield from (f"{name} in {_language(variant)}: {fault}" for variant, fault in _unlike(variants))
        for number, variant in enumerate(variants, 1):
            where = f"{name} (variant {number})" if len(variants) > 1 else name
            only = variant.get("channel")
            for channel in known:
                if only in (None, channel):
                    yield from (f"{where} on {channel}: {fault}" for fault in _wrong_on(channel, variant))


def _unlike(variants: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the translations that fill in or offer something else than what they translate."""
    spanish = [variant for variant in variants if _language(variant) == MAIN]
    values = set().union(*(placeholders(variant) for variant in spanish))
    offered = [payloads(variant) for variant in spanish]
    for variant in variants:
        if _language(variant) == MAIN or not spanish:
            continue
        unknown = placeholders(variant) - values
        if unknown:
            yield variant, f"nothing fills {', '.join(sorted(unknown))}"
        if payloads(variant) not in offered:
            yield variant, "its buttons do something else than the Spanish ones"


def _wrong_on(channel: str, variant: Mapping[str, Any]) -> Iterator[str]:
    try:
        messages = read_response(fill(variant))
        if not messages and variant.get("text") != "":
            yield "it says nothing"
        for said in messages:
            for option in said.message.options:
                if not any(character.isalnum() for character in option.title):
                    yield f"the option {option.id!r} has no title"
            yield from faults(channel, said.message)
    except (BadPayload, CannotRender, KeyError, TypeError) as error:
        yield f"it cannot be drawn: {type(error).__name__}: {error}"


def fill(value: Any) -> Any:
    """Return the response with long sample values in its placeholders."""
    if isinstance(value, str):
        # In payloads actions fill in ids and codes; they are short.
        sample = (lambda name: "sample") if value.startswith("/") else _sample
        names = {name.strip() for name in PLACEHOLDER.findall(value)}
        return interpolate_text(value, {name: sample(name) for name in names})
    if isinstance(value, Mapping):
        return {key: fill(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [fill(item) for item in value]
    return value


def _sample(name: str) -> str:
    return f"https://huntred.example.mx/{'x' * 80}" if _ADDRESS.search(name) else _LONG


def _language(variant: Mapping[str, Any]) -> str:
    """A variant of another language carries the condition `slot: language`; without one it is the main language's."""
    for condition in variant.get("condition") or ():
        if condition.get("type") == "slot" and condition.get("name") == LANGUAGE_SLOT:
            return str(condition.get("value"))
    return MAIN


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", default=",".join(ALL_UNITS), help="codes, comma separated")
    parser.add_argument("--codes", required=True, type=Path, help="JSON list of the business's error codes")
    arguments = parser.parse_args()
    codes = json.loads(arguments.codes.read_text(encoding="utf-8"))
    count = broken = 0
    not_judged: set[str] = set()
    for code in arguments.units.split(","):
        unit = read_unit(code)
        wrong = list(wrong_of(unit, codes))
        for line in wrong:
            print(f"{code}: {line}", file=sys.stderr)
        not_judged |= set(unit.channels) - set(channels())
        judged = [channel for channel in unit.channels if channel in channels()]
        print(f"{code}: {len(unit.responses)} responses on {', '.join(judged)}: {len(wrong)} wrong", flush=True)
        count += len(unit.responses)
        broken += len(wrong)
    if not_judged:
        print(f"not judged, for nothing draws them yet: {', '.join(sorted(not_judged))}")
    print(f"lint-dialogue: {count} responses, {len(codes)} error codes, {broken} wrong")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
