"""Messenger and Instagram: a page or a professional account, its webhooks, and how a chat with it opens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels import meta_events
from bot.connect.console import Stop
from bot.connect.graph import Graph
from bot.connect.job import Job
from bot.connect.store import Known
from bot.rendering.words import say

PAGE_FIELDS = (
    "messages", "messaging_postbacks", "message_reactions", "message_edits", "message_reads", "message_deliveries",
    "message_echoes", "messaging_referrals",
)  # fmt: skip
INSTAGRAM_FIELDS = (
    "messages", "messaging_postbacks", "message_reactions", "messaging_seen", "messaging_referral", "message_edit",
)  # fmt: skip
_TOKEN = "Access token of the {}, without end, with {}"  # noqa: S105  # a question


async def connect_messenger(job: Job) -> None:
    """Raises Stop."""
    known = await job.store.known("messenger", job.unit)
    page_id = job.console.ask("page_id", "Page ID (Page → About → Transparency)", known.external_id)
    known = known if page_id == known.external_id else await job.store.known("messenger", job.unit, page_id)
    asked = _TOKEN.format("page", "pages_messaging and pages_manage_metadata")
    token = job.console.ask("access_token", asked, known.secret("access_token"), secret=True)
    app, app_secret, verify_token = await _app(job, "messenger", known)
    await job.check_address()
    graph = Graph(job.http, job.settings.messenger_api_url, token)
    meta_app = await graph.get("the app of the token cannot be read", "app")
    page = await graph.get(f"the page {page_id} cannot be read", page_id, fields="name,username")
    await job.store.put(
        channel="messenger", unit=job.unit, app=app,
        app_secrets={"app_secret": app_secret, "verify_token": verify_token},
        external_id=page_id, name=known.name or str(page.get("name") or job.unit_name),
        address=str(page.get("username") or known.address), secrets={"access_token": token},
    )  # fmt: skip
    job.console.good(f"page {page.get('name')} is stored, its secrets encrypted")
    as_app = Graph(job.http, job.settings.messenger_api_url, f"{meta_app['id']}|{app_secret}")
    await as_app.subscribe(str(meta_app["id"]), "page", job.webhook("messenger", app), verify_token, PAGE_FIELDS)
    job.console.good(f"webhook {job.webhook('messenger', app)}")
    await _subscribe(graph, page_id, PAGE_FIELDS)
    job.console.good(f"the page tells the app of {len(PAGE_FIELDS)} kinds of events")
    start = {"type": "postback", "title": say("start"), "payload": meta_events.GET_STARTED}
    menu = {"locale": "default", "composer_input_disabled": False, "call_to_actions": [start]}
    await graph.post(
        "the page's profile was not set", f"{page_id}/messenger_profile",
        {"get_started": {"payload": meta_events.GET_STARTED}, "persistent_menu": [menu]},
    )  # fmt: skip
    job.console.good("Get started and the menu are set")
    await _try(job, graph, page_id)


async def connect_instagram(job: Job) -> None:
    """Raises Stop. With a page_id the account hangs on that page and writes through it."""
    console = job.console
    known = await job.store.known("instagram", job.unit)
    page_id = console.ask(
        "page_id", "ID of the Facebook page that the account hangs on; none with Instagram Login",
        known.secret("page_id"), optional=True,
    )  # fmt: skip
    asked = _TOKEN.format("page" if page_id else "account", "instagram_manage_messages or its Business Login twin")
    token = console.ask("access_token", asked, known.secret("access_token"), secret=True)
    app, app_secret, verify_token = await _app(job, "instagram", known)
    await job.check_address()
    graph = Graph(job.http, job.settings.messenger_api_url if page_id else job.settings.instagram_api_url, token)
    if page_id:
        page = await graph.get(
            f"the page {page_id} cannot be read", page_id, fields="instagram_business_account{id,username}"
        )
        account = page.get("instagram_business_account") or {}
        if not account.get("id"):
            raise Stop(
                f"the page {page_id} has no professional account of Instagram",
                "connect them (Page → Settings → Linked accounts), and run this again",
            )
        account_id = str(account["id"])
    else:
        account = await graph.get("the account cannot be read", "me", fields="user_id,username")
        account_id = str(account["user_id"])
    await job.store.put(
        channel="instagram", unit=job.unit, app=app,
        app_secrets={"app_secret": app_secret, "verify_token": verify_token},
        external_id=account_id, name=known.name or job.unit_name, address=f"@{account.get('username', '')}",
        secrets={"access_token": token, "page_id": page_id},
    )  # fmt: skip
    console.good(f"@{account.get('username')} is stored, its secrets encrypted")
    callback = job.webhook("instagram", app)
    if page_id:
        meta_app = await graph.get("the app of the token cannot be read", "app")
        as_app = Graph(job.http, job.settings.messenger_api_url, f"{meta_app['id']}|{app_secret}")
        await as_app.subscribe(str(meta_app["id"]), "instagram", callback, verify_token, INSTAGRAM_FIELDS)
        await _subscribe(graph, page_id, ("messages",))
        console.good(f"webhook {callback}")
    else:
        # Its app has no token of its own by which a webhook could be registered.
        console.plain(
            f"         In the app's page (Instagram → API setup → Configure webhooks) put\n"
            f"           Callback URL   {callback}\n           Verify token   {verify_token}\n"
            f"         and subscribe to {', '.join(INSTAGRAM_FIELDS)}"
        )
        await _subscribe(graph, account_id, INSTAGRAM_FIELDS)
    console.good("the account tells the app of its messages")
    await _try(job, graph, page_id or account_id)


async def _app(job: Job, channel: str, known: Known) -> tuple[str, str, str]:
    """Return the app's name, its secret and its verify token."""
    app = job.console.ask("app", "Name of the Meta app in our addresses", known.app or "huntred")
    shared = await job.store.app_secrets(channel, app)
    where = "Instagram app secret with Instagram Login, else the app secret" if channel == "instagram" else "App secret"
    secret = job.console.ask("app_secret", where, str(shared.get("app_secret", "")), secret=True)
    return app, secret, str(shared.get("verify_token") or secrets.token_urlsafe(24))


async def _subscribe(graph: Graph, node: str, fields: Sequence[str]) -> None:
    """Let a page or account tell the app, and see that it does. Raises Stop."""
    await graph.post(
        "the app was not subscribed", f"{node}/subscribed_apps", {"subscribed_fields": ",".join(fields)}
    )
    held = await graph.get("the subscriptions cannot be read", f"{node}/subscribed_apps")
    rows: Sequence[Mapping[str, Any]] = held.get("data") or ()
    missing = set(fields) - {str(name) for row in rows for name in row.get("subscribed_fields") or ()}
    if missing:
        raise Stop(
            f"not subscribed to {', '.join(sorted(missing))}",
            "give the app the permissions for them (App Review), and run this again",
        )


async def _try(job: Job, graph: Graph, node: str) -> None:
    to = job.console.ask("test_user", "Id of a person who wrote within a day, for a test message", optional=True)
    if not to:
        return
    body = {"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": {"text": f"✓ {job.unit_name}"}}
    sent = await graph.post("the test message was not sent", f"{node}/messages", body)
    job.console.good(f"test message to {to}: {sent.get('message_id')}")


