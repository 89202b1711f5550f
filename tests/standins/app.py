"""The ASGI application: both vendors' APIs, the control API, the mails and the page at `/`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.standins.accounts import load_accounts
from tests.standins.config import Config
from tests.standins.specs import telegram_spec, whatsapp_spec

PAGE = Path(__file__).with_name("page")


class VersionConvertor(Convertor[str]):
    """A version of the Graph API, v23.0."""

    regex = r"v[0-9]{2}\.[0-9]"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        assert re.fullmatch(self.regex, value)
        return value


register_url_convertor("version", VersionConvertor())


def create_app(config: Config) -> Starlette:
    """Build the application; its parts are made when it starts, inside its loop."""
    from tests.standins.control import Control
    from tests.standins.mail import MailSink
    from tests.standins.messenger import Messenger
    from tests.standins.slack import Slack
    from tests.standins.state import State
    from tests.standins.telegram import Telegram
    from tests.standins.whatsapp import WhatsApp
    from tests.standins.x_dm import XDm

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        state = State(load_accounts(config.accounts_file), config.gateway_url)
        whatsapp_spec()
        telegram_spec()
        vendors: dict[str, Any] = {"whatsapp": WhatsApp(state), "telegram": Telegram(state)}
        vendors |= {name: Messenger(state, name) for name in ("messenger", "instagram")}
        vendors |= {"slack": Slack(state), "x": XDm(state)}
        app.state.standins = state
        mail = MailSink(state.ledger, state.clock.now)
        app.state.smtp_port = await mail.start(config.host, config.smtp_port)
        control = Control(state, vendors, mail)
        routes = [route for vendor in vendors.values() for route in vendor.routes()]
        app.router.routes.extend([*control.routes(), *routes])
        yield
        await mail.close()
        await state.deliverer.close()

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "smtp_port": app.state.smtp_port})

    async def page(request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    app = Starlette(
        lifespan=lifespan,
        routes=[Route("/", page), Route("/health", health), Mount("/page", StaticFiles(directory=PAGE))],
        middleware=[Middleware(_OwnUrl)],
    )
    return app


class _OwnUrl:
    """Notes how callers name this server: some vendors send addresses of files."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["app"].state.standins.own_url:
            scope["app"].state.standins.own_url = str(Request(scope).base_url).rstrip("/")
        await self._app(scope, receive, send)
