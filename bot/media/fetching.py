"""Where each vendor keeps a file, and how its bytes come: streamed, with the vendor's token, never more than asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote, urljoin

import httpx

from bot.accounts import Account
from bot.channels.connector import json_of
from bot.channels.meta import API_VERSION
from bot.media.addresses import configured_origins, reach
from bot.media.errors import MediaGone, MediaLater, MediaRefused
from contract.settings import BotSettings

_MOST_REDIRECTS = 3
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
# Who is handed the token beside the configured base URL. Any other host gets the request without it.
_TOKEN_HOSTS = {
    "whatsapp": (".fbsbx.com", ".facebook.com", ".whatsapp.net"),
    "slack": (".slack.com",),
    "x": (".x.com", ".twitter.com"),
}
_TOKENS = {"whatsapp": "access_token", "slack": "bot_token", "x": "access_token"}
_TELEGRAM_MOST = 20 << 20

Write = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True)
class Wanted:
    """A file to fetch. most: bytes."""

    channel: str
    vendor_id: str
    url: str
    claimed_size: int
    most: int


class Fetching:
    """http: the gateway's client; redirects are followed here, each one checked."""

    def __init__(self, settings: BotSettings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http
        self._configured = configured_origins(settings)

    async def fetch(self, wanted: Wanted, account: Account, write: Write) -> None:
        """Hand the file's bytes to `write`. Raises MediaRefused, MediaGone, MediaLater."""
        if wanted.claimed_size > wanted.most:
            raise MediaRefused("too_big")
        try:
            url = await self._address(wanted, account)
            await self._stream(url, wanted, account, write)
        except httpx.HTTPError as error:
            raise MediaLater(f"{wanted.channel} broke off: {type(error).__name__}") from error

    async def _address(self, wanted: Wanted, account: Account) -> str:
        if wanted.channel == "whatsapp":
            return await self._whatsapp(wanted, account)
        if wanted.channel == "telegram":
            return await self._telegram(wanted, account)
        if not wanted.url:
            raise MediaGone(f"{wanted.channel} gave no address")
        return wanted.url

    async def _whatsapp(self, wanted: Wanted, account: Account) -> str:
        """An id leads to an address that lives five minutes; both want the token."""
        node = f"{self._settings.whatsapp_api_url}/{API_VERSION}/{quote(wanted.vendor_id, safe='')}"
        token = str(account.secrets.get("access_token", ""))
        answer = await self._http.get(node, headers={"Authorization": f"Bearer {token}"}, timeout=_TIMEOUT)
        body = json_of(answer)
        if answer.status_code == 200 and body.get("url"):
            if int(body.get("file_size") or 0) > wanted.most:
                raise MediaRefused("too_big")
            return str(body["url"])
        code = (body.get("error") or {}).get("code")
        if answer.status_code == 404 or code in (100, 131052):
            raise MediaGone(f"WhatsApp has it no more ({code})")
        raise MediaLater(f"WhatsApp answered {answer.status_code} ({code})")

    async def _telegram(self, wanted: Wanted, account: Account) -> str:
        base, token = self._settings.telegram_api_url, account.secrets.get("bot_token", "")
        if wanted.claimed_size > _TELEGRAM_MOST:
            raise MediaRefused("too_big")
        answer = await self._http.post(
            f"{base}/bot{token}/getFile", json={"file_id": wanted.vendor_id}, timeout=_TIMEOUT
        )
        body = json_of(answer)
        if body.get("ok"):
            return f"{base}/file/bot{token}/{body['result']['file_path']}"
        detail = str(body.get("description") or answer.status_code)
        if "too big" in detail:
            raise MediaRefused("too_big")
        if answer.status_code == 400:
            raise MediaGone(f"Telegram: {detail}"[:200])
        after = float((body.get("parameters") or {}).get("retry_after") or 0)
        raise MediaLater(f"Telegram: {detail}"[:200], after)

    async def _stream(self, url: str, wanted: Wanted, account: Account, write: Write) -> None:
        for _ in range(_MOST_REDIRECTS + 1):
            place = await reach(url, self._configured)
            headers = {"Host": place.host, **self._token(wanted.channel, place.name, place.configured, account)}
            request = self._http.build_request(
                "GET", place.url, headers=headers, timeout=_TIMEOUT, extensions={"sni_hostname": place.name}
            )
            answer = await self._http.send(request, stream=True)
            try:
                if answer.is_redirect:
                    url = urljoin(url, answer.headers.get("location", ""))
                    continue
                self._check(answer, wanted)
                size = 0
                async for chunk in answer.aiter_bytes(1 << 16):
                    size += len(chunk)
                    if size > wanted.most:
                        raise MediaRefused("too_big")
                    await write(chunk)
                return
            finally:
                await answer.aclose()
        raise MediaGone("too many redirects")

    @staticmethod
    def _check(answer: httpx.Response, wanted: Wanted) -> None:
        status = answer.status_code
        if status in (404, 410):
            raise MediaGone(f"{wanted.channel} has it no more ({status})")
        if status != 200:
            # 401 and 403 too: a token is mended by people, and the file waits meanwhile.
            raise MediaLater(f"{wanted.channel} answered {status}", _retry_after(answer))
        if wanted.channel == "slack" and answer.headers.get("content-type", "").startswith("text/html"):
            # Its page to sign in, in place of the file: the token may not read files.
            raise MediaLater("Slack asks to sign in: the token lacks files:read")
        length = answer.headers.get("content-length", "")
        if length.isdigit() and int(length) > wanted.most:
            raise MediaRefused("too_big")

    @staticmethod
    def _token(channel: str, host: str, configured: bool, account: Account) -> dict[str, str]:
        name = _TOKENS.get(channel)
        if name is None or not (configured or host.lower().endswith(_TOKEN_HOSTS[channel])):
            return {}
        return {"Authorization": f"Bearer {account.secrets.get(name, '')}"}


def _retry_after(answer: httpx.Response) -> float:
    given = answer.headers.get("retry-after", "")
    return float(given) if given.isdigit() else 0.0
