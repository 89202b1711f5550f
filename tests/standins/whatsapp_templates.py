"""The templates that Meta has approved for each number: those of the units' seed, as submitted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.standins.accounts import Account

SEED = Path(__file__).resolve().parents[2] / "huntred" / "units" / "seed"


@dataclass(frozen=True)
class Template:
    """body: text with {{1}} parameters. buttons: titles of quick replies."""

    name: str
    language: str
    body: str
    category: str = "UTILITY"
    status: str = "APPROVED"
    buttons: tuple[str, ...] = ()
    reason: str = "NONE"

    @property
    def parameters(self) -> int:
        return len(set(re.findall(r"\{\{\s*(\w+)\s*\}\}", self.body)))

    def filled(self, values: list[str]) -> str:
        text = self.body
        for number, value in enumerate(values, 1):
            text = re.sub(r"\{\{\s*" + str(number) + r"\s*\}\}", lambda _, filled=value: str(filled), text)
        return text


class Templates:
    """Templates by (account, name, language)."""

    def __init__(self, accounts: Iterable[Account], seed: Path = SEED) -> None:
        self._accounts = [account for account in accounts if account.channel == "whatsapp"]
        self._seed = seed
        self._templates: dict[tuple[str, str, str], Template] = {}
        self.reload()

    def reload(self) -> None:
        """Go back to what the seed names."""
        self._templates.clear()
        for account in self._accounts:
            for source in sorted((self._seed / account.unit).glob("templates*.yml")):
                data = yaml.safe_load(source.read_text(encoding="utf-8")) or []
                for row in data.get("templates", []) if isinstance(data, Mapping) else data:
                    self.add(account.key, row)

    def add(self, account: str, row: Mapping[str, Any]) -> Template:
        body = row["body"]
        template = Template(
            name=row["name"],
            language=row.get("language", "es_MX"),
            body=body["text"] if isinstance(body, Mapping) else body,
            category=str(row.get("category", "UTILITY")).upper(),
            status=row.get("status", "APPROVED"),
            buttons=tuple(_button_title(button) for button in row.get("buttons") or ()),
        )
        return self.put(account, template)

    def put(self, account: str, template: Template) -> Template:
        self._templates[account, template.name, template.language] = template
        return template

    def find(self, account: str, name: str, language: str) -> Template | None:
        return self._templates.get((account, name, language))

    def of(self, account: str) -> list[Template]:
        return [template for (owner, _, _), template in self._templates.items() if owner == account]


def _button_title(button: Any) -> str:
    if isinstance(button, Mapping):
        return str(button.get("text") or button.get("title") or "")
    return str(button)
