"""Signed links that expire: who opens one may do one thing, for as long as it lives.

A token is `base64url(JSON).base64url(HMAC-SHA256)`; the purpose is signed along, so that the link of one page
opens no other. It can be read by whoever holds it: ids only, never data.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from huntred.errors import RuleBroken

# Of links that are ended by hand and not by time.
_FAR = datetime(2100, 1, 1, tzinfo=UTC)


class LinkInvalid(RuleBroken):
    """Not a link of ours, changed, or made for another page."""

    code = "link_invalid"


class LinkExpired(RuleBroken):
    code = "link_expired"


def sign_link(secret: str, purpose: str, values: Mapping[str, Any], *, expires_at: datetime) -> str:
    """Return the token of a link. values: ids and plain values; UUIDs become text."""
    body = json.dumps(
        {"v": {key: _plain(value) for key, value in values.items()}, "e": int(expires_at.timestamp())},
        separators=(",", ":"),
        sort_keys=True,
    ).encode()
    return f"{_encode(body)}.{_encode(_signature(secret, purpose, body))}"


def read_link(secret: str, purpose: str, token: str, *, now: datetime) -> dict[str, Any]:
    """Return the values of a token. Raises LinkInvalid, LinkExpired."""
    body_text, _, signature_text = token.partition(".")
    try:
        body, signature = _decode(body_text), _decode(signature_text)
    except ValueError:
        raise LinkInvalid(purpose) from None
    if not hmac.compare_digest(signature, _signature(secret, purpose, body)):
        raise LinkInvalid(purpose)
    content = json.loads(body)
    if datetime.fromtimestamp(content["e"], UTC) <= now:
        raise LinkExpired(purpose)
    return dict(content["v"])


@dataclass(frozen=True)
class Links:
    """Makes the links that we send; one a process, put together by the wiring."""

    secret: str
    backoffice_url: str
    gateway_url: str

    def campaign_link(self, code: str) -> str:
        """The short link of a campaign; it is no secret and never expires."""
        return f"{self.backoffice_url}/l/{code}"

    def private_page(self, unit: str, person_id: UUID, *, now: datetime) -> str:
        """The page that asks for CURP and birth date; a day."""
        return self._public("p", "private", unit, {"person": person_id}, now + timedelta(days=1))

    def profile_page(self, unit: str, person_id: UUID, *, now: datetime) -> str:
        """The page on which an incomplete profile is completed; a week."""
        return self._public("perfil", "profile", unit, {"person": person_id}, now + timedelta(days=7))

    def statistics_page(self, unit: str, person_id: UUID, *, now: datetime) -> str:
        """The page on which a person may say what is counted for the impact ratio, or take it back; thirty days."""
        return self._public("estadistica", "statistics", unit, {"person": person_id}, now + timedelta(days=30))

    def interviewer_page(self, unit: str, interview_id: UUID, interviewer_id: UUID, *, until: datetime) -> str:
        """The page on which an interviewer confirms, declines or hands over; until the interview ends."""
        values = {"interview": interview_id, "interviewer": interviewer_id}
        return self._public("e", "interviewer", unit, values, until)

    def shortlist_page(self, unit: str, share_id: UUID, *, until: datetime) -> str:
        """The page on which a client reads a shortlist; until the share ends."""
        return self._public("lista", "shortlist", unit, {"share": share_id}, until)

    def mentor_page(self, unit: str, session_id: UUID, *, until: datetime) -> str:
        """The page on which a mentor accepts or declines a session, and notes what came of it."""
        return self._public("mentoria", "mentor", unit, {"session": session_id}, until)

    def references_page(self, unit: str, request_id: UUID, *, until: datetime) -> str:
        """The page on which a candidate names referees; until the request's day."""
        return self._public("referencias", "references", unit, {"request": request_id}, until)

    def referee_page(self, unit: str, referee_id: UUID, *, until: datetime) -> str:
        """The page on which a referee answers, once; until the request's day."""
        return self._public("referencia", "referee", unit, {"referee": referee_id}, until)

    def referee_out_page(self, unit: str, referee_id: UUID, *, now: datetime) -> str:
        """The page on which a referee says that we shall not write; it outlives the other, as the mail does."""
        return self._public("referencia/no", "referee_out", unit, {"referee": referee_id}, now + timedelta(days=400))

    def references_summary(self, request_id: UUID) -> str:
        return f"{self.backoffice_url}/references/{request_id}"

    def chat_page(self, unit: str, code: str = "") -> str:
        return f"{self.gateway_url}/chat/{unit}" + (f"?ref={code}" if code else "")

    def privacy_page(self, unit: str) -> str:
        return f"{self.backoffice_url}/privacidad/{unit}"

    def handoff_page(self, conversation_id: UUID) -> str:
        return f"{self.backoffice_url}/conversations/{conversation_id}"

    def waiting_page(self) -> str:
        """The inbox, of those who wait."""
        return f"{self.backoffice_url}/conversations/?handling=queued"

    def account_page(self) -> str:
        return f"{self.backoffice_url}/account/"

    def path_of(self, url: str) -> str:
        """Of an address of the back office what stands behind its host."""
        return url.removeprefix(self.backoffice_url)

    def today_page(self) -> str:
        return f"{self.backoffice_url}/"

    def interview_page(self, interview_id: UUID) -> str:
        return f"{self.backoffice_url}/interviews/{interview_id}"

    def calendar_feed(self, user_id: UUID, number: int) -> str:
        """The address under which a calendar program fetches a user's interviews; the user's next number ends it."""
        token = sign_link(self.secret, "calendar", {"user": user_id, "number": number}, expires_at=_FAR)
        return f"{self.backoffice_url}/calendario/{token}.ics"

    def webhooks_page(self) -> str:
        return f"{self.backoffice_url}/webhooks/"

    def _public(self, path: str, purpose: str, unit: str, values: dict[str, Any], expires_at: datetime) -> str:
        token = sign_link(self.secret, purpose, {"unit": unit, **values}, expires_at=expires_at)
        return f"{self.backoffice_url}/{path}/{token}"


def _signature(secret: str, purpose: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), purpose.encode() + b"\0" + body, hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    if not text or not text.isascii():
        raise ValueError("not a token")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
