"""CalDAV (RFC 4791) over `huntred/outside`: a user says where their calendar is, so the address may lead anywhere.

The three verbs that are needed and not the library of that name: its client follows redirects and looks names up by
itself, and so may be led inside (docs/decisions/0046).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from huntred.calendars.ports import CalendarFault, Found, Login
from huntred.calendars.rules import may_know_password
from huntred.errors import FieldInvalid
from huntred.outside import calling
from huntred.outside.addresses import check_url
from huntred.outside.calling import Answer, CallFailed, Resolve

_LONGEST_SECONDS = 10.0
_MOST_BYTES = 1 << 20
_MOST_REDIRECTS = 3
_MOST_CALENDARS = 50
_DAV, _CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
# RFC 6764: where a server is asked that was named by its host alone.
_WELL_KNOWN = "/.well-known/caldav"
_WRITES = {f"{_DAV}{right}" for right in ("all", "write", "write-content", "bind")}
_ASKED = (
    b'<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop>'
    b"<d:resourcetype/><d:displayname/><d:current-user-principal/><c:calendar-home-set/>"
    b"<c:supported-calendar-component-set/><d:current-user-privilege-set/></d:prop></d:propfind>"
)


class CalDav:
    """seconds: for one call."""

    def __init__(
        self, *, allow_loopback: bool = False, resolve: Resolve = calling.resolve, seconds: float = _LONGEST_SECONDS
    ) -> None:
        self._allow_loopback, self._resolve, self._seconds = allow_loopback, resolve, seconds

    def calendars(self, url: str, login: Login) -> list[Found]:
        places = [url] if urlsplit(url).path.strip("/") else [urljoin(url, _WELL_KNOWN), urljoin(url, "/")]
        fault = CalendarFault("not_a_calendar")
        for place in places:
            try:
                return self._calendars_from(place, login)
            except CalendarFault as error:
                if error.fault not in {"not_found", "not_a_calendar"}:
                    raise
                fault = error
        raise fault

    def _calendars_from(self, url: str, login: Login) -> list[Found]:
        """From a calendar itself, the folder of calendars, or the user's place, which names the folder."""
        at, properties = self._ask_one(url, login)
        if _takes_events(properties):
            return [Found(at, _name(at, properties))]
        principal = self._href(at, properties, f"{_DAV}current-user-principal")
        if principal and principal != at:
            at, properties = self._ask_one(principal, login)
        home = self._href(at, properties, f"{_CALDAV}calendar-home-set") or at
        found = [
            Found(_folder(place), _name(place, told))
            for place, told in self._ask(home, login, depth=1)
            if _takes_events(told)
        ]
        if not found:
            raise CalendarFault("not_a_calendar")
        return found[:_MOST_CALENDARS]

    def put(self, calendar_url: str, login: Login, name: str, content: bytes) -> None:
        kind = {"content-type": "text/calendar; charset=utf-8"}
        self._call("PUT", urljoin(calendar_url, name), login, kind, content, {200, 201, 204})

    def remove(self, calendar_url: str, login: Login, name: str) -> None:
        self._call("DELETE", urljoin(calendar_url, name), login, {}, b"", {200, 202, 204, 404, 410})

    def _ask_one(self, url: str, login: Login) -> tuple[str, Element]:
        found = list(self._ask(url, login, depth=0))
        if not found:
            raise CalendarFault("not_a_calendar")
        return found[0]

    def _ask(self, url: str, login: Login, depth: int) -> Iterator[tuple[str, Element]]:
        """Yield address and properties of what stands there; redirects are followed on the same terms."""
        headers = {"depth": str(depth), "content-type": "application/xml; charset=utf-8"}
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._call("PROPFIND", url, login, headers, _ASKED, {207, 301, 302, 307, 308})
            if answer.status == 207:
                return _read(url, answer)
            url = self._named_by(url, answer.headers.get("location", ""))
        raise CalendarFault("not_a_calendar", "redirected for ever")

    def _href(self, url: str, properties: Element, name: str) -> str:
        """Return the address that a property names; empty where it does not."""
        told = (properties.findtext(f"{name}/{_DAV}href") or "").strip()
        return self._named_by(url, told) if told else ""

    def _named_by(self, url: str, told: str) -> str:
        """Return where an answer leads on to: to no place that could not have been typed, and to nobody else's."""
        try:
            found = check_url(urljoin(url, told), allow_loopback=self._allow_loopback)
        except FieldInvalid as error:
            raise CalendarFault("not_a_calendar", f"it names what is not called: {error.problem}") from None
        if not may_know_password(urlsplit(url), urlsplit(found)):
            raise CalendarFault("not_a_calendar", "it names somebody else's server")
        return found

    def _call(
        self, method: str, url: str, login: Login, headers: Mapping[str, str], body: bytes, expected: set[int]
    ) -> Answer:
        secret = base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
        sent = {**headers, "authorization": f"Basic {secret}", "accept-encoding": "identity"}
        try:
            answer = calling.call(
                method, url, sent, body, most_bytes=_MOST_BYTES, seconds=self._seconds,
                allow_loopback=self._allow_loopback, http_inside_only=True, resolve=self._resolve,
            )  # fmt: skip
        except CallFailed as error:
            raise CalendarFault("away", str(error)) from None
        if answer.status in expected:
            return answer
        raise CalendarFault(_FAULTS.get(answer.status, "away" if answer.status >= 500 else "not_a_calendar"))


_FAULTS = {401: "login", 403: "login", 404: "not_found", 410: "not_found", 429: "away", 507: "full"}


def _read(url: str, answer: Answer) -> Iterator[tuple[str, Element]]:
    if not answer.whole:
        raise CalendarFault("not_a_calendar", "an answer too large")
    try:
        told = fromstring(answer.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        raise CalendarFault("not_a_calendar", "no XML that is read") from None
    return iter(
        [
            (urljoin(url, response.findtext(f"{_DAV}href", "").strip()), properties)
            for response in told.iter(f"{_DAV}response")
            for status in response.iter(f"{_DAV}propstat")
            if " 200 " in f"{status.findtext(f'{_DAV}status', '')} "
            and (properties := status.find(f"{_DAV}prop")) is not None
        ]
    )


def _takes_events(properties: Element) -> bool:
    if properties.find(f"{_DAV}resourcetype/{_CALDAV}calendar") is None:
        return False
    rights = properties.find(f"{_DAV}current-user-privilege-set")
    if rights is not None and not any(right.tag in _WRITES for right in rights.iter()):
        return False
    kinds = properties.find(f"{_CALDAV}supported-calendar-component-set")
    # A server that does not say takes all kinds (RFC 4791, 5.2.3).
    return kinds is None or any(kind.get("name") == "VEVENT" for kind in kinds) or len(kinds) == 0


def _name(url: str, properties: Element) -> str:
    last = urlsplit(url).path.strip("/").rpartition("/")[2]
    return (properties.findtext(f"{_DAV}displayname") or "").strip() or unquote(last)


def _folder(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"
