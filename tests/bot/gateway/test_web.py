"""The web chat's socket: sessions, resuming, delivery, history, who may connect."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import websockets
from websockets.exceptions import ConnectionClosed

from bot.sessions import Tokens
from contract.ids import new_id
from contract.message import Message, Option
from tests.bot.gateway.town import Running, Town

AMIGRO = "amigro-web"


class Visitor:
    """One tab."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def tell(self, **data: Any) -> None:
        await self.socket.send(json.dumps(data))

    async def hear(self, kind: str) -> dict[str, Any]:
        while True:
            data = json.loads(await asyncio.wait_for(self.socket.recv(), 15))
            if data["type"] == kind:
                return data

    async def hello(self, token: str = "", **more: Any) -> dict[str, Any]:
        await self.tell(type="hello", token=token, **more)
        return await self.hear("session")

    async def text(self, text: str, message_id: str = "") -> str:
        message_id = message_id or str(new_id())
        await self.tell(type="text", id=message_id, text=text)
        await self.hear("stored")
        return message_id


@asynccontextmanager
async def visit(town: Town, widget: str = AMIGRO, origin: str | None = None) -> AsyncIterator[Visitor]:
    address = f"ws://127.0.0.1:{town.port}/chat/{widget}/socket"
    async with websockets.connect(address, origin=origin or town.url) as socket:
        yield Visitor(socket)


def talk(town: Town) -> Any:
    """Give the chat a conversation, as its first turn does; return the chat's id."""
    chat = town.row("SELECT id FROM chats")["id"]
    conversation = new_id()
    town.db.execute(
        "INSERT INTO conversations (id, unit, chat_id, channel) VALUES (%s, 'amigro', %s, 'web')", (conversation, chat)
    )
    town.db.execute("UPDATE chats SET conversation_id = %s WHERE id = %s", (conversation, chat))
    return chat


def write_message(town: Town, chat: Any, **columns: Any) -> None:
    values = {
        "id": new_id(), "unit": "amigro", "conversation_id": town.row("SELECT id FROM conversations WHERE chat_id = %s", chat)["id"],
        "kind": "text", "author": "bot", "direction": "out", "text": "", **columns,
    }  # fmt: skip
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    town.db.execute(f"INSERT INTO messages ({names}) VALUES ({marks})", list(values.values()))


async def test_a_new_visitor_opens_a_chat(town: Town, gateway: Running) -> None:
    async with visit(town) as visitor:
        session = await visitor.hello(start="invita42")
    assert session["history"] == [] and session["look"]["name"] == "Amigro" and session["look"]["light"] == "#0f766e"
    row = town.row("SELECT * FROM inbox")
    assert (row["kind"], row["payload"]["values"]) == ("opened", {"start": "invita42"})
    chat = town.row("SELECT *, due <= now() AS now FROM chats")
    assert chat["unit"] == "amigro" and chat["now"]


async def test_what_is_said_is_stored_once_and_only_then_confirmed(town: Town, gateway: Running) -> None:
    async with visit(town) as visitor:
        session = await visitor.hello()
        message_id = await visitor.text("/busco trabajo")
        await visitor.text("/busco trabajo", message_id)
        await visitor.tell(type="option", id=str(new_id()), option_id="o1", text="Sí")
        await visitor.hear("stored")
        await visitor.tell(type="location", id=str(new_id()), latitude=19.4, longitude=-99.1)
        await visitor.hear("stored")
    rows = [row for row in town.inbox() if row["kind"] != "opened"]
    assert [row["kind"] for row in rows] == ["text", "option", "location"]
    assert rows[0]["payload"]["text"] == "busco trabajo" and rows[1]["payload"]["option_id"] == "o1"
    async with visit(town) as visitor:
        again = await visitor.hello(session["token"])
    assert again["history"][0]["id"] == message_id
    assert len(town.rows("SELECT id FROM chats")) == 1


async def test_a_reply_reaches_every_tab(town: Town, gateway: Running) -> None:
    async with visit(town) as one, visit(town) as two:
        session = await one.hello()
        chat = talk(town)
        await two.hello(session["token"])
        await one.text("hola")
        assert (await two.hear("message"))["message"]["text"] == "hola"
        row = town.say(chat, Message("buttons", "¿Qué buscas?", options=(Option("a", "Trabajo"), Option("b", "Curso"))))
        for tab in (one, two):
            message = (await tab.hear("message"))["message"]
            assert message["id"] == f"o{row}" and [o["title"] for o in message["options"]] == ["Trabajo", "Curso"]
    assert town.until_state(row, "sent")["vendor_id"] == f"o{row}"


async def test_who_comes_back_sees_what_was_said(town: Town, gateway: Running) -> None:
    async with visit(town) as visitor:
        token = (await visitor.hello())["token"]
        chat = talk(town)
        said = await visitor.text("hola")
    # The turn was handled while nobody was there.
    inbox_id = town.row("SELECT id FROM inbox WHERE kind = 'text'")["id"]
    write_message(
        town, chat, direction="in", author="person", text="hola", inbox_id=inbox_id, payload='{"kind": "text"}'
    )
    town.db.execute("UPDATE inbox SET state = 'done'")
    message = Message("text", "¡Hola! Soy Amigro.")
    row = town.say(chat, message)
    write_message(town, chat, text=message.text, outbox_id=row, payload=json.dumps(message.as_json()))
    town.until_state(row, "sent")
    async with visit(town) as visitor:
        history = (await visitor.hello(token))["history"]
    assert [(m["id"], m["direction"], m["text"]) for m in history] == [
        (said, "in", "hola"), (f"o{row}", "out", "¡Hola! Soy Amigro."),
    ]  # fmt: skip


async def test_a_token_opens_its_own_chat_only(town: Town, gateway: Running) -> None:
    async with visit(town) as visitor:
        token = (await visitor.hello())["token"]
        await visitor.text("secreto")
    body, _, signature = token.partition(".")
    user = town.row("SELECT user_id FROM chats")["user_id"]
    forged = Tokens("another-secret-of-16").issue(AMIGRO, user)
    for wrong in (forged, f"{body}x.{signature}", "x.y", token + "0"):
        async with visit(town) as visitor:
            assert (await visitor.hello(wrong))["history"] == []
    async with visit(town, "huntu-web") as visitor:
        assert (await visitor.hello(token))["history"] == []
    assert len(town.rows("SELECT id FROM chats")) == 6


async def test_other_sites_are_kept_out(town: Town, gateway: Running) -> None:
    for origin in ("https://otro.example", "null"):
        async with visit(town, origin=origin) as visitor:
            with pytest.raises(ConnectionClosed):
                await visitor.hello()
    assert town.rows("SELECT id FROM chats") == []
    async with visit(town, origin="https://sitio.example") as visitor:
        await visitor.hello()
    async with visit(town, "huntu-web", origin="https://dos.example") as visitor:
        await visitor.hello()
    url = f"{town.url}/chat/{AMIGRO}/look.json"
    assert httpx.get(url, headers={"Origin": "https://otro.example"}).status_code == 403
    answer = httpx.get(url, headers={"Origin": "https://sitio.example"})
    assert answer.headers["access-control-allow-origin"] == "https://sitio.example"
    assert "access-control-allow-credentials" not in answer.headers
    assert set(answer.json()) == {"name", "tagline", "light", "dark", "logo", "formal"}


async def test_nonsense_is_answered_and_ends_nothing(town: Town, gateway: Running) -> None:
    async with visit(town) as visitor:
        await visitor.hello()
        await visitor.socket.send("{no json")
        assert (await visitor.hear("error"))["code"] == "unreadable"
        await visitor.tell(type="text", id="x", text="hola")
        assert (await visitor.hear("error"))["code"] == "unreadable"
        await visitor.tell(type="location", id=str(new_id()), latitude="norte", longitude=1)
        assert (await visitor.hear("error"))["code"] == "unreadable"
        await visitor.tell(type="text", id=str(new_id()), text="x" * 5000)
        assert (await visitor.hear("error"))["code"] == "too_long"
        await visitor.text("sigo aquí")


async def test_who_floods_hears_one_line_and_all_is_kept(town: Town, gateway: Running) -> None:
    async with visit(town) as visitor:
        await visitor.hello()
        for n in range(25):
            await visitor.tell(type="text", id=str(new_id()), text=f"m{n}")
        assert "muchos mensajes seguidos" in (await visitor.hear("message"))["message"]["text"]
        while len([row for row in town.inbox() if row["kind"] == "text"]) < 25:
            await visitor.hear("stored")


def test_the_page_and_its_parts(town: Town, gateway: Running) -> None:
    page = httpx.get(f"{town.url}/chat/{AMIGRO}")
    assert page.status_code == 200 and 'lang="es-MX"' in page.text and f'widget="{AMIGRO}"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    script = httpx.get(f"{town.url}/widget.js").text
    assert "@STYLE@" not in script and "Escribe un mensaje" in script
    assert httpx.get(f"{town.url}/chat.css").status_code == 200
    missing = httpx.get(f"{town.url}/chat/nadie")
    assert missing.status_code == 404 and "no está disponible" in missing.text
    assert httpx.get(f"{town.url}/chat/nadie/look.json").status_code == 404
