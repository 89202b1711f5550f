"""Each documented limit of WhatsApp refuses one step beyond it and takes what is just within."""

from __future__ import annotations

from typing import Any

import pytest

from tests.standins.whatsapp_rules import broken_rules


def _message(**fields: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "5215511112222", **fields}


def _buttons(count: int = 1, title: str = "Sí", option_id: str = "a", **more: Any) -> dict[str, Any]:
    buttons = [
        {"type": "reply", "reply": {"id": f"{option_id}{n}", "title": f"{title}{n or ''}"}}
        for n in range(count)
    ]
    interactive = {"type": "button", "body": {"text": "¿Seguimos?"}, "action": {"buttons": buttons}, **more}
    return _message(type="interactive", interactive=interactive)


def _list(rows: list[int], button: str = "Ver", sections_titled: bool = True, **row: str) -> dict[str, Any]:
    sections = [
        {
            **({"title": f"Sección {s}"} if sections_titled else {}),
            "rows": [{"id": f"{s}-{n}", "title": f"Fila {n}", **row} for n in range(count)],
        }
        for s, count in enumerate(rows)
    ]
    action = {"button": button, "sections": sections}
    return _message(
        type="interactive", interactive={"type": "list", "body": {"text": "Elige"}, "action": action}
    )


def _text(body: str) -> dict[str, Any]:
    return _message(type="text", text={"body": body})


WITHIN = {
    "text of 4096": _text("á" * 4096),
    "three buttons of 20": _buttons(3, "t" * 19),
    "body of 1024": _buttons(body={"text": "x" * 1024}),
    "header and footer of 60": _buttons(header={"type": "text", "text": "x" * 60}, footer={"text": "x" * 60}),
    "ten rows in three sections": _list([4, 3, 3]),
    "row of 24 and 72": _list([1], title="x" * 24, description="x" * 72),
    "row id of 200": _list([1], id="x" * 200),
    "one section without a title": _list([2], sections_titled=False),
    "callback data of 512": {**_text("hola"), "biz_opaque_callback_data": "x" * 512},
    "document with a name": _message(
        type="document", document={"link": "https://a.mx/cv.pdf", "filename": "cv.pdf"}
    ),
    "location": _message(type="location", location={"latitude": 19.4, "longitude": -99.1, "name": "Zócalo"}),
    "location request": _message(
        type="interactive",
        interactive={
            "type": "location_request_message", "body": {"text": "¿Dónde estás?"},
            "action": {"name": "send_location"},
        },
    ),
    "link button": _message(
        type="interactive",
        interactive={
            "type": "cta_url", "body": {"text": "Aquí"},
            "action": {"name": "cta_url", "parameters": {"display_text": "Abrir", "url": "https://a.mx/x"}},
        },
    ),
}  # fmt: skip

BEYOND = {
    "text of 4097": _text("á" * 4097),
    "an empty text": _text(" "),
    "an unknown key": _text("hola") | {"preview_url": True},
    "an unknown key in text": _message(type="text", text={"body": "hola", "parse_mode": "HTML"}),
    "another product": _text("hola") | {"messaging_product": "telegram"},
    "a recipient with letters": _text("hola") | {"to": "ana"},
    "an unknown type": _message(type="poll", poll={}),
    "four buttons": _buttons(4),
    "no button": _buttons(0),
    "a button title of 21": _buttons(title="t" * 21),
    "a button id of 257": _buttons(option_id="x" * 256),
    "a button id with spaces": _buttons(option_id=" a"),
    "two buttons of one title": _message(
        type="interactive",
        interactive={
            "type": "button", "body": {"text": "x"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": i, "title": "Sí"}} for i in "ab"]},
        },
    ),
    "a body of 1025": _buttons(body={"text": "x" * 1025}),
    "an empty body": _buttons(body={"text": ""}),
    "a header of 61": _buttons(header={"type": "text", "text": "x" * 61}),
    "a footer of 61": _buttons(footer={"text": "x" * 61}),
    "eleven rows in two sections": _list([6, 5]),
    "a list without rows": _list([0]),
    "two sections without titles": _list([1, 1], sections_titled=False),
    "two rows of one id": _list([2], id="same"),
    "a row title of 25": _list([1], title="x" * 25),
    "a row description of 73": _list([1], description="x" * 73),
    "a row id of 201": _list([1], id="x" * 201),
    "a list button of 21": _list([1], button="x" * 21),
    "callback data of 513": {**_text("hola"), "biz_opaque_callback_data": "x" * 513},
    "media by id and link": _message(type="image", image={"id": "1", "link": "https://a.mx/a.png"}),
    "media without either": _message(type="image", image={"caption": "x"}),
    "a caption of 1025": _message(type="image", image={"id": "1", "caption": "x" * 1025}),
    "a caption of audio": _message(type="audio", audio={"id": "1", "caption": "x"}),
    "a link without a scheme": _message(type="image", image={"link": "a.mx/a.png"}),
    "a latitude of 91": _message(type="location", location={"latitude": 91, "longitude": 0}),
    "a template parameter with a line break": _message(
        type="template",
        template={
            "name": "t", "language": {"code": "es_MX"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "a\nb"}]}],
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("body", WITHIN.values(), ids=WITHIN)
def test_within_the_limits(body: dict[str, Any]) -> None:
    assert broken_rules(body) == []


@pytest.mark.parametrize("body", BEYOND.values(), ids=BEYOND)
def test_beyond_the_limits(body: dict[str, Any]) -> None:
    assert broken_rules(body) != []
