"""Another unit's own number or bot is offered as a link on the channel that the person uses."""

from __future__ import annotations

import pytest

from actions.group import direct_link

ADDRESSES = {"whatsapp": "+52 55 0000 0102", "telegram": "@demo_huntu_bot", "web": "huntu",
             "messenger": "demo.huntu", "instagram": "@demo.huntu"}  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "link"),
    [
        ("whatsapp", "https://wa.me/525500000102"),
        ("telegram", "https://t.me/demo_huntu_bot"),
        ("messenger", "https://m.me/demo.huntu"),
        ("instagram", "https://ig.me/m/demo.huntu"),
        ("web", ""),
        ("email", ""),
    ],
)
def test_the_link_is_the_channels_own(channel: str, link: str) -> None:
    assert direct_link(ADDRESSES, channel) == link


def test_a_unit_without_an_account_there_has_none() -> None:
    assert direct_link({}, "whatsapp") == ""
