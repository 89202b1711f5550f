"""The codes of all errors of the business, as a JSON list: `python -m runtime.error_codes`

For those who must have a text for each and may not import the business (`bot.lint_dialogue`).
"""

from __future__ import annotations

import importlib
import json
import pkgutil

import huntred
from huntred.errors import HuntredError


def all_codes() -> list[str]:
    """Return every code that a HuntredError carries, in whatever module of `huntred` it is declared."""
    for module in pkgutil.walk_packages(huntred.__path__, "huntred."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    return sorted(_codes(HuntredError))


def _codes(kind: type[HuntredError]) -> set[str]:
    return {kind.code}.union(*(_codes(child) for child in kind.__subclasses__()))


if __name__ == "__main__":
    print(json.dumps(all_codes()))
