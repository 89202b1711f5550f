"""A push service over real HTTP that checks what it is given by the standards, and the browser that subscribed there.

    service = PushStandin()         a browser's subscription: service.subscription()
    service.shown                   what its browser read, in order; anything wrong stands in service.wrong
    service.answers = [429, 201]    the statuses to give, the last one for ever
"""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from huntred.push.ports import Subscription
from huntred.push.rules import decoded, encoded


@dataclass
class _Browser:
    key: ec.EllipticCurvePrivateKey
    auth: bytes


@dataclass
class PushStandin:
    """public_key: of whom it lets in, as they said when the browser subscribed. now: epoch seconds."""

    public_key: str
    now: float
    answers: list[int] = field(default_factory=lambda: [201])
    retry_after: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    browsers: dict[str, _Browser] = field(default_factory=dict)

    def start(self) -> None:
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = told.take(self.path, headers, body)
                self.send_response(status)
                if told.retry_after and status in {429, 503}:
                    self.send_header("retry-after", told.retry_after)
                if status == 302:
                    self.send_header("location", told.url + "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def subscription(self) -> Subscription:
        """What a browser that subscribes here is given."""
        browser = _Browser(ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16))
        path = f"/send/{secrets.token_urlsafe(12)}"
        self.browsers[path] = browser
        point = browser.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Subscription(self.url + path, encoded(point), encoded(browser.auth))

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.headers.append(headers)
        faults = [*self._of_headers(headers), *self._of_identity(headers.get("authorization", ""))]
        self.wrong += faults
        if faults:
            return 400
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if 200 <= status < 300:
            browser = self.browsers[path]
            plain = http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.auth, version="aes128gcm")
            self.shown.append(json.loads(plain))
        return status

    def _of_headers(self, headers: dict[str, str]) -> list[str]:
        """RFC 8030 and 8291: encrypted, kept so long, so urgent, under a topic."""
        return [
            name
            for name, well in {
                "content-encoding": headers.get("content-encoding") == "aes128gcm",
                "ttl": headers.get("ttl", "").isdecimal() and 0 < int(headers["ttl"]) <= 3600,
                "urgency": headers.get("urgency") == "high",
                "topic": 0 < len(headers.get("topic", "")) <= 32,
            }.items()
            if not well
        ]

    def _of_identity(self, authorization: str) -> list[str]:
        """RFC 8292: a token for us, signed now by whom the browser named, for a day at most."""
        scheme, _, rest = authorization.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "vapid" or set(parts) != {"t", "k"}:
            return ["authorization"]
        if parts["k"] != self.public_key:
            return ["another's key"]
        head, claims, signature = parts["t"].split(".")
        raw = decoded(signature)
        numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"]))
        try:
            key.verify(encode_dss_signature(*numbers), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            return ["signature"]
        said = json.loads(decoded(claims))
        return [
            name
            for name, well in {
                "alg": json.loads(decoded(head)).get("alg") == "ES256",
                "aud": said.get("aud") == self.url,
                "exp": self.now < said.get("exp", 0) <= self.now + 86_400,
                "sub": str(said.get("sub", "")).startswith(("mailto:", "https:")),
            }.items()
            if not well
        ]
