"""Which addresses of job pages are taken: the public web, on its usual ports; pure."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit, urlunsplit

from huntred.errors import FieldInvalid
from huntred.outside.addresses import read_url

FIELD = "page_url"
_PORTS = (None, 80, 443)


def check_page_url(url: str, inside: Collection[str] = ()) -> str:
    """Return the address of a page, without its fragment. inside: host:port of this machine's that tests may read.

    Raises FieldInvalid.
    """
    url, parts, _ = read_url(url, allow_loopback=is_inside(url, inside), field=FIELD)
    if parts.scheme not in {"http", "https"}:
        raise FieldInvalid(FIELD, "not_a_url")
    if parts.port not in _PORTS and not is_inside(url, inside):
        raise FieldInvalid(FIELD, "odd_port")
    return urlunsplit(parts._replace(fragment=""))


def is_inside(url: str, inside: Collection[str]) -> bool:
    """Say whether it is one of the places of this machine that tests may read."""
    return bool(inside) and urlsplit(url.strip()).netloc.lower() in inside


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
