"""WhatsApp's nodes beside messages: media (upload, look up, download, delete), and looking at a number."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.accounts import Account
from tests.standins.files import StoredFile, parse_multipart
from tests.standins.state import State
from tests.standins.whatsapp_access import VERSION, Refused, authorised
from tests.standins.whatsapp_business import WhatsAppBusiness
from tests.standins.whatsapp_errors import graph_error

MEDIA_URL_SECONDS = 300
MOST_BYTES = {"image": 5 << 20, "audio": 16 << 20, "video": 16 << 20, "document": 100 << 20}


class WhatsAppMedia:
    """accounts: numbers by phone number id."""

    def __init__(self, state: State, accounts: Mapping[str, Account], business: WhatsAppBusiness) -> None:
        self._state = state
        self._accounts = accounts
        self._business = business
        self._urls: dict[str, tuple[str, float]] = {}

    def routes(self) -> list[Route]:
        return [
            Route(f"/{VERSION}/{{node}}/media", self._upload, methods=["POST"]),
            Route(f"/{VERSION}/{{node}}", self._node, methods=["GET", "DELETE"]),
            Route("/whatsapp-media/{token}", self._download, methods=["GET"]),
        ]

    async def _upload(self, request: Request) -> Response:
        try:
            account = authorised(self._accounts, request)
            try:
                parts = parse_multipart(request.headers.get("content-type", ""), await request.body())
            except ValueError as problem:
                raise Refused("schema", 100, str(problem)) from problem
            fields = {part.name: part for part in parts}
            if fields.get("messaging_product") is None or fields["messaging_product"].content != b"whatsapp":
                raise Refused("schema", 100, "messaging_product must be whatsapp")
            if "file" not in fields:
                raise Refused("schema", 131008, "file is missing")
            file = fields["file"]
            kind = fields["type"].content.decode() if "type" in fields else file.content_type
            self._check_media(kind, file.content)
        except Refused as refused:
            self._state.ledger.refuse(
                refused.kind or "rule", "whatsapp:?", "", refused.code, refused.detail, None
            )
            return graph_error(refused.code, refused.detail)
        stored = self._state.files.put(account.key, file.content, kind, file.filename or "", days=30)
        return JSONResponse({"id": stored.id})

    @staticmethod
    def _check_media(content_type: str, content: bytes) -> None:
        family = content_type.split("/", 1)[0]
        most = MOST_BYTES.get(family if family in MOST_BYTES else "document", 0)
        if family == "image" and content_type not in ("image/jpeg", "image/png", "image/webp"):
            raise Refused("rule", 131053, f"{content_type} is not taken as an image")
        if not content or len(content) > most:
            raise Refused("rule", 131053, f"{len(content)} bytes of {content_type}, at most {most}")

    async def _node(self, request: Request) -> Response:
        """A media id: its short-lived address, or its end. A number: what it is called and how it is."""
        if request.path_params["node"] in self._accounts and request.method == "GET":
            try:
                return JSONResponse(self._business.number(authorised(self._accounts, request)))
            except Refused as refused:
                return graph_error(refused.code, refused.detail)
        stored = self._state.files.get(request.path_params["node"])
        if not self._may_read(request, stored):
            return graph_error(190, "no token, or another number's")
        if stored is None:
            return graph_error(100, "unknown or expired media id", 404)
        if request.method == "DELETE":
            return JSONResponse({"success": self._state.files.remove(stored.id)})
        token = secrets.token_urlsafe(24)
        self._urls[token] = (stored.id, self._state.clock.now() + MEDIA_URL_SECONDS)
        return JSONResponse(
            {
                "url": str(request.url.replace(path=f"/whatsapp-media/{token}", query="")),
                "mime_type": stored.content_type,
                "sha256": stored.sha256,
                "file_size": str(len(stored.content)),
                "id": stored.id,
                "messaging_product": "whatsapp",
            }
        )

    async def _download(self, request: Request) -> Response:
        file_id, expires_at = self._urls.get(request.path_params["token"], ("", 0.0))
        stored = self._state.files.get(file_id)
        if not self._may_read(request, stored):
            return graph_error(190, "no token, or another number's")
        if stored is None or expires_at < self._state.clock.now():
            return graph_error(131052, "the address has expired", 404)
        return Response(stored.content, media_type=stored.content_type)

    def _may_read(self, request: Request, stored: StoredFile | None) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        owners = [
            a for a in self._accounts.values() if secrets.compare_digest(a.secrets["access_token"], token)
        ]
        if not owners:
            self._state.ledger.refuse("auth", "whatsapp:?", "", 190, "no token of a number", request.url.path)
        return bool(owners) and (stored is None or stored.account in {account.key for account in owners})
