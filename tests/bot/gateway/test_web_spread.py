"""Two gateways on one database: a visitor hears what either of them sends, on whichever their tabs hang."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator

import pytest

from contract.message import Message
from tests.bot.gateway.test_web import Visitor, talk, visit
from tests.bot.gateway.town import Running, Town, free_port, running, settings_for


@pytest.fixture
def other(town: Town, gateway: Running) -> Iterator[tuple[Town, Running]]:
    """A second gateway, and the town as it is reached through it."""
    port = free_port()
    with running(settings_for(town.database, port)) as found:
        # It claims nothing, so that it is always the first one that sends.
        found.call(found.gateway.sending.stop())
        yield dataclasses.replace(town, port=port), found


async def hears_text(visitor: Visitor, text: str) -> dict[str, object]:
    while True:
        message: dict[str, object] = (await visitor.hear("message"))["message"]
        if message["text"] == text:
            return message


async def test_what_one_gateway_sends_reaches_the_sockets_of_the_other(
    town: Town, gateway: Running, other: tuple[Town, Running]
) -> None:
    through_other, _ = other
    async with visit(town) as here, visit(through_other) as there:
        session = await here.hello()
        await there.hello(session["token"])
        row = town.say(talk(town), Message("text", text="Hola desde una"))
        seen = [await hears_text(one, "Hola desde una") for one in (here, there)]
        assert [message["id"] for message in seen] == [f"o{row}"] * 2
        state = await asyncio.to_thread(town.until_state, row, "sent")
        assert state["attempts"] == 0


async def test_what_is_said_in_one_tab_is_shown_in_the_tab_at_the_other_gateway(
    town: Town, other: tuple[Town, Running]
) -> None:
    through_other, _ = other
    async with visit(town) as here, visit(through_other) as there:
        session = await here.hello()
        await there.hello(session["token"])
        said = await here.text("busco trabajo")
        message = await hears_text(there, "busco trabajo")
    assert message["id"] == said and message["direction"] == "in"


async def test_what_was_told_while_nobody_listened_is_made_up_for(town: Town, other: tuple[Town, Running]) -> None:
    through_other, _ = other
    async with visit(through_other) as there:
        await there.hello()
        chat = talk(town)
        town.db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gateway-listen'"
            " AND datname = current_database()"
        )
        town.say(chat, Message("text", text="¿Sigues ahí?"))
        await hears_text(there, "¿Sigues ahí?")
