"""Kinds of values that the API takes and gives: text, money, times."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema

from huntred.errors import FieldInvalid


def utc(at: datetime) -> str:
    """As the API writes a time."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


Time = Annotated[
    datetime, PlainSerializer(utc, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]


def text(longest: int, *, least: int = 0) -> Any:
    """Text that the database can hold: no NUL."""
    return Annotated[str, StringConstraints(min_length=least, max_length=longest, pattern=r"^[^\x00]*$")]


Line = text(200)
Name = text(200, least=1)
Text100, Text500, Text1000, Text2000, Text10000 = (text(longest) for longest in (100, 500, 1000, 2000, 10_000))
QuestionText = text(500, least=1)
Cursor = Annotated[str, StringConstraints(max_length=500, pattern=r"^[A-Za-z0-9_=-]*$")]
# The id that a person has on their channel: a number, a mail address, or what a program calls them.
CHANNEL_USER = r"^[A-Za-z0-9+][A-Za-z0-9@+:._-]{0,99}$"
ChannelUser = Annotated[str, StringConstraints(pattern=CHANNEL_USER)]
Channel = Literal["whatsapp", "telegram", "web", "email", "messenger", "instagram", "slack", "x"]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}(\.[0-9]{1,2})?$")]


class Given(BaseModel):
    """What a program sends: nothing that is not declared."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Told(BaseModel):
    """What a program is told."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class Query(BaseModel):
    """Parameters of an address; one that is not declared says nothing."""

    model_config = ConfigDict(extra="ignore")


class PageQuery(Query):
    cursor: Cursor = ""
    limit: int = Field(25, ge=1, le=100)


class Money(BaseModel):
    """An amount as text, so that no cent is lost on the way."""

    model_config = ConfigDict(extra="forbid")
    amount: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount=f"{amount:.2f}", currency=currency)


def amount_of(field: str, given: Money | None, currency: str) -> Decimal | None:
    """Raises FieldInvalid where it is in another currency."""
    if given is None:
        return None
    if given.currency != currency:
        raise FieldInvalid(field, "unknown")
    return Decimal(given.amount)
