"""The templates that the units' seed submits are approved at the stand-in, and only those."""

from __future__ import annotations

from tests.standins.accounts import load_accounts
from tests.standins.whatsapp_templates import Template, Templates


def test_the_seed_is_what_meta_has_approved() -> None:
    templates = Templates(load_accounts().values())

    reminder = templates.find("whatsapp:amigro", "recordatorio_entrevista_amigro", "es_MX")
    assert reminder is not None
    assert reminder.parameters == 4
    assert all(0 < len(title) <= 25 for title in reminder.buttons)
    english = templates.find("whatsapp:amigro", "recordatorio_entrevista_amigro", "en_US")
    assert english is not None and english.parameters == 4 and english.body != reminder.body
    for language in ("fr", "pt_BR"):
        assert templates.find("whatsapp:amigro", "recordatorio_entrevista_amigro", language) is not None
    assert templates.find("whatsapp:amigro", "aviso_entrevistador_amigro", "en_US") is None
    assert templates.find("whatsapp:huntu", "recordatorio_entrevista_amigro", "es_MX") is None


def test_values_are_filled_in_order_and_as_they_are() -> None:
    template = Template("t", "es_MX", r"Hola {{1}}: {{2}} y {{1}}.")

    assert template.parameters == 2
    assert template.filled(["Ana", r"\1 $9,800"]) == r"Hola Ana: \1 $9,800 y Ana."
