"""AES-256-GCM for sensitive values, with key ids so that keys can be rotated.

A sealed text is `v1.<key id>.<base64 of nonce + ciphertext>`; the associated data binds it to its place
(table and column), so that a value copied elsewhere does not open.
"""
from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class CannotDecrypt(Exception):
    """The key is unknown, or the value was changed or belongs to another place."""


class Cipher:
    """Seals with the first key, opens with any. keys: id → 32 bytes."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._active = next(iter(keys))

    def seal(self, text: str, place: str) -> str:
        nonce = os.urandom(12)
        sealed = self._keys[self._active].encrypt(nonce, text.encode(), place.encode())
        return f"v1.{self._active}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Return the text. Raises CannotDecrypt."""
        try:
            version, key_id, encoded = sealed.split(".", 2)
            if version != "v1":
                raise CannotDecrypt(f"unknown version {version!r}")
            raw = base64.b64decode(encoded, validate=True)
            return self._keys[key_id].decrypt(raw[:12], raw[12:], place.encode()).decode()
        except KeyError:
            raise CannotDecrypt(f"no key with the id of this value ({place})") from None
        except (ValueError, InvalidTag):
            raise CannotDecrypt(f"value of {place} does not open") from None

    def needs_rotation(self, sealed: str) -> bool:
        return not sealed.startswith(f"v1.{self._active}.")


def lookup_hash(key: bytes, text: str) -> str:
    """Return the HMAC-SHA256 (hex) by which an encrypted value is found without opening it."""
    return hmac.new(key, text.strip().upper().encode(), hashlib.sha256).hexdigest()
