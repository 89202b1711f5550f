"""Writes a list into a CSV or XLSX file, row by row.

What a cell holds was typed by somebody: no text may be taken for a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from backoffice.csv_text import ENCODING, Cell, CsvWriter
from backoffice.formats import local
from backoffice.lists.declared import Column, Facts, Value

Format = Literal["csv", "xlsx", "json", "jsonl"]
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OF_LISTS = ("csv", "xlsx")
Batches = Iterable[tuple[Sequence[Any], Facts]]


def write(
    path: Path, file_format: str, columns: Sequence[Column], batches: Batches, words: Any, list_name: str,
    told: Callable[[int], None] = lambda done: None,
) -> int:  # fmt: skip
    """Write the file and return how many rows it holds. told: is called with how many are written so far."""
    heads = [words.list_columns[list_name][column.name] for column in columns]
    writer = _write_csv if file_format == "csv" else _write_xlsx
    return writer(path, heads, columns, batches, words, told)


def _write_csv(
    path: Path, heads: Sequence[str], columns: Sequence[Column], batches: Batches, words: Any,
    told: Callable[[int], None],
) -> int:  # fmt: skip
    done = 0
    with path.open("w", encoding=ENCODING, newline="") as file:
        writer = CsvWriter(file)
        writer.row(heads)
        for rows, facts in batches:
            for row in rows:
                writer.row(_as_text(column.read(row, facts, words), words) for column in columns)
            done += len(rows)
            told(done)
    return done


def _write_xlsx(
    path: Path, heads: Sequence[str], columns: Sequence[Column], batches: Batches, words: Any,
    told: Callable[[int], None],
) -> int:  # fmt: skip
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    bold = []
    for head in heads:
        cell = WriteOnlyCell(sheet, value=head)
        cell.font = Font(bold=True)
        bold.append(cell)
    sheet.append(bold)
    done = 0
    for rows, facts in batches:
        for row in rows:
            sheet.append([_as_cell(sheet, column.read(row, facts, words), words) for column in columns])
        done += len(rows)
        told(done)
    book.save(path)
    return done


def _as_text(value: Value, words: Any) -> Cell:
    """As people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(words.yes_no[value])
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _as_cell(sheet: Any, value: Value, words: Any) -> Any:
    """Numbers and dates as themselves, a text as text whatever it begins with."""
    if value is None or (isinstance(value, (int, Decimal)) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return local(value).replace(tzinfo=None)
    if isinstance(value, date):
        return value
    cell = WriteOnlyCell(sheet, value="")
    text = str(words.yes_no[value]) if isinstance(value, bool) else ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.value, cell.data_type = text[:32_767], "s"
    return cell
