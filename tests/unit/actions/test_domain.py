"""The domain, the rules and the actions name the same things."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor

from actions import forms
from actions.steps import _yes_no
from contract.settings import ALL_UNITS
from huntred import errors
from tests.bed import ROOT
from tests.factories.texts import read_yaml

_RESPONSE = re.compile(r'"(utter_[a-z0-9_]+)"')


def load(folder: Path, part: str) -> Any:
    merged: dict[str, Any] = {}
    listed: list[Any] = []
    for file in sorted(folder.glob("*.yml")):
        found = (read_yaml(file) or {}).get(part)
        if isinstance(found, dict):
            merged.update(found)
        elif isinstance(found, list):
            listed += found
    return merged or listed


@pytest.fixture(scope="module")
def executor() -> ActionExecutor:
    made = ActionExecutor()
    made.register_package("actions")
    return made


@pytest.fixture(scope="module")
def responses() -> dict[str, Any]:
    return dict(load(ROOT / "domain" / "shared", "responses"))


def test_every_action_is_declared_and_every_declared_action_exists(executor: ActionExecutor) -> None:
    assert set(load(ROOT / "domain" / "shared", "actions")) == set(executor.actions)


def test_every_response_that_an_action_names_exists(responses: dict[str, Any]) -> None:
    named = {
        name
        for file in (ROOT / "actions").glob("*.py")
        for name in _RESPONSE.findall(file.read_text("utf-8"))
        if not name.endswith("_")
    }
    assert named - set(responses) == set()


def test_every_question_of_a_form_can_be_asked_and_refused(responses: dict[str, Any]) -> None:
    from actions.proposal import _QUESTIONS
    from actions.reference_form import _FIX, _RECAP, _SEND
    from actions.reference_form import _QUESTIONS as OF_REFEREES
    from huntred.people.rules import FIELDS

    asked = {*FIELDS, *_QUESTIONS, *OF_REFEREES, _RECAP, _FIX, _SEND, "search", "code_email", "code", "question_yes_no", "question_number"}
    for question in asked:
        assert f"utter_ask_{question}" in responses
        assert f"utter_invalid_{question}" in responses


def test_every_awaited_yes_or_no_can_be_explained(executor: ActionExecutor, responses: dict[str, Any]) -> None:
    assert _yes_no
    assert {f"utter_explain_{step}" for step in _yes_no} <= set(responses)


def test_every_digression_has_an_answer(responses: dict[str, Any]) -> None:
    intents = set(load(ROOT / "domain" / "shared", "intents"))
    assert intents >= forms.ASIDE
    assert intents >= forms.LEAVE
    assert not forms.ASIDE & forms.LEAVE
    assert {f"utter_{intent}" for intent in forms.ASIDE} <= set(responses)


def all_codes() -> set[str]:
    import importlib
    import pkgutil

    import huntred

    for module in pkgutil.walk_packages(huntred.__path__, "huntred."):
        if module.name.rpartition(".")[2] in {"errors", "service", "invitations", "codes", "links", "private"}:
            importlib.import_module(module.name)

    def below(kind: type[errors.HuntredError]) -> set[str]:
        return {kind.code}.union(*(below(child) for child in kind.__subclasses__()))

    return below(errors.HuntredError)


def test_every_error_has_a_reply(responses: dict[str, Any]) -> None:
    assert {f"utter_error_{code}" for code in all_codes()} <= set(responses)
    assert "utter_outage" in responses


def test_every_intent_has_exactly_one_shared_rule() -> None:
    rules = load(ROOT / "data" / "shared", "rules")
    ruled = [step["intent"] for rule in rules for step in rule["steps"] if "intent" in step]
    assert sorted(ruled) == sorted({*load(ROOT / "domain" / "shared", "intents"), "nlu_fallback"})


def test_every_rule_ends_in_something_that_exists(executor: ActionExecutor, responses: dict[str, Any]) -> None:
    forms_known = set(load(ROOT / "domain" / "shared", "forms"))
    for unit in ("shared", *ALL_UNITS):
        own = set(load(ROOT / "domain" / unit, "responses") or ())
        for rule in load(ROOT / "data" / unit, "rules"):
            for step in rule["steps"]:
                if "action" in step:
                    assert step["action"] in {*executor.actions, *responses, *own, *forms_known}, rule


def test_a_rule_of_a_unit_replaces_a_shared_one() -> None:
    shared = {rule["rule"] for rule in load(ROOT / "data" / "shared", "rules")}
    for unit in ALL_UNITS:
        for rule in load(ROOT / "data" / unit, "rules"):
            assert rule["rule"] in shared


@pytest.mark.parametrize("unit", ALL_UNITS)
def test_every_button_leads_to_an_intent(unit: str) -> None:
    intents = set(load(ROOT / "domain" / "shared", "intents"))
    spoken = {**load(ROOT / "domain" / "shared", "responses"), **load(ROOT / "domain" / unit, "responses")}
    for name, variations in spoken.items():
        for variation in variations:
            for button in [*variation.get("buttons", ()), *variation.get("custom", {}).get("buttons", ())]:
                intent = re.match(r"^/([a-z_]+)(\{\{.*\}\})?$", button["payload"])
                assert intent and intent[1] in intents, (name, button)
                assert len(button["title"]) <= 24, (name, button)


# Which response a template goes out for, outside WhatsApp's window, and what its buttons say.
_IN_PLACE_OF = {
    "recordatorio_entrevista": ("utter_reminder_24h", "utter_reminder_2h"),
    "entrevista_confirmada": ("utter_interviewer_confirmed",),
    "entrevista_cambio": ("utter_interview_moved",),
    "entrevista_cancelada": ("utter_interview_cancelled",),
    "entrevista_propuesta": ("utter_interview_proposed",),
    "resultado_postulacion": ("utter_application_closed",),
    "completar_perfil": ("utter_profile_missing",),
    "recompensa": ("utter_reward_granted", "utter_reward_declined"),
    "mentoria_confirmada": ("utter_mentor_accepted",), "mentoria_recordatorio": ("utter_mentor_reminder",),
    "mentoria_sin_lugar": ("utter_mentor_declined", "utter_mentor_expired"),
    "mentoria_cancelada": ("utter_mentor_cancelled",),
    "busqueda_confidencial": ("utter_disclosure_asked",), "nombres_abiertos": ("utter_disclosure_opened",),
    "referencias": ("utter_references_asked",), "permiso_por_vencer": ("utter_permit_expires",),
}
_SEED = ROOT / "huntred" / "units" / "seed"
_SAYS = (
    ("Confirm", "/confirm_attendance"), ("Cambiar", "/reschedule_interview"),
    ("Cancelar sesión", "/cancel_mentor_session"), ("Cancelar", "/cancel_interview"),
    ("Buscar otra fecha", "/schedule_interview"), ("Ver otros", "/reschedule_interview"), ("Ver ", "/search_jobs"),
    ("Sí, me", '/accept_new_time{{"proposal_id": "{proposal}"}}'),
    ("Completar", "/register"), ("Menú", "/show_menu"), ("Mis puntos", "/ask_points"),
    ("Buscar otra", "/find_mentor"),
    ("Mis postulaciones", "/check_application_status"), ("Mis procesos", "/check_application_status"),
    ("Sí, acepto", '/agree_disclosure{{"vacancy_number": "{number}"}}'),
    ("No por ahora", '/refuse_disclosure{{"vacancy_number": "{number}"}}'),
    ("Poner la nueva", '/correct_field{{"field": "permit_expires"}}'), ("Necesito", "/migration_help"),
    ("Dar referencias", '/give_references{{"request_id": "{request}"}}'),
    ("Ahora no", '/refuse_references{{"request_id": "{request}"}}'),
    ("No puedo", '/decline_new_time{{"proposal_id": "{proposal}"}}'),
)  # fmt: skip


@pytest.mark.parametrize("unit", [unit for unit in ALL_UNITS if unit != "sexsi"])
def test_a_template_s_buttons_do_what_they_say(unit: str) -> None:
    """They take their meanings, in order, from the response in whose place the template goes out."""
    seeded = read_yaml(ROOT / "huntred" / "units" / "seed" / unit / "templates.yml")
    titles = {template["name"]: template["buttons"] for template in seeded["templates"]}
    spoken = {**load(ROOT / "domain" / "shared", "responses"), **load(ROOT / "domain" / unit, "responses")}
    for template, places in _IN_PLACE_OF.items():
        for place in places if f"{template}_{unit}" in titles else ():
            for variation in spoken[place]:
                payloads = [button["payload"] for button in variation.get("buttons", ())]
                shown = titles[f"{template}_{unit}"]
                said = [next(does for says, does in _SAYS if title.startswith(says)) for title in shown]
                assert payloads[: len(shown)] == said, (template, place)


_TRANSLATED = sorted((file.parent.name, file.name.split(".")[1]) for file in _SEED.glob("*/templates.*.yml"))


def _spoken(unit: str, language: str) -> dict[str, Any]:
    there = ROOT / "domain" / "translations" / language
    # Only English has words for all units.
    return {**dict(load(there / "shared", "responses")), **load(there / unit, "responses")}


@pytest.mark.parametrize(("unit", "language"), _TRANSLATED)
def test_a_translated_template_s_buttons_are_those_of_its_response(unit: str, language: str) -> None:
    """They say the same, too: whoever has seen the one in the chat knows the other."""
    seeded = read_yaml(_SEED / unit / f"templates.{language}.yml")
    titles, spoken = {row["name"]: row["buttons"] for row in seeded["templates"]}, _spoken(unit, language)
    for template, places in _IN_PLACE_OF.items():
        for place in places if f"{template}_{unit}" in titles else ():
            shown = titles[f"{template}_{unit}"]
            for variation in spoken[place]:
                said = [button["title"] for button in variation.get("buttons", ())]
                assert said[: len(shown)] == shown, (template, place)


# Mails that say by which of its buttons a question in the chat is answered.
@pytest.mark.parametrize(
    ("mail", "response"),
    [("interview_proposed", "utter_interview_proposed"), ("disclosure_asked", "utter_disclosure_asked")],
)
@pytest.mark.parametrize("language", ["en", "fr", "ht", "pt"])
def test_a_mail_names_the_buttons_of_the_chat(language: str, mail: str, response: str) -> None:
    files = [_SEED / unit / "mail" / language / f"{mail}.txt" for unit in ("amigro", "shared")]
    text = next(file for file in files if file.is_file()).read_text(encoding="utf-8").replace("’", "'")
    for variation in _spoken("amigro", language)[response]:
        for button in variation["buttons"]:
            assert button["title"] in text, button


def test_the_picker_says_exactly_what_was_agreed(responses: dict[str, Any]) -> None:
    (picker,) = responses["utter_choose_unit"]
    assert picker["text"] == "Selecciona una unidad de negocio para continuar:"
    assert picker["custom"]["list_button"] == "Ver servicios"
    assert picker["custom"]["footer"] == "Grupo huntRED®"
    assert {button["section"] for button in picker["custom"]["buttons"]} == {"Unidades de negocio"}


def test_the_menu_has_the_agreed_items_in_order(responses: dict[str, Any]) -> None:
    for variation in responses["utter_menu"]:
        titles = [button["title"] for button in variation["custom"]["buttons"] if button["section"] == "Menú"]
        assert titles == [
            "Bienvenida", "Registro", "Ver oportunidades", "Actualizar perfil", "Invitar amigos",
            "Términos y condiciones", "Contacto", "Solicitar ayuda",
        ]  # fmt: skip


_TU = re.compile(
    r"\b(tú|tu|tus|te|ti|contigo|quieres|puedes|tienes|eliges|prefieres|dime|escríbeme|escribe|necesitas|"
    r"postulas|vives|aceptas|compárteme|avísanos)\b",
    re.I,
)


def test_executive_never_says_tu() -> None:
    """Formal usted in everything that this unit can say, its shared texts included."""
    spoken = {
        **load(ROOT / "domain" / "shared", "responses"), **load(ROOT / "domain" / "huntred_executive", "responses")
    }  # fmt: skip
    # The picker's words are the group's, the same in all units.
    familiar = {
        name: found[0]
        for name, variations in spoken.items()
        if name != "utter_choose_unit"
        for variation in variations
        if (found := _TU.findall(variation.get("text", "")))
    }
    assert familiar == {}


@pytest.mark.parametrize("unit", ALL_UNITS)
def test_every_answer_leads_on(unit: str) -> None:
    """By a question, an invitation or buttons of its own; action_answer adds one to those of BARE."""
    from actions.answers import BARE
    from tests.simulation.judge import _WAY_ON

    spoken = {**load(ROOT / "domain" / "shared", "responses"), **load(ROOT / "domain" / unit, "responses")}
    rules = load(ROOT / "data" / "shared", "rules")
    answered = {rule["steps"][0]["intent"] for rule in rules if rule["steps"][-1]["action"] == "action_answer"}
    ends = {
        intent
        for intent in answered - BARE
        for variation in spoken[f"utter_{intent}"]
        if not (variation.get("buttons") or variation.get("custom") or _WAY_ON.search(variation["text"]))
    }
    assert ends == set()
    assert answered >= BARE


def test_what_may_have_been_meant_fits_on_a_button() -> None:
    from actions.wording import words

    meanings = words()["meanings"]
    assert set(meanings) <= set(load(ROOT / "domain" / "shared", "intents"))
    assert {title for title in meanings.values() if len(title) > 20} == set()
