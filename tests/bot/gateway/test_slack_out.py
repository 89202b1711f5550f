"""What goes to Slack: each kind of message, its limits, errors and doubts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.channels.slack_errors import of_answer
from bot.rendering.options import CannotRender
from bot.rendering.slack import render
from contract.message import Message, Option
from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient
from tests.standins.slack_rules import broken_rules

HUNTRED = "slack:huntred"
ME = "700100200"


@pytest.fixture
def chat(town: Town, gateway: Running, standins: StandinsClient) -> Any:
    standins.send_text(ME, HUNTRED, "hola")
    standins.wait_until_delivered()
    yield town.row("SELECT id FROM chats")["id"]
    assert standins.violations == []


def test_every_kind_is_shown(town: Town, chat: UUID, standins: StandinsClient) -> None:
    for message in (
        Message("text", "Hola & <adiós>"),
        Message("buttons", "¿Seguimos?", options=(Option("a", "Sí"), Option("b", "No")), header="Paso 2", footer="Fin"),
        Message("list", "Menú", options=(Option("a", "Empleo", section="Tú"), Option("b", "Salir")), list_button="Abrir"),
        Message("multi_select", "¿Qué sabes?", options=(Option("x", "Excel"), Option("w", "Word"))),
        Message("location_request", "¿Dónde estás?", options=(Option("c", "Escribir mi ciudad"),)),
        Message("link", "Aquí", url="https://example.mx/x", url_title="Abrir"),
        Message("image", "El mapa", url="https://example.mx/mapa.png"),
        Message("document", "Tu carta", url="https://example.mx/carta.pdf", filename="carta.pdf"),
        Message("document", "Tu carta", url="carta.pdf"),
    ):
        last = town.say(chat, message)
    town.until_state(last, "sent", timeout=40)
    shown = standins.messages(ME, HUNTRED)
    assert [one.kind for one in shown] == [
        "text", "buttons", "list", "buttons", "buttons", "link", "image", "text", "link", "text",
    ]  # fmt: skip
    assert shown[0].text == "Hola & <adiós>"
    assert (shown[1].text, shown[1].footer) == ("Paso 2\n\n¿Seguimos?", "Fin")
    assert [option.section for option in shown[2].options] == ["Tú", "Otras"] and shown[2].list_button == "Abrir"
    assert shown[3].titles == ["Excel", "Word", "Listo"]
    assert shown[5].links[0] == {"title": "Abrir", "url": "https://example.mx/x"}
    assert shown[8].links[0]["title"] == "carta.pdf" and shown[9].text == "Tu carta\n\ncarta.pdf"


def test_bubbles_keep_order_and_rate(town: Town, chat: UUID, standins: StandinsClient) -> None:
    rows = [town.say(chat, Message("text", f"m{n}")) for n in range(3)]
    town.until_state(rows[-1], "sent")
    assert [shown.text for shown in standins.messages(ME, HUNTRED)] == ["m0", "m1", "m2"]


def test_a_long_text_goes_in_parts_one_a_second(town: Town, chat: UUID, standins: StandinsClient) -> None:
    town.until_state(town.say(chat, Message("text", "Una frase & larga. " * 400)), "sent")
    shown = standins.messages(ME, HUNTRED)
    assert len(shown) == 3 and "".join(one.text + " " for one in shown).split() == ("Una frase & larga. " * 400).split()


def test_a_pause_that_slack_asks_for_is_kept(town: Town, chat: UUID, standins: StandinsClient) -> None:
    standins.fail_next(1, "slack", status=429, retry_after=2)
    row = town.until_state(town.say(chat, Message("text", "hola")), "sent")
    assert row["attempts"] == 1 and not row["possible_duplicate"]
    assert (row["sent_at"] - row["created_at"]).total_seconds() >= 2


def test_who_left_the_workspace_is_told_in_the_row(town: Town, chat: UUID, standins: StandinsClient) -> None:
    standins.block(ME, HUNTRED)
    row = town.until_state(town.say(chat, Message("text", "hola")), "failed")
    assert row["error_code"] == "user_disabled"


@pytest.mark.parametrize("lost", [{"after_accept": True}, {"error": "fatal_error"}], ids=["answer", "not_posted"])
def test_a_doubt_is_settled_by_the_mark_in_the_message(
    town: Town, chat: UUID, standins: StandinsClient, lost: dict[str, Any]
) -> None:
    """Whether it went or not, the person sees it once."""
    standins.fail_next(1, "slack", **lost)
    row = town.until_state(town.say(chat, Message("text", "una vez")), "sent")
    shown = standins.messages(ME, HUNTRED)
    assert [one.text for one in shown] == ["una vez"] and row["vendor_id"] == shown[0].id


def test_a_doubt_in_the_second_part_repeats_none(town: Town, chat: UUID, standins: StandinsClient) -> None:
    rows = [town.say(chat, Message("text", "antes")), town.say(chat, Message("text", "palabra " * 900))]
    town.until_state(rows[0], "sent")
    town.until(lambda: len(standins.messages(ME, HUNTRED)) == 2)
    standins.fail_next(1, "slack", after_accept=True)
    town.until_state(rows[1], "sent")
    assert len(standins.messages(ME, HUNTRED)) == 3


def test_a_wrong_token_waits_for_a_better_one(town: Town, chat: UUID, standins: StandinsClient) -> None:
    standins.fail_next(1, "slack", error="token_revoked")
    row_id = town.say(chat, Message("text", "hola"))
    town.until(lambda: town.outbox(row_id)["error_code"] == "token_revoked")
    assert town.outbox(row_id)["state"] == "waiting"


@pytest.mark.parametrize(
    ("status", "error", "headers", "outcome", "after"),
    [
        (429, "ratelimited", {"retry-after": "30"}, "retry", 30.1),
        (200, "rate_limited", {}, "retry", 1.1),
        (200, "invalid_auth", {}, "retry", 60.0),
        (200, "channel_not_found", {}, "failed", 0.0),
        (200, "msg_too_long", {}, "failed", 0.0),
        (200, "is_archived", {}, "failed", 0.0),
        (200, "something_new", {}, "failed", 0.0),
        (200, "internal_error", {}, "unknown", 0.0),
        (503, "", {}, "unknown", 0.0),
        (200, "service_unavailable", {}, "retry", 0.0),
    ],
)
def test_errors(status: int, error: str, headers: dict[str, str], outcome: str, after: float) -> None:
    receipt = of_answer(status, {"ok": False, "error": error} if error else {}, headers)
    assert (receipt.outcome, receipt.after) == (outcome, after) and receipt.reason


def test_a_mail_and_an_empty_template_cannot_go() -> None:
    for message in (Message("email", "x"), Message("template"), Message("text", " ")):
        with pytest.raises(CannotRender):
            render(message, 1)
    assert render(Message("template", "hola"), 1) == [{"text": "hola"}]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=160)
options = st.builds(Option, id=st.uuids().map(str), title=words, description=words, section=words)
kinds = st.sampled_from(["text", "buttons", "list", "multi_select", "image", "document", "link", "location_request"])


@given(
    kind=kinds, text=words, more=st.integers(0, 60), header=words, footer=words, url_title=words,
    picks=st.lists(options, max_size=8), url=st.sampled_from(["", "https://example.mx/a", "carta.pdf"]),
    many=st.integers(0, 130), start=st.sampled_from([0, 0, 99]),
)  # fmt: skip
def test_whatever_is_said_keeps_to_slacks_limits(
    kind: Any, text: str, more: int, header: str, footer: str, url_title: str, picks: list[Option], url: str,
    many: int, start: int,
) -> None:  # fmt: skip
    every = (*picks, *(Option(f"o{n}", f"Opción {n}") for n in range(many if picks else 0)))
    message = Message(kind, f"{text} & <b> " * (1 + more), every, start, header, footer, url=url, url_title=url_title)
    try:
        bodies = render(message, 12)
    except CannotRender:
        assert start >= len(every)
        return
    for body in bodies:
        assert broken_rules({"channel": "U1", **body}) == []
        for block in Block.parse_all(body.get("blocks", [])):
            block.validate_json()
