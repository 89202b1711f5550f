"""Files that people send: from the webhook to the shelf, beside the conversation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.media.content import LIMITS
from tests.bot.gateway import files
from tests.bot.gateway.town import ME, Running, Town, running, settings_for
from tests.standins.client import StandinsClient

AMIGRO, BOT = "whatsapp:amigro", "telegram:amigro"
PERSON = "4242"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def gateway(town: Town, standins: StandinsClient, shelf: Path) -> Iterator[Running]:
    settings = settings_for(
        town.database, town.port, WHATSAPP_API_URL=standins.base_url, TELEGRAM_API_URL=standins.base_url,
        SMTP_URL=standins.smtp_url, MEDIA_DIR=str(shelf),
    )  # fmt: skip
    with running(settings) as found:
        yield found


def ended(town: Town) -> dict[str, Any]:
    """The one file, once it waits no more."""
    town.until(lambda: town.rows("SELECT 1 FROM media WHERE state <> 'waiting'"))
    return town.row("SELECT * FROM media")


def events(town: Town) -> list[tuple[str, str, dict[str, Any]]]:
    found = town.rows("SELECT name, unit, payload FROM stored_events ORDER BY id")
    return [(row["name"], row["unit"], row["payload"]) for row in found]


def test_a_cv_by_whatsapp_is_fetched_and_kept_under_its_hash(
    town: Town, gateway: Running, standins: StandinsClient, shelf: Path
) -> None:
    standins.send_file(ME, AMIGRO, "document", files.PDF, "application/pdf", "cv.pdf", "mi CV")
    inbox = town.until(lambda: town.inbox())[0]
    row = ended(town)
    digest = hashlib.sha256(files.PDF).hexdigest()
    assert (row["state"], row["sha256"], row["content_type"], row["size"]) == ("stored", digest, "application/pdf", len(files.PDF))
    assert (row["inbox_id"], row["chat_id"], row["unit"]) == (inbox["id"], inbox["chat_id"], "amigro")
    assert str(row["id"]) == inbox["payload"]["media"]["id"]
    assert (row["claimed_name"], row["kind"], row["stored_name"]) == ("cv.pdf", "document", f"{digest[:2]}/{digest}")
    assert (shelf / row["stored_name"]).read_bytes() == files.PDF and not list((shelf / "incoming").iterdir())
    [(name, unit, payload)] = events(town)
    assert (name, unit, payload["media_id"], payload["kind"]) == ("MediaStored", "amigro", str(row["id"]), "document")
    assert standins.violations == []


def test_a_voice_note_by_telegram(town: Town, gateway: Running, standins: StandinsClient, shelf: Path) -> None:
    standins.send_file(PERSON, BOT, "audio", files.OGG, "audio/ogg")
    row = ended(town)
    assert (row["state"], row["content_type"], row["channel"]) == ("stored", "audio/ogg", "telegram")
    assert (shelf / row["stored_name"]).read_bytes() == files.OGG and standins.violations == []


def test_the_same_file_twice_is_kept_once(town: Town, gateway: Running, standins: StandinsClient, shelf: Path) -> None:
    for account, user in ((AMIGRO, ME), (AMIGRO, "5215500000002"), (BOT, PERSON)):
        standins.send_file(user, account, "document", files.PDF, "application/pdf", "cv.pdf")
    town.until(lambda: len(town.rows("SELECT 1 FROM media WHERE state = 'stored'")) == 3)
    assert len([path for path in shelf.rglob("*") if path.is_file()]) == 1


def test_a_page_dressed_as_a_picture_is_refused_and_told_of(
    town: Town, gateway: Running, standins: StandinsClient, shelf: Path
) -> None:
    standins.send_file(PERSON, BOT, "document", files.SVG, "image/png", "foto.png")
    row = ended(town)
    assert (row["state"], row["reason"], row["stored_name"]) == ("refused", "active", None)
    [(name, _, payload)] = events(town)
    assert (name, payload["code"], payload["name"]) == ("MediaRefused", "active", "foto.png")
    # It goes once what became of it is committed.
    town.until(lambda: not [path for path in shelf.rglob("*") if path.is_file()])


def test_what_is_too_big_is_not_even_fetched(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.send_file(PERSON, BOT, "audio", files.OGG + bytes(LIMITS["audio"]), "audio/ogg")
    row = ended(town)
    assert (row["state"], row["reason"]) == ("refused", "too_big")


def test_an_id_that_has_expired_is_gone(town: Town, gateway: Running, standins: StandinsClient) -> None:
    chat = town.chat(AMIGRO)
    insert(town, chat, vendor_id="1234567890123456")
    row = ended(town)
    assert (row["state"], events(town)[0][2]["code"]) == ("gone", "gone")


def test_trouble_on_the_way_is_waited_out(town: Town, standins: StandinsClient, shelf: Path) -> None:
    """The vendor is away at first: the row waits with a reason; then it comes. A stopped gateway loses nothing."""
    settings = settings_for(
        town.database, town.port, WHATSAPP_API_URL="http://127.0.0.1:1", TELEGRAM_API_URL=standins.base_url,
        MEDIA_DIR=str(shelf),
    )  # fmt: skip
    with running(settings):
        standins.send_file(ME, AMIGRO, "image", files.JPEG, "image/jpeg")
        town.until(lambda: town.rows("SELECT 1 FROM media WHERE attempts = 1 AND token IS NULL"))
        row = town.row("SELECT *, due > now() AS later FROM media")
        assert row["state"] == "waiting" and row["later"] and "whatsapp" in row["reason"] and events(town) == []
    town.db.execute("UPDATE media SET due = now()")
    with running(settings_for(town.database, town.port, WHATSAPP_API_URL=standins.base_url, MEDIA_DIR=str(shelf))):
        assert ended(town)["state"] == "stored"


def test_a_lease_that_was_lost_changes_nothing(town: Town, gateway: Running) -> None:
    """A second gateway took the row meanwhile: the first one's end is refused, and leaves no event."""
    from bot.media.queue import MediaQueue

    insert(town, town.chat(AMIGRO), vendor_id="1", due="now() + interval '1 hour'")
    queue = MediaQueue(gateway.gateway.pool, lease=100)

    async def race() -> bool:
        async with gateway.gateway.pool.connection() as connection:
            await connection.execute("UPDATE media SET due = now()")
        [row] = await queue.claim(5)
        async with gateway.gateway.pool.connection() as connection:
            await connection.execute("UPDATE media SET token = gen_random_uuid()")
        return await queue.ended(row, "refused", "type")

    assert gateway.call(race()) is False
    assert town.row("SELECT state FROM media")["state"] == "waiting" and events(town) == []


def test_a_sticker_is_not_fetched(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    standins.send_file(ME, AMIGRO, "sticker", files.PNG, "image/webp")
    town.until(lambda: town.inbox())
    assert town.rows("SELECT 1 FROM media") == []


def insert(town: Town, chat: Any, *, vendor_id: str, due: str = "now()") -> None:
    town.db.execute(
        "INSERT INTO media (id, unit, channel_account_id, channel, chat_id, inbox_id, kind, vendor_id, due)"
        f" SELECT gen_random_uuid(), unit, channel_account_id, channel, id, 1, 'image', %s, {due} FROM chats"
        " WHERE id = %s", (vendor_id, chat),
    )  # fmt: skip


@pytest.mark.parametrize("account", ["slack:huntred", "messenger:amigro", "instagram:amigro"])
def test_vendors_that_give_an_address(
    town: Town, standins: StandinsClient, shelf: Path, account: str
) -> None:
    """Slack opens its files to the bot's token only; Meta's addresses need none."""
    base = standins.base_url
    settings = settings_for(
        town.database, town.port, SLACK_API_URL=base, MESSENGER_API_URL=f"{base}/messenger",
        INSTAGRAM_API_URL=f"{base}/instagram", MEDIA_DIR=str(shelf),
    )  # fmt: skip
    with running(settings):
        user = "640000001"
        standins.send_file(user, account, "image", files.JPEG, "image/jpeg", "foto.jpg")
        row = ended(town)
        assert (row["state"], row["content_type"]) == ("stored", "image/jpeg"), row["reason"]
    assert standins.violations == []
