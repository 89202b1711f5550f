"""X: an account and its app; the webhook of the Account Activity API, version 2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from oauthlib.oauth1 import Client  # type: ignore[import-untyped]  # no types of its own

from bot.channels.connector import json_of
from bot.connect.console import Stop
from bot.connect.job import Job

_ADVICE = {
    401: "key, token or one of their secrets is wrong: make them anew (Developer portal → Keys and tokens)",
    403: "the app lacks a permission: give it Read, write and direct messages, and a plan with Account Activity",
    429: "too many requests for now: run this again in a quarter of an hour",
}


async def connect(job: Job) -> None:
    """Raises Stop."""
    console, base = job.console, job.settings.x_api_url
    known = await job.store.known("x", job.unit)
    app = console.ask("app", "Name of the X app in our addresses", known.app or "huntred")
    shared = await job.store.app_secrets("x", app)
    key = console.ask("consumer_key", "API key (Keys and tokens)", str(shared.get("consumer_key", "")), secret=True)
    key_secret = console.ask("consumer_secret", "API key secret", str(shared.get("consumer_secret", "")), secret=True)
    token = console.ask("access_token", "Access token of the account", known.secret("access_token"), secret=True)
    token_secret = console.ask(
        "access_token_secret", "Access token secret", known.secret("access_token_secret"), secret=True
    )
    await job.check_address()

    def as_user(method: str, url: str) -> dict[str, str]:
        client = Client(key, client_secret=key_secret, resource_owner_key=token, resource_owner_secret=token_secret)
        return {"Authorization": str(client.sign(url, http_method=method)[1]["Authorization"])}

    me = (await _call(job, "the account cannot be read", "GET", f"{base}/2/users/me", as_user))["data"]
    await job.store.put(
        channel="x", unit=job.unit, app=app, app_secrets={"consumer_key": key, "consumer_secret": key_secret},
        external_id=str(me["id"]), name=known.name or str(me.get("name") or job.unit_name),
        address=f"@{me.get('username', '')}", secrets={"access_token": token, "access_token_secret": token_secret},
    )  # fmt: skip
    console.good(f"@{me.get('username')} is stored, its secrets encrypted")
    answer = await job.http.post(
        f"{base}/oauth2/token", data={"grant_type": "client_credentials"}, auth=(key, key_secret)
    )
    bearer = json_of(answer).get("access_token")
    if not bearer:
        raise _stop("the app's own token was not given", answer)

    def as_app(method: str, url: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {bearer}"}

    url = job.webhook("x", app)
    hooks = (await _call(job, "the webhooks cannot be read", "GET", f"{base}/2/webhooks", as_app)).get("data") or []
    hook: Mapping[str, Any] | None = next((one for one in hooks if one.get("url") == url), None)
    if hook is None:
        made = await _call(job, "X did not take our webhook", "POST", f"{base}/2/webhooks", as_app, {"url": url})
        hook = made.get("data") or made
    else:
        # Asks our address once more: after a day without an answer X holds a webhook for dead.
        await _call(job, "X does not reach our webhook", "PUT", f"{base}/2/webhooks/{hook['id']}", as_app)
    console.good(f"webhook {url}")
    node = f"{base}/2/account_activity/webhooks/{hook['id']}/subscriptions/all"
    held = await job.http.get(node, headers=as_user("GET", node))
    if held.status_code != 200 or not (json_of(held).get("data") or {}).get("subscribed"):
        await _call(job, "the account was not subscribed", "POST", node, as_user, {})
    console.good("the account's messages come to the webhook")


async def _call(
    job: Job, doing: str, method: str, url: str, signed: Any, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Raises Stop."""
    answer = await job.http.request(method, url, headers=signed(method, url), json=None if body is None else dict(body))
    if answer.status_code not in (200, 201, 204):
        raise _stop(doing, answer)
    return json_of(answer)


def _stop(doing: str, answer: httpx.Response) -> Stop:
    body = json_of(answer)
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    detail = str(body.get("detail") or first.get("message") or body.get("title") or "")[:300]
    advice = _ADVICE.get(answer.status_code, "read X's words above; see that the public address leads to this gateway")
    return Stop(f"{doing}: {answer.status_code} {detail}".strip(), advice)
