"""Numbers, bots and workspaces that the back office adds: sealed, and never where a unit may not go."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from sqlalchemy import select

from contract.encryption import Cipher
from huntred.conversations import accounts
from huntred.conversations.models import ChannelAccount, ChannelApp
from huntred.errors import FieldInvalid
from tests.factories.desk import KEYS, Desk


def _app(desk: Desk, channel: str) -> ChannelApp:
    found = desk.rows(select(ChannelApp).where(ChannelApp.channel == channel))
    assert found, f"no app of {channel} was seeded"
    return found[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize("channel", ["whatsapp", "slack", "x"])
def test_sexsi_never_goes_where_its_services_are_forbidden(desk: Desk, now: datetime, channel: str) -> None:
    secrets = dict.fromkeys(accounts.SECRET_FIELDS[channel], "secret")
    form = accounts.AccountForm("sexsi", _app(desk, channel).id, "1", "SEXSI", secrets=secrets)
    with desk.work("sexsi", all_units=True) as uow, pytest.raises(FieldInvalid) as refused:
        accounts.create(uow, form, now=now)
    assert (refused.value.field, refused.value.problem) == ("app_id", "not_for_this_unit")


@pytest.mark.parametrize(
    ("channel", "secrets"),
    [
        ("slack", {"bot_token": "xoxb-1"}),
        ("x", {"access_token": "t"}),
        ("x", {"access_token": "t", "access_token_secret": "s"}),
    ],
)
def test_a_workspace_and_an_account_of_x_are_added(
    desk: Desk, now: datetime, channel: str, secrets: dict[str, str]
) -> None:
    form = accounts.AccountForm("amigro", _app(desk, channel).id, "T1", "Amigro", secrets=secrets)
    with desk.work(all_units=True) as uow:
        account_id = accounts.create(uow, form, now=now)
    sealed = desk.one(ChannelAccount, account_id).secrets
    assert json.loads(Cipher(KEYS).open(sealed, "channel_accounts.secrets")) == secrets


def test_what_a_channel_needs_has_to_be_given(desk: Desk, now: datetime) -> None:
    for channel, name in (("slack", "bot_token"), ("x", "access_token")):
        form = accounts.AccountForm("amigro", _app(desk, channel).id, "T1", "Amigro")
        with desk.work(all_units=True) as uow, pytest.raises(FieldInvalid) as refused:
            accounts.create(uow, form, now=now)
        assert (refused.value.field, refused.value.problem) == (f"secret_{name}", "missing")
