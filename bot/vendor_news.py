"""Writes down what vendors say of templates and accounts. Told again, or told late, it changes nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import psycopg

from bot.arrivals import AccountNews, TemplateNews
from bot.cleaning import storable

# A vendor's clock counts seconds: what was heard within the same one does not make it late.
_TEMPLATE = """
UPDATE message_templates SET
    state = coalesce(nullif(%(state)s, ''), state),
    reason = CASE WHEN %(state)s <> '' THEN %(reason)s ELSE reason END,
    quality = coalesce(nullif(%(quality)s, ''), quality),
    category = coalesce(nullif(%(category)s, ''), category),
    vendor_id = coalesce(nullif(%(vendor_id)s, ''), vendor_id),
    submitted_at = coalesce(submitted_at, %(at)s),
    checked_at = %(at)s
WHERE unit = %(unit)s AND channel = %(channel)s AND name = %(name)s AND language = %(language)s
  AND (checked_at IS NULL OR date_trunc('second', checked_at) <= %(at)s)
"""
# The vendor has told all of its templates, and these, which it once had, are not among them.
_GONE = """
UPDATE message_templates SET state = 'DELETED', reason = '', checked_at = %(at)s
WHERE unit = %(unit)s AND channel = %(channel)s AND vendor_id <> '' AND state <> 'DELETED'
  AND NOT (name || ' ' || language) = ANY (%(told)s) AND (checked_at IS NULL OR checked_at < %(at)s)
"""
_ACCOUNT = """
UPDATE channel_accounts SET vendor_state = vendor_state || jsonb_build_object(%(field)s::text, %(what)s::jsonb)
WHERE id = %(account)s AND coalesce(vendor_state->%(field)s->>'at', '') <= %(what)s::jsonb->>'at'
"""


async def keep_templates(connection: psycopg.AsyncConnection[Any], news: Sequence[TemplateNews]) -> int:
    """Return how many templates that changed or confirmed."""
    kept = 0
    for one in sorted(news, key=lambda one: (one.account.unit, one.name, one.language, one.at)):
        values = {
            "unit": one.account.unit, "channel": one.account.channel, "name": one.name, "language": one.language,
            "vendor_id": one.vendor_id, "state": one.state, "reason": one.reason[:500], "quality": one.quality,
            "category": one.category, "at": one.at,
        }  # fmt: skip
        cursor = await connection.execute(_TEMPLATE, storable(values))
        kept += cursor.rowcount
    return kept


async def mark_gone(
    connection: psycopg.AsyncConnection[Any], unit: str, channel: str, told: Collection[TemplateNews], at: datetime
) -> int:
    """Mark as deleted what the vendor no longer has. told: all that it has."""
    names = [f"{one.name} {one.language}" for one in told]
    cursor = await connection.execute(_GONE, {"unit": unit, "channel": channel, "told": names, "at": at})
    return cursor.rowcount


async def keep_account(connection: psycopg.AsyncConnection[Any], news: AccountNews) -> None:
    """Keep the last word of each field of the vendor's; `what` has its `at` (ISO, UTC)."""
    what = json.dumps(storable(dict(news.what)))
    await connection.execute(_ACCOUNT, {"account": news.account.id, "field": news.field, "what": what})
