"""Instagram: signed webhooks of professional accounts in, the Send API out, over messenger's classes.

An account that signs in by itself writes as itself (graph.instagram.com); one that hangs on a Facebook page has the
secret `page_id` and writes as that page (graph.facebook.com).
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.accounts import Account
from bot.channels import meta, meta_events
from bot.channels.kinds import Kind, rows
from bot.channels.messenger import ChatInput, SendApi
from bot.rendering.instagram import render
from bot.rendering.messenger import Body
from contract.message import Message

KINDS: Mapping[str, str] = {
    **meta_events.KINDS,
    "message.reply_to story": "text",
    "message.attachments story_mention, share, ig_post, ig_reel, ephemeral": "unknown",
}


class InstagramSender(SendApi):
    """As a professional account."""

    channel = "instagram"
    vendor = "Instagram"

    def bodies(self, message: Message, row_id: int) -> list[Body]:
        return render(message, row_id)

    def base(self, account: Account) -> str:
        settings = self._services.settings
        base = settings.messenger_api_url if account.secrets.get("page_id") else settings.instagram_api_url
        return f"{base}/{meta.API_VERSION}"

    def node(self, account: Account) -> str:
        return str(account.secrets.get("page_id") or account.external_id)


class InstagramInput(ChatInput):
    """Professional accounts."""

    channel = "instagram"
    sender = InstagramSender
    subject = "instagram"
    profile = "name,username"

    @classmethod
    def kinds(cls) -> tuple[Kind, ...]:
        return rows(KINDS)
