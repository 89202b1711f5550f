"""WhatsApp: a number of a WhatsApp Business Account, its webhooks, its templates and a first message."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from bot import vendor_news
from bot.accounts import Account
from bot.arrivals import TemplateNews
from bot.channels.whatsapp_notices import SUBSCRIBED
from bot.channels.whatsapp_templates import GraphRefused, change, listed, samples, submit
from bot.connect.console import Stop
from bot.connect.graph import Graph, stop_of
from bot.connect.job import Job
from bot.rendering.whatsapp import render_template
from contract.message import TemplateUse
from contract.templates import SENDABLE_STATES

_HIGH = 1000
_NUMBER = "display_phone_number,verified_name,quality_rating,status,throughput"
# By Meta's page on editing templates.
_CHANGEABLE = frozenset({"APPROVED", "REJECTED", "PAUSED"})


async def connect(job: Job) -> None:
    """Raises Stop."""
    console, base = job.console, job.settings.whatsapp_api_url
    known = await job.store.known("whatsapp", job.unit)
    number_id = console.ask("phone_number_id", "Phone number ID (WhatsApp → API setup)", known.external_id)
    if number_id != known.external_id:
        known = await job.store.known("whatsapp", job.unit, number_id)
    business_id = console.ask(
        "business_account_id", "WhatsApp Business Account ID (same page)", known.secret("business_account_id")
    )
    token = console.ask(
        "access_token", "Access token of a system user, without end, with whatsapp_business_messaging and"
        " whatsapp_business_management", known.secret("access_token"), secret=True,
    )  # fmt: skip
    app = console.ask("app", "Name of the Meta app in our addresses", known.app or "huntred")
    shared = await job.store.app_secrets("whatsapp", app)
    app_secret = console.ask(
        "app_secret", "App secret (App settings → Basic)", str(shared.get("app_secret", "")), secret=True
    )
    verify_token = str(shared.get("verify_token") or secrets.token_urlsafe(24))

    await job.check_address()
    graph = Graph(job.http, base, token)
    meta_app = await graph.get("the app of the token cannot be read", "app")
    number = await _number(job, graph, business_id, number_id)
    account = await job.store.put(
        channel="whatsapp", unit=job.unit, app=app,
        app_secrets={"app_secret": app_secret, "verify_token": verify_token},
        external_id=number_id, name=known.name or str(number.get("verified_name") or job.unit_name),
        address="+" + "".join(char for char in str(number.get("display_phone_number", "")) if char.isdigit()),
        secrets={"access_token": token, "business_account_id": business_id},
        rate=_HIGH if (number.get("throughput") or {}).get("level") == "HIGH" else None,
    )  # fmt: skip
    console.good("app and number are stored, their secrets encrypted")

    as_app = Graph(job.http, base, f"{meta_app['id']}|{app_secret}")
    await as_app.subscribe(
        str(meta_app["id"]), "whatsapp_business_account", job.webhook("whatsapp", app), verify_token, SUBSCRIBED
    )
    console.good(f"webhook {job.webhook('whatsapp', app)} for {len(SUBSCRIBED)} fields")
    await graph.post("the app was not subscribed to the business account", f"{business_id}/subscribed_apps")
    held = await graph.get("the subscriptions cannot be read", f"{business_id}/subscribed_apps")
    names = [str((row.get("whatsapp_business_api_data") or {}).get("id")) for row in held.get("data") or ()]
    if str(meta_app["id"]) not in names:
        raise Stop("the business account does not list the app among its subscribers", "run this again in a minute")
    console.good("the app hears of this business account")
    await _templates(job, account)
    await _try(job, graph, account)


async def _number(job: Job, graph: Graph, business_id: str, number_id: str) -> dict[str, Any]:
    """Look at the number, and that it belongs to the business account."""
    number = await graph.get(f"the number {number_id} cannot be read", number_id, fields=_NUMBER)
    owned = await graph.get(
        f"the numbers of business account {business_id} cannot be read", f"{business_id}/phone_numbers", limit="100"
    )
    if number_id not in {str(row.get("id")) for row in owned.get("data") or ()}:
        raise Stop(
            f"the number {number_id} is none of business account {business_id}",
            "take both ids from the same page: WhatsApp → API setup",
        )
    shown = " · ".join(str(number.get(name)) for name in ("display_phone_number", "verified_name", "quality_rating"))
    if number.get("status") == "CONNECTED":
        job.console.good(shown)
        return number
    pin = job.console.ask("pin", "The number is not registered: a PIN of six digits for it", secret=True, optional=True)
    if not pin:
        job.console.wrong(
            f"{shown}: its state is {number.get('status')}, nothing can be sent",
            "run this again with CONNECT_WHATSAPP_PIN=six digits, which registers the number",
        )
        return number
    await graph.post(
        "the number was not registered", f"{number_id}/register", {"messaging_product": "whatsapp", "pin": pin}
    )
    job.console.good(f"{shown}: registered")
    return number


async def _templates(job: Job, account: Account) -> None:
    """Ask Meta for those it does not know, keep what it says of all of them, and show it."""
    base = job.settings.whatsapp_api_url
    try:
        told = await listed(job.http, base, account)
    except GraphRefused as error:
        raise stop_of("the templates cannot be read", error) from None
    await vendor_news.keep_templates(job.store.connection, told)
    at_meta = {(one.name, one.language): one for one in told}
    for row in await job.store.templates(job.unit):
        theirs = at_meta.get((row["name"], row["language"]))
        try:
            answer = await _ask_approval(job, account, row, theirs)
        except GraphRefused as error:
            job.console.wrong(f"template {_named(row)}: {error}", "mend its text in the back office and run this again")
            continue
        if answer is not None:
            await vendor_news.keep_templates(job.store.connection, [answer])
    rows = await job.store.templates(job.unit)
    for row in rows:
        job.console.plain(f"         {row['state']:<10} {_named(row)} {row['reason']}".rstrip())
    waiting = sum(row["state"] == "PENDING" for row in rows)
    job.console.good(f"{len(rows)} templates, {waiting} wait for Meta: their states follow by themselves")
    for row in rows:
        if row["state"] in ("REJECTED", "PAUSED", "DISABLED"):
            job.console.wrong(
                f"template {_named(row)} is {row['state']}: {row['reason'] or 'no reason was given'}",
                "change its words, or appeal in WhatsApp Manager; until then what needs it is not sent",
            )


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['name']} ({row['language']})"


async def _ask_approval(
    job: Job, account: Account, row: Mapping[str, Any], theirs: TemplateNews | None
) -> TemplateNews | None:
    """Submit what Meta does not have, and our words where they were changed since. Raises GraphRefused."""
    base = job.settings.whatsapp_api_url
    if theirs is None:
        return await submit(job.http, base, account, row)
    if theirs.body == row["body"] or theirs.state not in _CHANGEABLE:
        return None
    await change(job.http, base, account, row, theirs.vendor_id)
    return replace(theirs, state="PENDING", reason="", at=datetime.now(timezone.utc))


async def _try(job: Job, graph: Graph, account: Account) -> None:
    """A first message. Whoever has not written in the last day can be sent an approved template only."""
    to = job.console.ask("test_number", "Phone that gets a test message, with country code", optional=True)
    digits = "".join(char for char in to if char.isdigit())
    if not digits:
        return
    ready = [row for row in await job.store.templates(job.unit) if row["state"] in SENDABLE_STATES]
    if not ready:
        job.console.note("no template is approved yet: write to the number from your phone, the bot answers")
        return
    row = min(ready, key=lambda row: (row["category"] != "UTILITY", row["body"].count("{{"), row["name"]))
    use = TemplateUse(row["name"], row["language"], tuple(samples(row)))
    envelope = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": digits}
    sent = await graph.post(
        "the test message was not sent", f"{account.external_id}/messages", {**envelope, **render_template(use)}
    )
    job.console.good(f"test message {row['name']} to +{digits}: {sent['messages'][0]['id']}")
