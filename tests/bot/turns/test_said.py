"""Rasa's responses become neutral messages, and their buttons options with stable ids."""

from __future__ import annotations

import pytest

from bot.said import BadPayload, option_id, read_payload, read_response
from contract.message import Message


def test_buttons_become_options_that_never_carry_a_payload() -> None:
    (said,) = read_response(
        {
            "text": "Elige",
            "buttons": [
                {"title": "Cajera", "payload": '/choose_option{"vacancy": "v1"}', "description": "$9,500"},
                {"title": "Menú", "payload": "/show_menu"},
            ],
        }
    )
    assert said.message.kind == "buttons"
    assert [(o.id, o.title, o.description) for o in said.message.options] == [
        ("choose_option:v1", "Cajera", "$9,500"),
        ("show_menu", "Menú", ""),
    ]
    assert said.offers[0].entities == {"vacancy": "v1"}


def test_an_id_fits_64_bytes_and_stays_the_same() -> None:
    long = option_id("choose_option", {"title": "ñ" * 80})
    assert len(long.encode()) <= 64
    assert long == option_id("choose_option", {"title": "ñ" * 80})
    assert long != option_id("choose_option", {"title": "ñ" * 81})


@pytest.mark.parametrize("payload", ["show_menu", "/x{broken", "/{}", '/x["list"]{'])
def test_a_payload_that_is_none_is_refused(payload: str) -> None:
    with pytest.raises(BadPayload):
        read_payload(payload)


def test_custom_kinds_keep_their_fields() -> None:
    (said,) = read_response({"custom": {"kind": "link", "text": "Tu página", "url": "https://a.example/p"}})
    assert (said.message.kind, said.message.text, said.message.url) == ("link", "Tu página", "https://a.example/p")
    (said,) = read_response(
        {"custom": {"kind": "location_request", "text": "¿Dónde estás?", "template": {"name": "t", "values": ["a"]}}}
    )
    assert said.message.kind == "location_request"
    assert said.message.template is not None and said.message.template.values == ("a",)
    assert Message.from_json(said.message.as_json()) == said.message


def test_text_image_and_document_follow_each_other() -> None:
    said = read_response({"text": "Hola", "image": "https://a.example/i.png", "attachment": "https://a.example/d.pdf"})
    assert [one.message.kind for one in said] == ["text", "image", "document"]
