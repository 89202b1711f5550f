"""One origin: the live stream and health beside Flask, which runs in threads."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from a2wsgi import WSGIMiddleware
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from backoffice import metrics
from backoffice.app import create_app
from backoffice.live import LiveStream
from backoffice.ports import Wiring
from contract.metrics_access import may_read_metrics

THREADS = 8


def create_server(wiring: Wiring) -> Starlette:
    """Return the ASGI app of the process."""
    settings = wiring.settings
    live = LiveStream(settings.database_url, settings.link_secret, wiring.clock)

    def database_answers() -> bool:
        try:
            with wiring.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    async def health(request: Request) -> JSONResponse:
        well = await run_in_threadpool(database_answers)
        return JSONResponse({"status": "ok" if well else "no database"}, status_code=200 if well else 503)

    async def figures(request: Request) -> Response:
        if not may_read_metrics(settings.metrics_token, request.headers, request.client and request.client.host):
            return Response(status_code=404)
        try:
            text = await run_in_threadpool(metrics.read, wiring.engine, settings.units, wiring.clock())
        except SQLAlchemyError:
            return Response("no database", status_code=503)
        return Response(text, media_type=metrics.CONTENT_TYPE)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        settle_memory()
        async with live.running():
            yield

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/health", health),
            Route("/metrics", figures),
            Route("/live", live.endpoint),
            Mount("/", _StaticCompressed(WSGIMiddleware(create_app(wiring), workers=THREADS))),  # type: ignore[arg-type]
        ],
    )


def settle_memory() -> None:
    """Keep the collector from looking through the modules again: 250 ms of every fifth or so page with a long list."""
    gc.collect()
    gc.freeze()


class _StaticCompressed:
    """Compresses static files alone: a page holds a token beside what was typed, which compression would give away.

    Source: the BREACH attack (Gluck, Harris, Prado, 2013).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._compressed = app, GZipMiddleware(app, minimum_size=1000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        static = scope["type"] == "http" and scope["path"].startswith("/static/")
        await (self._compressed if static else self._app)(scope, receive, send)
