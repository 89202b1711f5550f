"""What importing needs of the outside: a page of somebody's, and what an advertisement says in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Page:
    """url: where it was found in the end, after redirects."""

    url: str
    html: str


class HostBusy(Exception):
    """Another page of this site is being read; ask again later."""


class Pages(Protocol):
    """Fetches one page politely. Raises PageUnreadable, HostBusy."""

    def fetch(self, url: str) -> Page: ...


@dataclass(frozen=True)
class Advert:
    """A vacancy's own words. asked: what its page itself calls skills or qualifications, item by item."""

    title: str
    description: str
    asked: Sequence[str] = ()


@dataclass(frozen=True)
class Told:
    """seniority: one of ours or "". must, nice: names of skills; languages likewise."""

    seniority: str = ""
    must: tuple[str, ...] = ()
    nice: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class AdvertReader(Protocol):
    def read(self, advert: Advert) -> Told: ...
