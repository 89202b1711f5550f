"""A wrong environment is told by name, all of it at once."""

from __future__ import annotations

import base64

import pytest

from contract.settings import ALL_UNITS, Reader, SettingsInvalid, business_unit, read_bot_settings

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {
    "DATABASE_URL": "postgresql://huntred_bot:pw@127.0.0.1:5432/huntred",
    "REDIS_URL": "redis://:pw@127.0.0.1:6379/0",
    "ENCRYPTION_KEYS": f"k2:{KEY},k1:{KEY}",
    "ACTIONS_URL": "http://127.0.0.1:5055/",
    "ACTIONS_SECRET": "sixteen characters",
    "LINK_SECRET": "sixteen characters",
    "SMTP_URL": "smtp://127.0.0.1:8025",
}


def test_what_is_given_is_read_and_the_rest_has_defaults() -> None:
    settings = read_bot_settings({**GOOD, "UNITS": "amigro, huntu", "BURST_WINDOW_SECONDS": "0"})
    assert settings.units == ("amigro", "huntu")
    assert settings.actions_url == "http://127.0.0.1:5055"
    assert list(settings.encryption_keys) == ["k2", "k1"]
    assert settings.burst_window == 0.0 and settings.action_timeout == 8.0
    assert read_bot_settings(GOOD).units == ALL_UNITS


def test_every_fault_is_named_and_no_secret_is_shown() -> None:
    wrong = {
        **GOOD,
        "DATABASE_URL": "mysql://host/db",
        "ACTIONS_SECRET": "short",
        "RASA_PORT": "many",
        "UNITS": "amigro,Amigro!",
        "LOG_LEVEL": "LOUD",
        "ENCRYPTION_KEYS": "k1:bm90IDMyIGJ5dGVz",
        "ACTION_TIMEOUT_SECONDS": "0",
    }
    del wrong["SMTP_URL"]
    with pytest.raises(SettingsInvalid) as caught:
        read_bot_settings(wrong)
    names = {fault.split()[0] for fault in caught.value.faults}
    assert names == {
        "DATABASE_URL", "ACTIONS_SECRET", "RASA_PORT", "UNITS", "LOG_LEVEL", "ENCRYPTION_KEYS",
        "ACTION_TIMEOUT_SECONDS", "SMTP_URL",
    }  # fmt: skip
    assert "short:" not in str(caught.value) and "'short'" not in str(caught.value)


@pytest.mark.parametrize(("raw", "value"), [("true", True), ("0", False), ("YES", True)])
def test_flags(raw: str, value: bool) -> None:
    reader = Reader({"FLAG": raw})
    assert reader.flag("FLAG", "true or false") is value
    assert not reader.faults


@pytest.mark.parametrize("raw", ["perhaps", "2"])
def test_a_flag_that_is_none_is_a_fault(raw: str) -> None:
    reader = Reader({"FLAG": raw})
    reader.flag("FLAG", "true or false", False)
    assert reader.faults == ["FLAG is wrong (neither true nor false): give true or false"]


@pytest.mark.parametrize("raw", ["no base64!", base64.b64encode(b"short").decode()])
def test_a_key_has_32_bytes(raw: str) -> None:
    reader = Reader({"LOOKUP_KEY": raw})
    reader.key("LOOKUP_KEY")
    with pytest.raises(SettingsInvalid, match="LOOKUP_KEY"):
        reader.done()


def test_a_unit_named_twice_and_a_key_without_id() -> None:
    reader = Reader({"UNITS": "huntu,huntu", "KEYS": KEY})
    reader.units()
    reader.keys("KEYS")
    assert len(reader.faults) == 2


def test_the_unit_of_rasas_own_commands() -> None:
    assert business_unit({}) == "amigro"
    assert business_unit({"BUSINESS_UNIT": "huntred"}) == "huntred"
