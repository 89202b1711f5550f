"""Why something was not sent, in plain Spanish for consultants (reasons.yml). The vendor's code stands beside it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

_FILE = Path(__file__).with_name("reasons.yml")


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    with _FILE.open(encoding="utf-8") as stream:
        loaded = YAML(typ="safe").load(stream)
    return {str(of): {str(code): str(text) for code, text in texts.items()} for of, texts in loaded.items()}


def known(channel: str, code: str) -> bool:
    """Whether the code has a text of its own."""
    return _find(channel, code) is not None


def say(channel: str, code: str, detail: str = "", **values: object) -> str:
    """Return the reason for this code of this channel.

    detail: the vendor's own words, shown only where the code has no text of ours. Meta's `code/subcode` is looked up
    whole, then by its subcode, then by its code.
    """
    text = _find(channel, code)
    if text is not None:
        return text.format(**values) if values else text
    general = _texts()["general"]
    if detail:
        return general["with_detail"].format(code=code, detail=detail)
    return general["with_code"].format(code=code)


def _find(channel: str, code: str) -> str | None:
    texts = _texts()
    whole, _, sub = code.partition("/")
    for of in (channel, *(("messenger",) if channel == "instagram" else ()), "any"):
        for asked in (code, sub, whole):
            if asked and asked in texts.get(of, {}):
                return texts[of][asked]
    return None
