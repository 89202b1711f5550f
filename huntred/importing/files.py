"""Reads a CSV, XLSX or JSON that somebody uploaded, within bounds, to rows of text; what a cell means is `rules.py`'s.

A workbook is a heap of XML in a ZIP: its size is looked at before it is unpacked, and parts that declare entities,
which no spreadsheet program writes, are refused.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from huntred.importing.errors import FileEmpty, FileTooLarge, FileUnreadable
from huntred.importing.json_rows import is_json, read_json

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 60
_MOST_UNPACKED = 60 * 1024 * 1024
_LONGEST_CELL = 20_000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Bounds:
    """How much of a file is read at most. rows: without the heads."""

    bytes: int = MOST_BYTES
    rows: int = MOST_ROWS
    columns: int = MOST_COLUMNS


def read_table(content: bytes, bounds: Bounds = Bounds()) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows, each row as long as the heads; empty rows keep their place.

    Of JSON a head is the dotted path of a value ("address.city", "emails.0.value"). Raises FileTooLarge,
    FileUnreadable, FileEmpty.
    """
    if len(content) > bounds.bytes:
        raise FileTooLarge(f"{len(content)} bytes")
    rows: list[list[str]] = []
    if content[:4] == b"PK\x03\x04":
        _workbook(content, rows, bounds)
    else:
        text = _text_of(content)
        if is_json(text):
            for row in read_json(text, bounds.rows, bounds.columns):
                _keep(rows, row, bounds)
        else:
            _csv(text, rows, bounds)
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) < 2 or not any(rows[0]):
        raise FileEmpty(f"{len(rows)} rows")
    heads = rows[0]
    while heads and not heads[-1]:
        heads.pop()
    width = len(heads)
    return heads, [(row + [""] * width)[:width] for row in rows[1:]]


def _text_of(content: bytes) -> str:
    if b"\0" in content:
        raise FileUnreadable("bytes that no text has")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel in Mexico writes when asked for "CSV".
        return content.decode("cp1252", "replace")


def _csv(text: str, rows: list[list[str]], bounds: Bounds) -> None:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            _keep(rows, list(row), bounds)
    except csv.Error as error:
        raise FileUnreadable(str(error)) from None


def _workbook(content: bytes, rows: list[list[str]], bounds: Bounds) -> None:
    try:
        _look_into(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            # A sheet may claim a million empty columns.
            sheet.reset_dimensions()
            for row in sheet.iter_rows(max_col=bounds.columns + 1, values_only=True):
                _keep(rows, list(row), bounds)
        finally:
            book.close()
    except (FileTooLarge, FileUnreadable):
        raise
    except Exception as error:
        # Whatever a damaged file makes the library raise, to its sender it is one thing.
        raise FileUnreadable(f"{type(error).__name__}: {error}") from None


def _look_into(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > _MOST_UNPACKED or len(parts) > 1_000:
            raise FileTooLarge("unpacked")
        unpacked = 0
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            with archive.open(part) as stream:
                tail = b""
                while chunk := stream.read(64 * 1024):
                    unpacked += len(chunk)
                    if unpacked > _MOST_UNPACKED:
                        raise FileTooLarge("unpacked, whatever its table of contents says")
                    if b"<!" in tail + chunk and _declares(tail + chunk):
                        raise FileUnreadable(f"{part.filename} declares entities")
                    tail = chunk[-16:]


def _declares(piece: bytes) -> bool:
    return b"<!DOCTYPE" in piece.upper() or b"<!ENTITY" in piece.upper()


def _keep(rows: list[list[str]], row: list[Any], bounds: Bounds) -> None:
    cells = [_text(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > bounds.columns:
        raise FileTooLarge(f"more than {bounds.columns} columns")
    if len(rows) > bounds.rows:
        raise FileTooLarge(f"more than {bounds.rows} rows")
    rows.append(cells)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    # Half of a character, which JSON may hold, is none that can be kept.
    text = str(cell).replace("\0", "").encode("utf-8", "replace").decode()
    return text.strip()[:_LONGEST_CELL]
