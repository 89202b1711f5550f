"""What a fresh installation starts from: put in once, and never written over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from contract.encryption import Cipher
from contract.settings import ALL_UNITS
from huntred.applications.models import Stage
from huntred.conversations.models import ChannelAccount, ChannelApp
from huntred.db.session import make_engine
from huntred.notifications.models import MessageTemplate
from huntred.units import service
from huntred.units.models import Unit
from huntred.units.seed import STAGE_KINDS, SeedInvalid, seed
from tests.factories.desk import ACCOUNTS, KEYS, Desk


def test_a_seeded_unit_is_whole(desk: Desk) -> None:
    with desk.work() as uow:
        unit = service.get(uow, "amigro")
        assert (unit.name, unit.settings["contact"]["email"]) == ("Amigro", "hola@amigro.example.mx")
        assert "Aviso de privacidad" in unit.privacy_notice
    kinds = desk.rows(select(Stage.kind).where(Stage.unit == "amigro").order_by(Stage.ord))
    assert kinds == list(STAGE_KINDS)
    templates = desk.rows(select(MessageTemplate).where(MessageTemplate.unit == "amigro"))
    assert "recordatorio_entrevista_amigro" in {template.name for template in templates}
    assert {template.state for template in templates} == {"APPROVED"}
    reminders = {one.language: one.body for one in templates if one.name == "recordatorio_entrevista_amigro"}
    assert set(reminders) == {"es_MX", "en_US", "fr", "pt_BR"} and reminders["en_US"].startswith("Hi, {{1}}!")
    assert len(desk.rows(select(Unit))) == 5


def test_secrets_are_sealed_and_belong_to_their_place(desk: Desk) -> None:
    cipher = Cipher(KEYS)
    account = desk.rows(
        select(ChannelAccount).where(ChannelAccount.unit == "amigro", ChannelAccount.channel == "telegram")
    )[0]
    assert "bot-token" not in account.secrets
    assert "bot_token" in json.loads(cipher.open(account.secrets, "channel_accounts.secrets"))
    app = desk.rows(select(ChannelApp).where(ChannelApp.channel == "whatsapp"))[0]
    assert "app_secret" in json.loads(cipher.open(app.secrets, "channel_apps.secrets"))


def test_every_unit_has_a_web_chat_and_sexsi_no_whatsapp(desk: Desk) -> None:
    rows = desk.rows(select(ChannelAccount))
    assert {row.unit for row in rows if row.channel == "web"} == {
        "amigro", "huntu", "huntred_executive", "huntred_solutions", "sexsi",
    }  # fmt: skip
    assert {row.channel for row in rows if row.unit == "sexsi"} == {"telegram", "web"}


def test_a_second_time_adds_nothing_and_changes_nothing(desk: Desk, database: Any) -> None:
    desk.execute("UPDATE units SET name = 'Amigro MX' WHERE code = 'amigro'")
    desk.execute("DELETE FROM stages WHERE unit = 'amigro' AND kind = 'offer'")
    engine = make_engine(database.url("migrator"))
    again = seed(
        engine, cipher=Cipher(KEYS), units=["amigro", "huntu", "huntred_executive", "huntred_solutions", "sexsi"], credentials=ACCOUNTS
    )
    engine.dispose()
    assert again.added == {}
    assert desk.one(Unit, "amigro").name == "Amigro MX"
    assert desk.rows(select(func.count()).select_from(Stage).where(Stage.unit == "amigro")) == [6]


def test_all_seven_units_and_an_eighth_by_data_alone(desk: Desk, database: Any, tmp_path: Path) -> None:
    """A unit is a folder and a row: no code knows it by name."""
    for code in (*ALL_UNITS, "shared"):
        (tmp_path / code).symlink_to(service.SEED_FOLDER / code)
    (tmp_path / "octava").mkdir()
    (tmp_path / "octava" / "unit.yml").write_text(
        yaml.safe_dump({"code": "octava", "name": "Octava", "stages": [{"kind": "new", "name": "Nueva"}]})
    )
    engine = make_engine(database.url("migrator"))
    seed(engine, cipher=Cipher(KEYS), folder=tmp_path)
    engine.dispose()
    with desk.work() as uow:
        assert {unit.code for unit in service.all_units(uow)} == {*ALL_UNITS, "octava"}
        codes = [unit.code for unit in service.picker(uow)]
        assert codes[:5] == ["amigro", "huntu", "huntred", "huntred_executive", "huntred_solutions"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"code": "otra", "name": "X"}, "code is 'otra'"),
        ({"code": "mala"}, "name is missing"),
        ({"code": "mala", "name": "X", "stages": [{"kind": "maybe", "name": "?"}]}, "stage kind 'maybe'"),
        (["no"], "not a mapping"),
    ],
)
def test_a_wrong_unit_file_is_refused_whole(
    desk: Desk, database: Any, tmp_path: Path, content: Any, said: str
) -> None:
    (tmp_path / "mala").mkdir()
    (tmp_path / "mala" / "unit.yml").write_text(yaml.safe_dump(content))
    engine = make_engine(database.url("migrator"))
    with pytest.raises(SeedInvalid, match=said):
        seed(engine, cipher=Cipher(KEYS), folder=tmp_path)
    with pytest.raises(SeedInvalid, match="unit nadie"):
        seed(engine, cipher=Cipher(KEYS), folder=tmp_path, units=["nadie"])
    engine.dispose()
    assert desk.rows(select(Unit).where(Unit.code == "mala")) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"accounts": [{"unit": "amigro", "external_id": "9"}]}, "account 9 has no channel"),
        ({"apps": [{"channel": "whatsapp"}]}, "an app without"),
        (
            {
                "accounts": [
                    {"unit": "amigro", "channel": "whatsapp", "app": "x", "external_id": "9", "name": "n", "secrets": {}}
                ]
            },
            "unknown app x",
        ),
    ],
)
def test_a_wrong_credentials_file_names_what_is_wrong(
    desk: Desk, database: Any, tmp_path: Path, content: Any, said: str
) -> None:
    path = tmp_path / "accounts.yml"
    path.write_text(yaml.safe_dump(content))
    engine = make_engine(database.url("migrator"))
    with pytest.raises(SeedInvalid, match=said):
        seed(engine, cipher=Cipher(KEYS), units=["amigro"], credentials=path)
    engine.dispose()
