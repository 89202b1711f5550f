"""Files by Messenger and Instagram come as addresses; they end on the shelf like all others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.gateway import files
from tests.bot.gateway.town import Running, Town, running, settings_for
from tests.standins.client import StandinsClient

ANA = "5550001112223"


@pytest.fixture
def gateway(town: Town, standins: StandinsClient, tmp_path: Path) -> Iterator[Running]:
    settings = settings_for(
        town.database, town.port, MESSENGER_API_URL=f"{standins.base_url}/messenger",
        INSTAGRAM_API_URL=f"{standins.base_url}/instagram", MEDIA_DIR=str(tmp_path),
    )  # fmt: skip
    with running(settings) as found:
        yield found


@pytest.mark.parametrize("account", ["messenger:amigro", "instagram:amigro"])
def test_a_cv_is_fetched_from_its_address(
    town: Town, gateway: Running, standins: StandinsClient, tmp_path: Path, account: str
) -> None:
    standins.send_file(ANA, account, "document", files.PDF, "application/pdf", "mi cv.pdf")
    town.until(lambda: town.rows("SELECT 1 FROM media WHERE state <> 'waiting'"))
    row = town.row("SELECT * FROM media")
    assert (row["state"], row["content_type"], row["claimed_name"]) == ("stored", "application/pdf", "mi cv.pdf"), row
    assert (tmp_path / row["stored_name"]).read_bytes() == files.PDF
