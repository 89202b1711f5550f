"""Telegram: a bot of @BotFather, its webhook and a first message."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bot.channels.connector import json_of
from bot.channels.telegram_events import UPDATES
from bot.connect.console import Stop
from bot.connect.job import Job

_ADVICE = {
    401: "the token is wrong or was revoked: ask @BotFather for it (/mybots → API Token)",
    404: "the token is wrong: it looks like 123456:ABC…, ask @BotFather for it (/mybots → API Token)",
    403: "the person has blocked the bot, or never opened it: open the bot in Telegram and press Start",
    429: "too many requests for now: run this again in a minute",
}


async def connect(job: Job) -> None:
    """Raises Stop."""
    console = job.console
    known = await job.store.known("telegram", job.unit)
    token = console.ask("bot_token", "Bot token of @BotFather", known.secret("bot_token"), secret=True)
    await job.check_address()
    me = await _call(job, token, "the bot cannot be read", "getMe")
    bot_id, username = str(me["id"]), str(me.get("username", ""))
    console.good(f"@{username} · {me.get('first_name', '')}")
    if bot_id != known.external_id:
        known = await job.store.known("telegram", job.unit, bot_id)
    is_known = known.external_id == bot_id
    app = known.app if is_known else job.unit
    secret_token = str(known.app_secrets.get("secret_token") or "") if is_known else ""
    secret_token = secret_token or secrets.token_urlsafe(32)
    await job.store.put(
        channel="telegram", unit=job.unit, app=app, app_secrets={"secret_token": secret_token}, external_id=bot_id,
        name=(known.name if is_known else "") or str(me.get("first_name") or job.unit_name), address=f"@{username}",
        secrets={"bot_token": token},
    )  # fmt: skip
    console.good("the bot is stored, its secrets encrypted")
    url = job.webhook("telegram", app)
    await _call(
        job, token, "Telegram did not take our webhook", "setWebhook",
        {"url": url, "secret_token": secret_token, "allowed_updates": list(UPDATES), "max_connections": 40},
    )  # fmt: skip
    hook = await _call(job, token, "the webhook cannot be read", "getWebhookInfo")
    if hook.get("url") != url:
        where = hook.get("url") or "nowhere"
        raise Stop(f"Telegram brings updates to {where}", "end what else uses this token, and run this again")
    console.good(f"webhook {url}, {hook.get('pending_update_count', 0)} updates wait")
    if hook.get("last_error_message"):
        console.note(f"Telegram's last trouble with the webhook: {hook['last_error_message']}")
    to = console.ask("test_chat", "Telegram id that gets a test message (who has pressed Start)", optional=True)
    if to:
        sent = await _call(
            job, token, "the test message was not sent", "sendMessage", {"chat_id": to, "text": f"✓ {job.unit_name}"}
        )
        console.good(f"test message to {to}: {sent['message_id']}")


async def _call(
    job: Job, token: str, doing: str, method: str, fields: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the result of a method; an empty object where it is only `true`. Raises Stop."""
    url = f"{job.settings.telegram_api_url}/bot{token}/{method}"
    answer = await job.http.post(url, json=dict(fields or {}))
    body = json_of(answer)
    if not body.get("ok"):
        code = int(body.get("error_code") or answer.status_code)
        advice = _ADVICE.get(code, "read Telegram's words above; run this again when it is mended")
        if "chat not found" in str(body.get("description", "")):
            advice = _ADVICE[403]
        raise Stop(f"{doing}: {body.get('description') or answer.status_code}", advice)
    result = body.get("result")
    return dict(result) if isinstance(result, Mapping) else {}
