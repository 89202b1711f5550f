"""The short version of `benchmarks.render`, and that its judge sees what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import render
from bot.rendering import whatsapp
from bot.rendering.reach import faults
from bot.rendering.seen import channels, see
from contract.message import Message, Option

MENU = Message("buttons", "¿Qué sigue?", tuple(Option(f"pick:{n}", f"Opción {n}") for n in range(1, 15)))


def test_random_menus_are_within_limits_and_within_reach() -> None:
    assert render.run(80, seed=20) == {"violation": 0, "unreachable": 0, "badly_split": 0}


@pytest.mark.parametrize("channel", channels())
def test_every_kind_of_message_is_shown(channel: str) -> None:
    for kind in ("buttons", "list", "multi_select", "image", "document", "link", "location_request", "text"):
        message = replace(MENU, kind=kind, url="https://example.mx/a")
        assert faults(channel, message) == []
        assert any("¿Qué sigue?" in text for text in see(channel, message, 1).texts)


def test_a_list_stays_one_even_where_buttons_would_do() -> None:
    two = replace(MENU, kind="list", options=MENU.options[:2])
    assert whatsapp.render(two, 1)[0]["interactive"]["type"] == "list"
    assert whatsapp.render(replace(two, kind="buttons"), 1)[0]["interactive"]["type"] == "button"


def test_a_link_with_options_shows_both() -> None:
    message = replace(MENU, kind="link", url="https://example.mx/a", options=MENU.options[:2])
    assert [body["interactive"]["type"] for body in whatsapp.render(message, 1)] == ["cta_url", "button"]
    assert see("telegram", message, 1).presses == ("pick:1", "pick:2")


def test_the_judge_sees_what_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A renderer that forgets the second page, a limit, or an id is reported."""
    monkeypatch.setattr(whatsapp, "MOST_ROWS", 12)
    assert any("rows" in fault for fault in faults("whatsapp", MENU))
    monkeypatch.undo()
    monkeypatch.setattr(whatsapp, "BUTTON", 30)
    long = replace(MENU, options=(Option("pick:1", "Una opción que es muy larga"),))
    assert any("button title" in fault for fault in faults("whatsapp", long))
    monkeypatch.undo()
    monkeypatch.setattr(whatsapp, "page", lambda message, most: replace(real_page(message, most), next_start=None))
    assert any("can be neither pressed nor typed" in fault for fault in faults("whatsapp", MENU))
    monkeypatch.undo()
    huge = replace(MENU, options=(Option("ñ" * 40, "Sí"),))
    assert any("64 bytes" in fault for fault in faults("web", huge))


real_page = whatsapp.page
