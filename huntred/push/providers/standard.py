"""Web push by its standards: RFC 8291 and 8188 (encryption), RFC 8292 (who we are), RFC 8030 (the call).

Encryption and signature are http_ece and py_vapid; the call is `huntred/outside`: a browser says itself where it is
told, so its address is somebody else's and may lead anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException

from huntred.outside import calling
from huntred.outside.calling import CallFailed, Resolve
from huntred.push.ports import Reply, Subscription
from huntred.push.rules import decoded, encoded

_SIGNED_FOR = timedelta(hours=12)  # a day is the most
_LONGEST_SECONDS = 15.0
_KEPT_CHARS = 500


class StandardPush:
    """private_key: of P-256, 32 bytes. contact: an address at which a push service reaches us. seconds: for a call."""

    def __init__(
        self, private_key: bytes, contact: str, clock: Callable[[], datetime], *, allow_loopback: bool = False,
        resolve: Resolve = calling.resolve, seconds: float = _LONGEST_SECONDS,
    ) -> None:  # fmt: skip
        self._key = ec.derive_private_key(int.from_bytes(private_key, "big"), ec.SECP256R1())
        self._contact, self._clock = f"mailto:{contact}", clock
        self._allow_loopback, self._resolve, self._seconds = allow_loopback, resolve, seconds

    @cached_property
    def public_key(self) -> str:
        return encoded(self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def push(self, to: Subscription, payload: bytes, *, ttl: int, topic: str) -> Reply:
        try:
            told_by = self._authorization(to.endpoint)
        except VapidException as error:
            return Reply(None, text=str(error)[:_KEPT_CHARS])
        body = http_ece.encrypt(
            payload, private_key=ec.generate_private_key(ec.SECP256R1()), dh=decoded(to.p256dh),
            auth_secret=decoded(to.auth), version="aes128gcm",
        )  # fmt: skip
        headers = {
            "content-type": "application/octet-stream", "content-encoding": "aes128gcm", "ttl": str(max(ttl, 0)),
            "urgency": "high", "topic": topic, "authorization": told_by,
        }  # fmt: skip
        try:
            answer = calling.call(
                "POST", to.endpoint, headers, body, most_bytes=_KEPT_CHARS, seconds=self._seconds,
                allow_loopback=self._allow_loopback, http_inside_only=True, resolve=self._resolve,
            )  # fmt: skip
        except CallFailed as error:
            return Reply(None, text=str(error)[:_KEPT_CHARS])
        asked = answer.headers.get("retry-after", "")
        text = answer.body.decode("utf-8", "replace").replace("\0", "")[:_KEPT_CHARS]
        return Reply(answer.status, int(asked) if asked.isdecimal() else None, text)

    def _authorization(self, endpoint: str) -> str:
        parts = urlsplit(endpoint)
        claims = {
            "sub": self._contact, "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((self._clock() + _SIGNED_FOR).timestamp()),
        }  # fmt: skip
        return str(Vapid02(self._key).sign(claims)["Authorization"])
