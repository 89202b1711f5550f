"""Every row of every connector's table: sent through the running gateway, kept as the table says, or counted."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY

from bot import channels_page
from bot.channels.kinds import Kind
from bot.channels.mail import own_message_id
from bot.gateway import load_connectors
from contract.message import Message, Option
from tests.bot.gateway import test_mail_in as mails
from tests.bot.gateway import test_messenger_in as pages
from tests.bot.gateway import test_slack_in as slack
from tests.bot.gateway import test_whatsapp_in as whatsapp
from tests.bot.gateway import test_x as x
from tests.bot.gateway.kinds import EXAMPLES, bounce_of, filled, form
from tests.bot.gateway.mails import ANA
from tests.bot.gateway.test_web import visit
from tests.bot.gateway.town import Running, Town

CONNECTORS = {connector.name(): connector for connector in load_connectors()}
KINDS = {name: connector.kinds() for name, connector in CONNECTORS.items()}
UNITS = {"telegram": "huntred_executive", "slack": "huntred"}
# What is answered without being stored, or on a socket: nothing is counted there.
_ANSWERED_ONLY = {"url_verification", "GET crc_token"}


def test_every_connector_tells_its_kinds_and_each_has_an_example() -> None:
    for name, kinds in KINDS.items():
        assert kinds and {kind.vendor for kind in kinds} == set(EXAMPLES[name]), name


def test_the_page_is_what_the_connectors_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["channels_page", "--check"])
    assert channels_page.main() == 0, "python -m bot.channels_page --write"


class Post:
    """One channel's person, who has a chat with messages of ours in it. n: events so far."""

    def __init__(self, town: Town, channel: str) -> None:
        self.town, self.channel, self.n = town, channel, 100
        self.user = ANA.lower() if channel == "email" else "700100200"
        self.told = f"U{self.user}" if channel == "slack" else self.user
        self.account = f"{channel}:{UNITS.get(channel, 'amigro')}"
        self.chat: UUID = town.chat(self.account, self.told)

    def fresh_row(self) -> int:
        """A message of ours with a long list, sent a while ago."""
        vendor_id = {"whatsapp": "wamid.out", "x": "x_out"}.get(self.channel, "m_out")
        options = tuple(Option(f"o{number}", f"Opción {number}") for number in range(30))
        self.town.db.execute("UPDATE outbox SET vendor_id = NULL WHERE channel = %s", (self.channel,))
        return self.town.say(
            self.chat, Message("list", "Elige", options), state="sent", vendor_id=vendor_id,
            sent_at="2026-03-02T00:00:00Z",
        )  # fmt: skip

    def bring(self, example: Any, outbox: int) -> int:
        """Send it as the vendor does; return the HTTP status."""
        self.n += 1
        town, n = self.town, self.n
        if self.channel == "email":
            if example == "bounce":
                own = own_message_id(outbox, mails.BOX, "a-link-secret-of-tests")
                town.db.execute("UPDATE outbox SET vendor_id = %s WHERE id = %s", (own, outbox))
                example = bounce_of(own)
            return mails.post(town, example)
        body = filled(example, n, self.user, outbox)
        if self.channel == "whatsapp":
            change = body if "field" in body else {"field": "messages", "value": {
                "messaging_product": "whatsapp", "metadata": {"phone_number_id": whatsapp.NUMBER}, **body}}  # fmt: skip
            entry = {"id": "200000000000201", "time": 1993000000, "changes": [change]}
            return whatsapp.post(town, json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()).status_code
        if self.channel == "telegram":
            raw = json.dumps({"update_id": n, **body})
            headers = {"X-Telegram-Bot-Api-Secret-Token": "demo-secret-token-huntred_executive"}
            url = f"{town.url}/webhooks/telegram/demo_huntred_executive/webhook"
            return httpx.post(url, content=raw, headers=headers).status_code
        if self.channel in ("messenger", "instagram"):
            item = {"recipient": {"id": pages.IDS[self.channel]}, **body}
            return pages.post(town, pages.body(item, channel=self.channel), self.channel).status_code
        if self.channel == "slack":
            if "form" in body:
                raw = form(body["form"])
                headers = slack.signed(raw, **{"Content-Type": "application/x-www-form-urlencoded"})
                return slack.post(town, raw, headers).status_code
            return slack.post(town, json.dumps(body).encode()).status_code
        if "get" in body:
            return httpx.get(town.url + x.HOOK, params=body["get"]).status_code
        return x.post(town, body if "user_event" in body else {"for_user_id": x.OURS, **body}).status_code

    def fault(self, kind: Kind, example: Any) -> str:
        """Bring one example; return what is not as the table says."""
        town = self.town
        outbox = self.fresh_row()
        town.db.execute("UPDATE message_templates SET state = 'APPROVED', category = 'UTILITY', quality = '', checked_at = NULL")
        town.db.execute("UPDATE channel_accounts SET vendor_state = '{}'")
        before = self.look()
        status = self.bring(example, outbox)
        if status != 200:
            return f"answered {status}"
        after = self.look()
        new = [row["kind"] for row in town.rows("SELECT kind FROM inbox WHERE id > %s ORDER BY id", before["inbox"])]
        grown = {name for name in after if after[name] != before[name]}
        if kind.kept_as == "status":
            state = town.outbox(outbox)["state"]
            sent_only = (example.get("statuses") or [{}])[0].get("status") == "sent" if isinstance(example, dict) else False
            echo = kind.vendor.startswith("message.is_echo")
            return "" if state in ("delivered", "read", "failed") or sent_only or (echo and state == "sent") else f"state {state}"
        if kind.kept_as == "page":
            pages_ = town.rows("SELECT payload FROM outbox WHERE source = 'page'")
            town.db.execute("DELETE FROM outbox WHERE source = 'page'")
            return "" if len(pages_) == 1 and pages_[0]["payload"]["start"] == 10 and not new else f"{len(pages_)} pages, {new}"
        if kind.kept_as == "chat moves":
            moved = town.row("SELECT user_id FROM chats WHERE id = %s", self.chat)["user_id"]
            town.db.execute("UPDATE chats SET user_id = %s WHERE id = %s", (self.told, self.chat))
            return "" if moved == f"9{self.told}" else f"chat of {moved}"
        if kind.kept_as == "vacancy":
            mails_ = town.rows("SELECT message_id FROM intake_mails")
            return "" if len(mails_) == 1 and not new and not grown else f"{mails_}, {new}, {sorted(grown)} changed"
        expected = {
            "": {"needless"} if kind.vendor not in _ANSWERED_ONLY else set(), "quarantine": {"quarantine"},
            "template": {"template"}, "account": {"account"},
        }.get(kind.kept_as)  # fmt: skip
        if expected is not None:
            return "" if grown == expected else f"{sorted(grown)} changed, not {sorted(expected)}"
        return "" if new == [kind.kept_as] and grown == {"inbox"} else f"kept as {new}, {sorted(grown)} changed"

    def look(self) -> dict[str, Any]:
        row = self.town.row(
            "SELECT (SELECT coalesce(max(id), 0) FROM inbox) AS inbox, (SELECT count(*) FROM quarantine) AS quarantine,"
            " (SELECT string_agg(state || category || quality, ' ') FROM message_templates) AS template,"
            " (SELECT string_agg(vendor_state::text, ' ' ORDER BY id) FROM channel_accounts) AS account"
        )
        needless = REGISTRY.get_sample_value("gateway_needs_nothing_total", {"channel": self.channel}) or 0
        return {**row, "needless": needless}


@pytest.mark.parametrize("channel", sorted(set(KINDS) - {"web"}))
def test_each_kind_is_kept_as_the_table_says(town: Town, gateway: Running, channel: str) -> None:
    if channel == "whatsapp":
        town.give_secrets("whatsapp:amigro", business_account_id="200000000000201")
        town.db.execute(
            "INSERT INTO message_templates (id, unit, name, body) VALUES (gen_random_uuid(), 'amigro', 'prueba', 'x')"
        )
    if channel == "email":
        town.db.execute("DELETE FROM channel_accounts WHERE channel = 'email' AND unit = 'amigro'")
        mails.open_box(town)
    gateway.call(gateway.gateway.directory.refresh())
    post = Post(town, channel)
    faults = {}
    for kind in KINDS[channel]:
        if kind.kept_as == "vacancy":
            town.db.execute("UPDATE channel_accounts SET purpose = 'vacancies' WHERE channel = 'email' AND unit = 'amigro'")
            gateway.call(gateway.gateway.directory.refresh())
        for number, example in enumerate(EXAMPLES[channel][kind.vendor]):
            town.db.execute("UPDATE chats SET paused_until = NULL")
            town.db.execute("UPDATE inbox SET received_at = received_at - interval '1 minute'")
            fault = post.fault(kind, example)
            if fault:
                faults[f"{kind.vendor} #{number}"] = fault
    assert faults == {}


async def test_each_kind_of_the_web_chat(town: Town, gateway: Running) -> None:
    answers = {"text": "stored", "option": "stored", "location": "stored", "ping": "pong", "anything else": "error"}
    async with visit(town) as visitor:
        session = await visitor.hello()
        assert [row["kind"] for row in town.inbox()] == ["opened"]
        for number, (vendor, answer) in enumerate(answers.items()):
            kept = next(kind.kept_as for kind in KINDS["web"] if kind.vendor == vendor)
            before = len(town.inbox())
            await visitor.tell(id=f"event-no-{number}", **EXAMPLES["web"][vendor][0])
            await asyncio.wait_for(visitor.hear(answer), 15)
            assert [row["kind"] for row in town.inbox()][before:] == ([kept] if kept else []), vendor
    before = len(town.inbox())
    async with visit(town) as visitor:
        await visitor.hello(session["token"])
    assert len(town.inbox()) == before, "who comes back is known"
