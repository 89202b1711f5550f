"""The templates of a WhatsApp Business Account: asked for approval, and asked about.

By Meta's reference, `GET|POST /<business account id>/message_templates`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import httpx
import psycopg
from psycopg_pool import PoolTimeout

from bot import vendor_news
from bot.accounts import Account
from bot.arrivals import TemplateNews
from bot.channels.connector import Services, json_of
from bot.channels.meta import API_VERSION

logger = logging.getLogger(__name__)

# Webhooks tell at once; this finds what they did not tell.
_EVERY_SECONDS = 900.0
_MOST_PAGES = 50
_FIELDS = "id,name,language,status,category,rejected_reason,quality_score,components"
_PARAMETER = re.compile(r"\{\{(\d+)\}\}")
_DUE = """
SELECT 1 FROM message_templates WHERE unit = %s AND channel = 'whatsapp'
  AND (checked_at IS NULL OR checked_at < %s) LIMIT 1
"""


class GraphRefused(Exception):
    """Meta said no. code: its number, or the HTTP status where it gave none; the text is Meta's own."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}" if text else code)
        self.code, self.text = code, text


def refusal(answer: httpx.Response) -> GraphRefused:
    """Return what an answer that is no success says, with the words that Meta has for people."""
    error = json_of(answer).get("error")
    error = error if isinstance(error, Mapping) else {}
    detail = (error.get("error_data") or {}) if isinstance(error.get("error_data"), Mapping) else {}
    text = error.get("error_user_msg") or detail.get("details") or error.get("message") or ""
    return GraphRefused(str(error.get("code") or answer.status_code), str(text)[:500])


async def listed(http: httpx.AsyncClient, base: str, account: Account) -> list[TemplateNews]:
    """Return all templates of the account's business account. Raises GraphRefused, httpx.HTTPError."""
    url = f"{base}/{API_VERSION}/{account.secrets['business_account_id']}/message_templates"
    now = datetime.now(timezone.utc)
    headers = {"Authorization": f"Bearer {account.secrets.get('access_token', '')}"}
    params = {"fields": _FIELDS, "limit": "100"}
    found: list[TemplateNews] = []
    for _ in range(_MOST_PAGES):
        answer = await http.get(url, params=params, headers=headers)
        if answer.status_code != 200:
            raise refusal(answer)
        page = json_of(answer)
        found += [_news(account, row, now) for row in page.get("data") or ()]
        after = ((page.get("paging") or {}).get("cursors") or {}).get("after")
        if not after or not (page.get("paging") or {}).get("next"):
            break
        params = {**params, "after": str(after)}
    return found


def _news(account: Account, row: Mapping[str, Any], now: datetime) -> TemplateNews:
    reason, score = str(row.get("rejected_reason") or ""), row.get("quality_score") or {}
    return TemplateNews(
        account,
        name=str(row["name"]),
        language=str(row["language"]),
        vendor_id=str(row.get("id") or ""),
        at=now,
        state=str(row["status"]),
        reason="" if reason == "NONE" else reason,
        quality=str(score.get("score") or "") if isinstance(score, Mapping) else "",
        category=str(row.get("category") or ""),
        body=next((str(part.get("text") or "") for part in row.get("components") or () if part["type"] == "BODY"), ""),
    )


async def submit(http: httpx.AsyncClient, base: str, account: Account, row: Mapping[str, Any]) -> TemplateNews:
    """Ask for a template's approval. row: of message_templates. Raises GraphRefused, httpx.HTTPError."""
    url = f"{base}/{API_VERSION}/{account.secrets['business_account_id']}/message_templates"
    headers = {"Authorization": f"Bearer {account.secrets.get('access_token', '')}"}
    answer = await http.post(url, json=body_of(row), headers=headers)
    if answer.status_code != 200:
        raise refusal(answer)
    told = json_of(answer)
    return TemplateNews(
        account,
        name=row["name"],
        language=row["language"],
        vendor_id=str(told.get("id") or ""),
        at=datetime.now(timezone.utc),
        state=str(told.get("status") or "PENDING"),
        category=str(told.get("category") or ""),
    )


async def change(
    http: httpx.AsyncClient, base: str, account: Account, row: Mapping[str, Any], vendor_id: str
) -> None:
    """Put our words in the place of Meta's; it looks at them anew. Raises GraphRefused, httpx.HTTPError."""
    headers = {"Authorization": f"Bearer {account.secrets.get('access_token', '')}"}
    body = {"category": row["category"], "components": body_of(row)["components"]}
    answer = await http.post(f"{base}/{API_VERSION}/{vendor_id}", json=body, headers=headers)
    if answer.status_code != 200:
        raise refusal(answer)


def body_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template of ours as Meta wants it, with a sample for each value."""
    parts = row.get("components") or {}
    body: dict[str, Any] = {"type": "BODY", "text": row["body"]}
    count = len(set(_PARAMETER.findall(row["body"])))
    if count:
        body["example"] = {"body_text": [samples(row)[:count]]}
    components: list[dict[str, Any]] = []
    if parts.get("header"):
        components.append({"type": "HEADER", "format": "TEXT", "text": str(parts["header"])})
    components.append(body)
    if parts.get("footer"):
        components.append({"type": "FOOTER", "text": str(parts["footer"])})
    if parts.get("buttons"):
        buttons = [{"type": "QUICK_REPLY", "text": _title(button)} for button in parts["buttons"]]
        components.append({"type": "BUTTONS", "buttons": buttons})
    return {
        "name": row["name"], "language": row["language"], "category": row["category"], "components": components,
    }  # fmt: skip


def samples(row: Mapping[str, Any]) -> list[str]:
    """Return the sample of each value, in order."""
    return [str(one.get("sample") or one.get("name")) for one in (row.get("components") or {}).get("parameters") or ()]


def _title(button: Any) -> str:
    return str(button.get("text") or button.get("title")) if isinstance(button, Mapping) else str(button)


async def ask(services: Services, account: Account) -> int:
    """Ask about the templates of an account's unit and keep the answer; return how many of ours Meta knows."""
    news = await listed(services.http, services.settings.whatsapp_api_url, account)
    async with services.pool.connection() as connection, connection.transaction():
        known = await vendor_news.keep_templates(connection, news)
        await vendor_news.mark_gone(connection, account.unit, account.channel, news, datetime.now(timezone.utc))
    return known


async def keep_asking(services: Services, every: float = _EVERY_SECONDS) -> None:
    """Ask for ever. Where several gateways run, the first one asks and the others find nothing due."""
    while True:
        await asyncio.sleep(every)
        accounts = services.directory.of_channel("whatsapp")
        for account in {a.unit: a for a in accounts if a.secrets.get("business_account_id")}.values():
            try:
                if await _is_due(services, account.unit, every):
                    await ask(services, account)
            except (GraphRefused, httpx.HTTPError, psycopg.Error, PoolTimeout, KeyError, TypeError) as error:
                logger.warning("templates of %s were not asked about: %s", account.unit, error)


async def _is_due(services: Services, unit: str, every: float) -> bool:
    before = datetime.fromtimestamp(datetime.now(timezone.utc).timestamp() - every / 2, timezone.utc)
    async with services.pool.connection() as connection:
        return await (await connection.execute(_DUE, (unit, before))).fetchone() is not None
