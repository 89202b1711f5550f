"""The installation's secrets under a passphrase: scrypt for the key, AES-256-GCM for the content."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_MAGIC = b"huntred-sealed-1\n"
_SALT, _NONCE = 16, 12


class WrongPassphrase(Exception):
    """The passphrase does not open it, or a byte of it was changed."""


def seal(content: bytes, passphrase: str) -> bytes:
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    return _MAGIC + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, _MAGIC)


def open_sealed(sealed: bytes, passphrase: str) -> bytes:
    """Raises WrongPassphrase."""
    body = sealed.removeprefix(_MAGIC)
    salt, nonce, rest = body[:_SALT], body[_SALT : _SALT + _NONCE], body[_SALT + _NONCE :]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, rest, _MAGIC)
    except (InvalidTag, ValueError):
        raise WrongPassphrase("BACKUP_PASSPHRASE does not open the secrets of this backup") from None


def _key(passphrase: str, salt: bytes) -> bytes:
    # RFC 7914's parameters for files: about 0.3 s and 128 MiB a try.
    return Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode())
