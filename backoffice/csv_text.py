"""CSV as Excel in Mexico opens it by a double click: UTF-8 with its mark, commas, no cell that is taken for a formula.

What a cell holds was typed by somebody; source: https://owasp.org/www-community/attacks/CSV_Injection.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from typing import TextIO

ENCODING = "utf-8-sig"
Cell = str | int | Decimal
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvWriter:
    """Writes rows. file: opened with newline="" and, where bytes lie underneath, in ENCODING."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file)

    def row(self, cells: Iterable[Cell]) -> None:
        self._writer.writerow([_disarmed(cell) if isinstance(cell, str) else cell for cell in cells])


def _disarmed(cell: str) -> str:
    text = cell.replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) else text
