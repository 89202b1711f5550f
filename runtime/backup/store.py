"""Where backups lie: a folder or an S3-compatible store, by obstore, under the same few calls."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

_CHUNK = 1 << 20
# obstore's own words run over many lines and repeat the request.
_MOST_WORDS = 200


class StoreError(Exception):
    """The store does not answer, refuses, or lacks what was asked for; one line that says what to do."""


class Store:
    """One place for backups. Keys are paths with slashes."""

    def __init__(self, place: str, inner: Any) -> None:
        self.place = place
        self._inner = inner

    @staticmethod
    def open(place: str, environment: Mapping[str, str]) -> Store:
        """Open a folder, or `s3://bucket/prefix` with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for
        another vendor than Amazon, AWS_ENDPOINT_URL. Raises StoreError.
        """
        parts = urlsplit(place)
        try:
            if parts.scheme == "s3" and parts.netloc:
                return Store(place, S3Store(parts.netloc, prefix=parts.path.strip("/") or None, **_s3(environment)))
            if parts.scheme:
                raise StoreError(f"{place} is no place for backups: give a folder or s3://bucket/prefix")
            folder = Path(place).expanduser().resolve()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return Store(str(folder), LocalStore(folder))
        except (BaseError, OSError) as error:
            raise StoreError(f"{place} cannot be opened: {_words(error)}") from None

    def put(self, key: str, content: Path | bytes) -> None:
        """Write one object whole; an existing one is replaced."""
        self._try("write", key, lambda: obstore.put(self._inner, key, content))

    def read(self, key: str) -> bytes:
        """Return a small object."""
        return bytes(self._try("read", key, lambda: obstore.get(self._inner, key).bytes()))

    def get(self, key: str, into: Path) -> str:
        """Write an object to a file, streamed; return its SHA-256 in hex."""
        digest = hashlib.sha256()
        into.parent.mkdir(parents=True, exist_ok=True)

        def copy() -> None:
            with into.open("wb") as out:
                for chunk in obstore.get(self._inner, key).stream(min_chunk_size=_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)

        self._try("read", key, copy)
        return digest.hexdigest()

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below a prefix, in order."""

        def find() -> list[str]:
            return sorted(item["path"] for page in obstore.list(self._inner, prefix) for item in page)

        yield from self._try("list", prefix, find)

    def delete(self, key: str) -> None:
        self._try("delete", key, lambda: obstore.delete(self._inner, key))

    def _try(self, what: str, key: str, work: Any) -> Any:
        try:
            return work()
        except FileNotFoundError:
            raise StoreError(f"{self.place} has no {key}") from None
        except (BaseError, OSError) as error:
            raise StoreError(f"cannot {what} {key} at {self.place}: {_words(error)}") from None


def sha256_of(path: Path) -> str:
    """Of a file's content, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _s3(environment: Mapping[str, str]) -> dict[str, Any]:
    endpoint = environment.get("AWS_ENDPOINT_URL", "")
    config: dict[str, Any] = {"region": environment.get("AWS_REGION") or "us-east-1"}
    for option, name in (("access_key_id", "AWS_ACCESS_KEY_ID"), ("secret_access_key", "AWS_SECRET_ACCESS_KEY")):
        if not environment.get(name):
            raise StoreError(f"{name} is not set: s3:// needs it")
        config[option] = environment[name]
    if endpoint:
        config["endpoint"] = endpoint
        config["virtual_hosted_style_request"] = False
    config["client_options"] = {"allow_http": endpoint.startswith("http://"), "timeout": "60s"}
    config["retry_config"] = {"max_retries": 3}
    return config


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:_MOST_WORDS]
