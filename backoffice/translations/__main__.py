"""`python -m backoffice.translations`: what the catalogue misses, a line each as its files are written."""

from __future__ import annotations

import sys

import yaml

from backoffice.translations.checking import missing, unused


def main() -> int:
    """Write them. Return 1 where one is missing."""
    lacking = missing()
    lines, template = [], ""
    for one in lacking:
        if one.template != template:
            template = one.template
            lines.append(f"# {template}")
        lines.append(f"{_written(one.text)}: ")
    for place, spanish in unused():
        lines.append(f"# no template says any more: {f'{place}: ' if place else ''}{_written(spanish)}")
    sys.stdout.writelines(f"{line}\n" for line in [*lines, f"# {len(lacking)} without English"])
    return int(bool(lacking))


def _written(text: str) -> str:
    """As a key of YAML."""
    line: str = yaml.safe_dump(text, allow_unicode=True, width=10_000)
    return line.removesuffix("...\n").strip()


if __name__ == "__main__":
    sys.exit(main())
