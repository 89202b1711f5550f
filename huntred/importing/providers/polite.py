"""Fetches job pages: only what robots.txt allows, one request at a time for each site, within bounds of size and time.

Every address, that of each redirect and of each robots.txt too, is checked by `huntred/outside` and called where it
was checked.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, ExitStack
from urllib.parse import urljoin, urlsplit

from protego import Protego  # type: ignore[attr-defined, unused-ignore]

from huntred.errors import FieldInvalid
from huntred.importing.addresses import check_page_url, is_inside, origin_of
from huntred.importing.errors import PageUnreadable
from huntred.importing.ports import Page
from huntred.outside import calling
from huntred.outside.calling import Answer, CallFailed, Refused, Resolve, TooSlow

ROBOT = "huntRED-JobPages"
MOST_BYTES = 2 * 1024 * 1024
_MOST_ROBOTS_BYTES = 500 * 1024
_SECONDS = 10.0
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_LETTERS = re.compile(r"utf-?8|utf-?16(?:le|be)?|iso-?8859-1?\d|windows-125[0-8]|us-ascii|latin-?1", re.IGNORECASE)
_LONGEST_PAUSE_SECONDS = 5.0

# Given a host, holds its turn while it is entered. Entering raises HostBusy.
Turns = Callable[[str], AbstractContextManager[None]]


class PolitePages:
    """contact: an address that tells who reads. inside: host:port of this machine's, for tests alone."""

    def __init__(
        self,
        turns: Turns,
        contact: str,
        *,
        inside: Collection[str] = (),
        resolve: Resolve = calling.resolve,
        seconds: float = _SECONDS,
        pause_seconds: float = 1.0,
    ) -> None:
        self._turns, self._inside, self._resolve = turns, inside, resolve
        self._seconds, self._pause_seconds = seconds, pause_seconds
        self._agent = f"{ROBOT}/1.0 (+{contact})"

    def fetch(self, url: str) -> Page:
        """Raises PageUnreadable, HostBusy."""
        with ExitStack() as held:
            visit = _Visit(self, held)
            try:
                page = visit.read(url)
            finally:
                # The next one waits until the site has had its pause.
                time.sleep(min(max(self._pause_seconds, visit.delay), _LONGEST_PAUSE_SECONDS) if visit.asked else 0)
        return page

    def get(self, url: str, accept: str, most_bytes: int, seconds: float) -> Answer:
        """Raises PageUnreadable where it may not be called or is too slow; CallFailed."""
        if seconds <= 0:
            raise PageUnreadable("too_slow")
        headers = {
            "user-agent": self._agent, "accept": accept, "accept-encoding": "identity", "accept-language": "es-MX,es",
        }  # fmt: skip
        try:
            return calling.call(
                "GET", url, headers, most_bytes=most_bytes, seconds=seconds,
                allow_loopback=is_inside(url, self._inside), resolve=self._resolve,
            )  # fmt: skip
        except Refused:
            raise PageUnreadable("not_public") from None
        except TooSlow:
            raise PageUnreadable("too_slow") from None

    def check(self, url: str) -> str:
        """Raises PageUnreadable."""
        try:
            return check_page_url(url, self._inside)
        except FieldInvalid as error:
            raise PageUnreadable("not_public" if error.problem in {"not_public", "odd_port"} else "not_a_url") from None

    def turn(self, host: str) -> AbstractContextManager[None]:
        return self._turns(host)

    @property
    def seconds(self) -> float:
        return self._seconds


class _Visit:
    """One page with its redirects; the clock runs for all of it."""

    def __init__(self, pages: PolitePages, held: ExitStack) -> None:
        self._pages, self._held = pages, held
        self._ends = time.monotonic() + pages.seconds
        self._hosts: set[str] = set()
        self._robots: dict[str, Protego | None] = {}
        self.asked = False
        self.delay = 0.0

    def read(self, url: str) -> Page:
        for _ in range(_MOST_REDIRECTS + 1):
            url = self._pages.check(url)
            self._heed_robots(url)
            answer = self._get(url, "text/html,application/xhtml+xml", MOST_BYTES)
            if answer is None:
                raise PageUnreadable("unreachable")
            if answer.status in _REDIRECTS:
                url = urljoin(url, answer.headers.get("location", ""))
                continue
            return Page(url, _html(answer))
        raise PageUnreadable("too_many_redirects")

    def _get(self, url: str, accept: str, most_bytes: int) -> Answer | None:
        """None where nothing came back."""
        host = urlsplit(url).hostname or ""
        if host not in self._hosts:
            self._held.enter_context(self._pages.turn(host))
            self._hosts.add(host)
        self.asked = True
        try:
            return self._pages.get(url, accept, most_bytes, self._ends - time.monotonic())
        except CallFailed:
            return None

    def _heed_robots(self, url: str) -> None:
        origin = origin_of(url)
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        rules = self._robots[origin]
        if rules is None:
            return
        if not rules.can_fetch(url, ROBOT):
            raise PageUnreadable("robots")
        self.delay = max(self.delay, float(rules.crawl_delay(ROBOT) or 0))

    def _read_robots(self, origin: str) -> Protego | None:
        """None where there is none (RFC 9309: 4xx); a site that cannot say what it allows is left alone."""
        url = f"{origin}/robots.txt"
        for _ in range(_MOST_REDIRECTS + 1):
            url = self._pages.check(url)
            answer = self._get(url, "text/plain,*/*;q=0.1", _MOST_ROBOTS_BYTES)
            if answer is None:
                raise PageUnreadable("unreachable")
            if answer.status in _REDIRECTS:
                url = urljoin(url, answer.headers.get("location", ""))
                continue
            if answer.status == 429 or answer.status >= 500:
                raise PageUnreadable("robots_unknown")
            if not 200 <= answer.status < 300:
                return None
            content, _ = _unpacked(answer, _MOST_ROBOTS_BYTES)
            return Protego.parse(content.decode("utf-8", "replace"))
        return None


def _html(answer: Answer) -> str:
    if answer.status in {404, 410}:
        raise PageUnreadable("not_found")
    if answer.status in {401, 403, 429, 451}:
        raise PageUnreadable("forbidden")
    if not 200 <= answer.status < 300:
        raise PageUnreadable("unreachable")
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _TYPES:
        raise PageUnreadable("not_html")
    content, whole = _unpacked(answer, MOST_BYTES)
    if not (whole and answer.whole):
        raise PageUnreadable("too_large")
    return content.decode(_charset(answer.headers, content), "replace").replace("\0", "")


def _unpacked(answer: Answer, most: int) -> tuple[bytes, bool]:
    """Some servers compress whatever they are asked for; what is unpacked is bounded too."""
    packed = answer.headers.get("content-encoding", "").strip().lower()
    if packed in {"", "identity"}:
        return answer.body, True
    if packed != "gzip":
        raise PageUnreadable("not_html")
    try:
        content = zlib.decompressobj(wbits=31).decompress(answer.body, most + 1)
    except zlib.error:
        raise PageUnreadable("not_html") from None
    return content[:most], len(content) <= most


def _charset(headers: Mapping[str, str], content: bytes) -> str:
    head = content[:2048].decode("ascii", "replace")
    told = _CHARSET.search(headers.get("content-type", "")) or _CHARSET.search(head)
    # Python knows codecs that are no letters at all.
    return told[1] if told and _LETTERS.fullmatch(told[1]) else "utf-8"
