"""The action server: the SDK's executor in a small ASGI app of ours.

Each call is one transaction: the action's rows, its events and its own reply commit together, under the key that
Rasa sends; the same key again returns the stored reply.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sqlalchemy import Engine, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions.context import ActionContext, enter
from huntred.conversations.models import ActionReply
from huntred.db.session import Scope
from huntred.db.unit_of_work import unit_of_work
from huntred.errors import ProviderUnavailable
from huntred.matching.nearest import Nearest
from huntred.matching.ports import Ranker
from huntred.privacy.links import Links
from huntred.settings import AppSettings

logger = logging.getLogger(__name__)

# As many as the engine's pool lends connections, so that no thread waits for one.
THREADS = 8


class ActionWiring(Protocol):
    """What the server needs of the process that it runs in."""

    @property
    def engine(self) -> Engine: ...
    @property
    def settings(self) -> AppSettings: ...
    @property
    def ranker(self) -> Ranker: ...
    @property
    def nearest(self) -> Nearest: ...
    @property
    def links(self) -> Links: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...


class BadCall(ValueError):
    """The request is none of Rasa's: a header or a field is missing or wrong."""


def create_app(wiring: ActionWiring) -> Starlette:
    """Return the server. POST /webhook runs an action, GET /health says that it can."""
    executor = ActionExecutor()
    executor.register_package("actions")
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="action")
    secret = wiring.settings.actions_secret.encode()

    async def webhook(request: Request) -> JSONResponse:
        given = request.headers.get("X-Actions-Secret", "")
        if not hmac.compare_digest(given.encode(), secret):
            return JSONResponse({"error": "X-Actions-Secret is missing or wrong"}, status_code=401)
        try:
            call = await request.json()
            unit, conversation_id = read_sender(call)
            key = request.headers.get("Idempotency-Key", "").strip()
            if not key:
                if wiring.settings.environment != "development":
                    raise BadCall("Idempotency-Key is missing")
                # A designer's `rasa shell`: Rasa as it comes sends none, and nothing is replayed there.
                key = f"shell:{uuid4()}"
            name = str(call["next_action"])
        except (BadCall, KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"bad call: {error}"}, status_code=422)
        context = copy_context()
        loop = asyncio.get_running_loop()
        try:
            reply = await loop.run_in_executor(
                threads, lambda: context.run(_run, wiring, executor, call, unit, conversation_id, key)
            )
        except ActionNotFoundException:
            return JSONResponse({"error": f"no action {name}", "action_name": name}, status_code=404)
        except ActionExecutionRejection as rejection:
            return JSONResponse({"error": str(rejection), "action_name": name}, status_code=400)
        except (OperationalError, InterfaceError, PoolTimeout, ProviderUnavailable) as error:
            # Not this message's fault: Rasa rolls the turn back and tries again without counting it.
            logger.warning("action %s waits: %s", name, type(error).__name__)
            return JSONResponse({"error": type(error).__name__}, status_code=503)
        except Exception as error:
            logger.exception("action %s of %s failed", name, call.get("sender_id"))
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status_code=500)
        return JSONResponse(reply)

    async def health(request: Request) -> JSONResponse:
        try:
            await loop_run(threads, lambda: _ping(wiring.engine))
        except Exception as error:
            return JSONResponse({"status": "down", "error": type(error).__name__}, status_code=503)
        return JSONResponse({"status": "ok", "actions": len(executor.actions)})

    app = Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)])
    app.state.executor = executor
    return app


async def loop_run(threads: ThreadPoolExecutor, work: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(threads, work)


def read_sender(call: dict[str, Any]) -> tuple[str, UUID]:
    """Return unit and conversation of `<unit>:<conversation uuid>`. Raises BadCall."""
    unit, colon, conversation = str(call.get("sender_id") or "").partition(":")
    try:
        if not (unit and colon):
            raise ValueError
        return unit, UUID(conversation)
    except ValueError:
        raise BadCall("sender_id is not <unit>:<conversation uuid>") from None


def _run(
    wiring: ActionWiring, executor: ActionExecutor, call: dict[str, Any], unit: str, conversation_id: UUID, key: str
) -> dict[str, Any]:
    with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
        # A call that timed out may still run when it is repeated: the second waits here for the first's commit.
        uow.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
        stored = uow.session.get(ActionReply, key)
        if stored is not None:
            reply: dict[str, Any] = stored.reply
            return reply
        channel = str((call.get("turn") or {}).get("channel") or "")
        enter(
            ActionContext(
                uow, unit, conversation_id, channel, wiring.clock(), wiring.settings, wiring.ranker, wiring.nearest,
                wiring.links,
            )
        )
        result = asyncio.run(executor.run(call))
        reply = {"events": [], "responses": []} if result is None else _plain(result)
        uow.session.add(ActionReply(key=key, unit=unit, conversation_id=conversation_id, reply=reply))
        return reply


def _plain(result: Any) -> dict[str, Any]:
    found: dict[str, Any] = result if isinstance(result, dict) else result.model_dump()
    return found


def _ping(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
