"""`make lint-dialogue` names what is wrong with a response, and nothing where all is well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.lint_dialogue import UnitVoice, fill, wrong_of

MENU: dict[str, Any] = {
    "text": "Hola, {name}. ¿Qué sigue?",
    "custom": {"list_button": "Ver menú", "buttons": [{"title": f"Opción {n}", "payload": "/go" + '{{"n": "%d"}}' % n}
                                                      for n in range(20)]},
}  # fmt: skip
WELL = UnitVoice(
    "amigro", ("whatsapp", "telegram", "web", "email"), ("es",),
    {"utter_menu": [MENU], "utter_error_slot_taken": [{"text": "Ese horario se ocupó."}]},
)  # fmt: skip


def test_what_is_well_passes() -> None:
    assert list(wrong_of(WELL, ["slot_taken"])) == []


def test_an_error_code_without_a_text_is_named() -> None:
    assert list(wrong_of(WELL, ["slot_taken", "too_many_codes"])) == [
        "utter_error_too_many_codes is missing: the business refuses with the code too_many_codes"
    ]


def test_a_language_that_a_unit_declares_must_be_there() -> None:
    wrong = list(wrong_of(replace(WELL, languages=("es", "en")), []))
    assert wrong == ["utter_error_slot_taken has no variant in en", "utter_menu has no variant in en"]
    english = {"text": "Hello", "condition": [{"type": "slot", "name": "language", "value": "en"}]}
    menu = {**MENU, **english, "text": "Hello, {name}. What is next?"}
    both = {
        "utter_menu": [MENU, menu], "utter_error_slot_taken": [*WELL.responses["utter_error_slot_taken"], english]
    }  # fmt: skip
    assert list(wrong_of(replace(WELL, languages=("es", "en"), responses=both), [])) == []


def test_a_language_of_some_paths_needs_only_those() -> None:
    voice = replace(WELL, languages=("es", "ht"), needed={"ht": frozenset({"utter_menu"})})
    assert list(wrong_of(voice, [])) == ["utter_menu has no variant in ht"]


def test_a_translation_fills_and_offers_what_it_translates() -> None:
    condition = [{"type": "slot", "name": "language", "value": "en"}]
    spanish = {"text": "Hola, {name}", "buttons": [{"title": "Sí", "payload": "/affirm"}]}
    english = {"text": "Hi, {nombre}", "buttons": [{"title": "Yes", "payload": "/deny"}], "condition": condition}
    assert list(wrong_of(replace(WELL, responses={"utter_x": [spanish, english]}), [])) == [
        "utter_x in en: nothing fills nombre", "utter_x in en: its buttons do something else than the Spanish ones",
    ]  # fmt: skip


def test_what_cannot_be_drawn_is_named_with_its_channel() -> None:
    def wrong(**response: Any) -> list[str]:
        return list(wrong_of(replace(WELL, channels=("whatsapp",), responses={"utter_x": [response]}), []))

    assert "holds no JSON" in wrong(text="a", buttons=[{"title": "b", "payload": '/go{"n": }'}])[0]
    assert "has no title" in wrong(text="a", buttons=[{"title": "👍", "payload": "/go"}])[0]
    assert "CannotRender" in wrong(text="   ", custom={"kind": "document"})[0]
    assert wrong(text="a", buttons=[{"title": "1" * 3, "payload": "/go"}, {"title": "Sí", "payload": "/no"}]) == []


def test_an_option_hidden_by_another_is_unreachable() -> None:
    """The title of one is the number of another: the number wins, the press remains."""
    response = {"text": "a", "buttons": [{"title": "2", "payload": "/a"}, {"title": "3", "payload": "/b"}]}
    assert list(wrong_of(replace(WELL, responses={"utter_x": [response]}), [])) == []


def test_placeholders_are_filled_with_long_values_and_payloads_with_short_ones() -> None:
    filled = fill({"text": "{name}", "custom": {"url": "{profile_link}"}, "payload": '/go{{"id": "{vacancy}"}}'})
    assert len(filled["text"]) > 80
    assert filled["custom"]["url"].startswith("https://")
    assert filled["payload"] == '/go{"id": "sample"}'
