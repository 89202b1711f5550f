"""Slack: an app of the unit in a workspace. Slack has no way to register webhooks but the app's manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.connector import json_of
from bot.connect.console import Stop
from bot.connect.job import Job

SCOPES = ("chat:write", "im:write", "im:history", "reactions:read", "files:read")
EVENTS = ("message.im", "app_home_opened", "reaction_added", "reaction_removed")
_ADVICE = {
    "invalid_auth": "the token is wrong: take the Bot User OAuth Token (OAuth & Permissions), it begins with xoxb-",
    "not_authed": "the token is wrong: take the Bot User OAuth Token (OAuth & Permissions), it begins with xoxb-",
    "token_revoked": "install the app again (OAuth & Permissions → Reinstall), and give its new token",
    "account_inactive": "install the app again (OAuth & Permissions → Reinstall), and give its new token",
    "missing_scope": "paste the manifest below into the app, install it again, and run this again",
    "channel_not_found": "give a member's id, U…, of somebody who has written to the app",
}


def manifest(job: Job, app: str) -> dict[str, Any]:
    """Return the app's manifest: what it may do, and where Slack brings what happens."""
    url = job.webhook("slack", app)
    return {
        "display_information": {"name": job.unit_name},
        "features": {
            "app_home": {
                "home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": job.unit_name, "always_online": True},
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"request_url": url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, "request_url": url},
            "org_deploy_enabled": False, "socket_mode_enabled": False, "token_rotation_enabled": False,
        },
    }  # fmt: skip


async def connect(job: Job) -> None:
    """Raises Stop."""
    console = job.console
    known = await job.store.known("slack", job.unit)
    app = known.app or job.unit
    signing_secret = console.ask(
        "signing_secret", "Signing secret (Basic Information)", known.secret("signing_secret"), secret=True
    )
    token = console.ask("bot_token", "Bot User OAuth Token, xoxb-…", known.secret("bot_token"), secret=True)
    await job.check_address()
    me, scopes = await _call(job, token, "the workspace cannot be read", "auth.test", {})
    team = str(me["team_id"])
    await job.store.put(
        channel="slack", unit=job.unit, app=app, app_secrets={"signing_secret": signing_secret}, external_id=team,
        name=known.name or str(me.get("team") or job.unit_name),
        address=str(me.get("url", "")).removeprefix("https://").rstrip("/"), secrets={"bot_token": token},
    )  # fmt: skip
    console.good(f"workspace {me.get('team')} ({team}) is stored, its secrets encrypted")
    missing = [scope for scope in SCOPES if scope not in scopes]
    if missing:
        console.wrong(f"the app may not {', '.join(missing)}", _ADVICE["missing_scope"])
    else:
        console.good("the app has all its scopes")
    console.plain("         The app's manifest (App Manifest → JSON); Slack asks our address as you save it:")
    console.plain(json.dumps(manifest(job, app), ensure_ascii=False, indent=2))
    to = console.ask("test_user", "Member id (U…) that gets a test message", optional=True)
    if to:
        opened, _ = await _call(job, token, "the chat was not opened", "conversations.open", {"users": to})
        sent, _ = await _call(
            job, token, "the test message was not sent", "chat.postMessage",
            {"channel": opened["channel"]["id"], "text": f"✓ {job.unit_name}"},
        )  # fmt: skip
        console.good(f"test message to {to}: {sent.get('ts')}")


async def _call(
    job: Job, token: str, doing: str, method: str, fields: Mapping[str, Any]
) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the answer, and what the token may do. Raises Stop."""
    answer: httpx.Response = await job.http.post(
        f"{job.settings.slack_api_url}/api/{method}", json=dict(fields), headers={"Authorization": f"Bearer {token}"}
    )
    body = json_of(answer)
    if not body.get("ok"):
        error = str(body.get("error") or answer.status_code)
        advice = _ADVICE.get(error, "look for this word in Slack's reference, and run this again")
        raise Stop(f"{doing}: {error}", advice)
    scopes = answer.headers.get("x-oauth-scopes", "")
    return body, frozenset(scope.strip() for scope in scopes.split(","))
