"""The control API under `/control`: with it tests and the page are a person and see what happened."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.ledger import Bubble
from tests.standins.mail import MailSink
from tests.standins.mail_person import MailPerson
from tests.standins.state import State, Unknown
from tests.standins.telegram import Telegram
from tests.standins.whatsapp import WhatsApp

Handler = Callable[[Request], Awaitable[Response]]


class Control:
    """Routes; each answers JSON, a wrong request by 400 with what is wrong."""

    def __init__(self, state: State, vendors: Mapping[str, Any], mail: MailSink) -> None:
        self._state = state
        self._vendors = vendors
        self._whatsapp: WhatsApp = vendors["whatsapp"]
        self._telegram: Telegram = vendors["telegram"]
        self._mail = mail

    def routes(self) -> list[Route]:
        posts: dict[str, Callable[[dict[str, Any]], Any]] = {
            "send": self._send, "press": self._press, "raw": self._raw, "status": self._status,
            "block": self._block, "fail": self._fail, "switches": self._switches, "clock": self._clock,
            "template": self._template, "review": self._whatsapp.business.review, "notice": self._notice,
            "reset": self._reset, "mail": self._write_mail,
        }  # fmt: skip
        gets: dict[str, Callable[[dict[str, str]], Any]] = {
            "accounts": self._accounts, "chats": self._chats, "chat": self._chat, "state": self._see,
            "violations": self._violations, "deliveries": self._deliveries, "notes": self._notes,
            "presses": self._presses,
        }  # fmt: skip
        return [
            *[Route(f"/control/{name}", _post(work), methods=["POST"]) for name, work in posts.items()],
            *[Route(f"/control/{name}", _get(work), methods=["GET"]) for name, work in gets.items()],
            Route("/control/changes", self._changes, methods=["GET"]),
            Route("/control/verify", self._verify, methods=["POST"]),
            Route("/control/file/{file_id}", self._file, methods=["GET"]),
            Route("/mail", self._mails, methods=["GET", "DELETE"]),
            Route("/mail/{mail_id:int}/attachments/{index:int}", self._attachment, methods=["GET"]),
        ]

    def _person(self, channel: str) -> Any:
        return self._vendors[channel].person

    def _named(self, values: dict[str, Any]) -> tuple[Any, str]:
        account = self._state.account(values["account"])
        user = str(values["user"])
        if not user.isdigit():
            raise Unknown(f"user {user!r} must be digits: a WhatsApp number without +, a Telegram id")
        if values.get("name"):
            self._state.ledger.names[account.key, user] = values["name"]
        return account, user

    def _send(self, values: dict[str, Any]) -> dict[str, Any]:
        account, user = self._named(values)
        if "content" in values:
            values["content"] = base64.b64decode(values["content"])
        person = {key: value for key, value in values.items() if key != "name"}
        if values["kind"] == "contacts":
            person["name"] = values["contact_name"]
        if values["kind"] == "location" and values.get("place"):
            person["name"] = values["place"]
        bubble: Bubble = self._person(account.channel).send(account, user, values["kind"], person)
        return bubble.as_json()

    def _write_mail(self, values: dict[str, Any]) -> dict[str, str]:
        """Write a mail to an account's mailbox: account, from, text, subject."""
        return MailPerson(self._state, self._mail).write(values)

    def _press(self, values: dict[str, Any]) -> dict[str, Any]:
        account, user = self._named(values)
        bubble, option = self._state.find_option(
            account.key, user, values["option"], values.get("message_id", "")
        )
        pressed: Bubble = self._person(account.channel).press(account, user, bubble, option)
        return pressed.as_json()

    def _raw(self, values: dict[str, Any]) -> dict[str, Any]:
        account = self._state.account(values["account"])
        self._person(account.channel).send_value(account, values["value"])
        return {}

    def _status(self, values: dict[str, Any]) -> dict[str, Any]:
        """Report a WhatsApp status by hand: late, out of order, failed."""
        account = self._state.account(values["account"])
        bubble = self._state.ledger.find(account.key, values["message_id"])
        if bubble is None:
            raise Unknown(f"no message {values['message_id']}")
        data = bubble.raw.get("biz_opaque_callback_data")
        self._whatsapp.person.send_status(account, bubble, values["status"], data, values.get("error"))
        return {}

    def _block(self, values: dict[str, Any]) -> dict[str, Any]:
        account, user = self._named(values)
        change = (
            self._state.ledger.blocked.add
            if values.get("blocked", True)
            else self._state.ledger.blocked.discard
        )
        change((account.key, user))
        return {}

    def _fail(self, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("channel") == "mail":
            self._mail.fail_next = int(values["times"])
        else:
            self._state.failures.order(values)
        return {}

    def _switches(self, values: dict[str, Any]) -> dict[str, Any]:
        self._state.switches.change(values)
        return self._state.switches.as_json()

    def _clock(self, values: dict[str, Any]) -> dict[str, Any]:
        self._state.clock.advance(float(values["advance_seconds"]))
        return {"now": self._state.clock.now()}

    def _template(self, values: dict[str, Any]) -> dict[str, Any]:
        account = self._state.account(values["account"])
        return asdict(self._state.templates.add(account.key, values))

    def _notice(self, values: dict[str, Any]) -> dict[str, Any]:
        """WhatsApp tells of a number or its business: account, field, value."""
        return self._whatsapp.business.tell(self._state.account(values["account"]), values["field"], values["value"])

    def _reset(self, values: dict[str, Any]) -> dict[str, Any]:
        self._state.clear()
        for vendor in self._vendors.values():
            vendor.clear()
        self._mail.clear()
        if values.get("gateway_url"):
            self._state.gateway_url = values["gateway_url"].rstrip("/")
        return {}

    def _accounts(self, query: dict[str, str]) -> Any:
        return [
            {"key": a.key, "unit": a.unit, "channel": a.channel, "name": a.name, "address": a.address}
            for a in self._state.accounts.values()
        ]

    def _chats(self, query: dict[str, str]) -> Any:
        found = {(bubble.account, bubble.user): bubble for bubble in self._state.ledger.bubbles}
        return [
            {"account": account, "user": user, "name": self._state.name(account, user), "last": bubble.text,
             "at": bubble.at}
            for (account, user), bubble in found.items()
        ]  # fmt: skip

    def _chat(self, query: dict[str, str]) -> Any:
        bubbles = self._state.ledger.chat(self._state.account(query["account"]).key, query["user"])
        return {
            "name": self._state.name(query["account"], query["user"]),
            "messages": [bubble.as_json() for bubble in bubbles],
            "sequence": self._state.ledger.sequence,
        }

    def _violations(self, query: dict[str, str]) -> Any:
        return [asdict(violation) for violation in self._state.ledger.violations]

    def _deliveries(self, query: dict[str, str]) -> Any:
        return [asdict(delivery) for delivery in self._state.ledger.deliveries]

    def _notes(self, query: dict[str, str]) -> Any:
        return self._state.ledger.notes

    def _presses(self, query: dict[str, str]) -> Any:
        return [asdict(press) for press in self._telegram.person.presses.values()]

    def _see(self, query: dict[str, str]) -> Any:
        return {
            "sequence": self._state.ledger.sequence,
            "open_webhooks": self._state.deliverer.open,
            "gateway_url": self._state.gateway_url,
            "now": self._state.clock.now(),
            "switches": self._state.switches.as_json(),
            "mails": len(self._mail.mails),
            "violations": len(self._state.ledger.violations),
        }

    async def _changes(self, request: Request) -> Response:
        after = int(request.query_params.get("after", "0"))
        timeout = min(float(request.query_params.get("timeout", "20")), 30.0)
        return JSONResponse({"sequence": await self._state.ledger.wait(after, timeout)})

    async def _verify(self, request: Request) -> Response:
        """Ask the product as Meta does when a webhook is registered."""
        values = await request.json()
        account = self._state.account(values["account"])
        token = values.get("verify_token", account.app_secrets["verify_token"])
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(self._person(account.channel).url(account), params=query)
        verified = answer.status_code == 200 and answer.text == query["hub.challenge"]
        return JSONResponse({"status": answer.status_code, "text": answer.text[:200], "verified": verified})

    async def _file(self, request: Request) -> Response:
        stored = self._state.files.get(request.path_params["file_id"])
        if stored is None:
            return JSONResponse({"error": "no such file"}, status_code=404)
        return Response(stored.content, media_type=stored.content_type)

    async def _mails(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._mail.clear()
            self._state.ledger.touch()
        return JSONResponse([mail.as_json() for mail in self._mail.mails])

    async def _attachment(self, request: Request) -> Response:
        number, index = request.path_params["mail_id"] - 1, request.path_params["index"]
        if number not in range(len(self._mail.mails)) or index >= len(self._mail.mails[number].attachments):
            return JSONResponse({"error": "no such attachment"}, status_code=404)
        attachment = self._mail.mails[number].attachments[index]
        return Response(attachment.content, media_type=attachment.content_type)


def _post(work: Callable[[dict[str, Any]], Any]) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            return JSONResponse(work(await request.json()))
        except KeyError as missing:
            return JSONResponse({"error": f"{missing.args[0]} is missing"}, status_code=400)
        except (Unknown, ValueError, TypeError) as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)

    return handle


def _get(work: Callable[[dict[str, str]], Any]) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            return JSONResponse(work(dict(request.query_params)))
        except KeyError as missing:
            return JSONResponse({"error": f"{missing.args[0]} is missing"}, status_code=400)
        except Unknown as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)

    return handle
