"""The declarative base, and the column types that only we have."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Text, TypeDecorator, func
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column

from contract.encryption import Cipher, lookup_hash
from contract.ids import new_id
from contract.tables import metadata


class Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text()}


Id = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
UnitCode = Annotated[str, mapped_column(ForeignKey("units.code"), index=True)]
CreatedAt = Annotated[datetime, mapped_column(server_default=func.clock_timestamp())]


class KeyRing:
    """Holds the keys of this process; `runtime/wiring.py` and the tests put them in once.

    cipher: for sealed columns. lookup_key: for the HMACs by which sealed values and codes are found.
    """

    cipher: Cipher | None = None
    lookup_key: bytes | None = None

    @classmethod
    def lookup(cls, text: str) -> str:
        """Return the HMAC of a value (case and outer spaces apart)."""
        if cls.lookup_key is None:
            raise RuntimeError("no keys in this process: set KeyRing.lookup_key where the process is put together")
        return lookup_hash(cls.lookup_key, text)


class Sealed(TypeDecorator[str]):
    """Text that is encrypted at rest. place: `<table>.<column>`, bound into the ciphertext."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _cipher().seal(value, self.place)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else _cipher().open(value, self.place)


def _cipher() -> Cipher:
    if KeyRing.cipher is None:
        raise RuntimeError("no keys in this process: set KeyRing.cipher where the process is put together")
    return KeyRing.cipher
