"""What is done to text before it is stored: characters that PostgreSQL refuses, typed commands, secrets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contract.masking import clean_typed, mask_secrets
from contract.message import Inbound

# Where vendors put what people typed; ids and phone numbers stand elsewhere and are left as they are.
_TYPED = frozenset({"body", "text", "caption", "title", "filename", "file_name", "description"})


def storable(value: Any) -> Any:
    """Return the same JSON value without what JSONB cannot hold: NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        if "\x00" in value:
            value = value.replace("\x00", "")
        if not value.isascii():
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def clean_inbound(inbound: Inbound) -> Inbound:
    """Mask what must not be kept, and take the slash from typed text: to Rasa it would be a command."""
    text = mask_secrets(inbound.text) if inbound.kind == "option" else clean_typed(inbound.text)
    media = inbound.media
    if media is not None:
        media = replace(media, caption=mask_secrets(media.caption), filename=mask_secrets(media.filename))
    if text == inbound.text and media is inbound.media:
        return inbound
    return replace(inbound, text=text, media=media)


def mask_raw(value: Any, *, typed: bool = False) -> Any:
    """Return the vendor's event with secrets masked in what people typed."""
    if isinstance(value, str):
        return mask_secrets(value) if typed else value
    if isinstance(value, Mapping):
        return {key: mask_raw(item, typed=key in _TYPED) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_raw(item, typed=typed) for item in value]
    return value
