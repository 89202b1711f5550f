"""A unit with a small but real model, which carries most of the conversations: it counts what it was told.

Each message is a numbered text ("número 17 de 42"); the answer repeats it and says how many there were until then,
by the tracker ("van 9"). What the action itself counted stands in `faults.counted` (see watch.py).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from runtime.installation import ROOT
from runtime.processes import LIBRARY_ENVIRONMENT

UNIT = "huntu"

_CONFIG = """
version: "3.1"
recipe: default.v1
language: es
assistant_id: counting
importers:
  - name: bot.importer.UnitImporter
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 2
    max_ngram: 4
  - name: LogisticRegressionClassifier
policies:
  - name: RulePolicy
    core_fallback_threshold: 0.2
    enable_fallback_prediction: true
"""
_DOMAIN = """
version: "3.1"
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
intents: [greet, count, show_menu, restart, opt_out]
slots:
  counted:
    type: float
    influence_conversation: false
    mappings: [{type: custom}]
actions: [action_count]
responses:
  utter_greet: [{text: "Hola, aquí se cuenta."}]
  utter_menu: [{text: "Basta con escribir un número."}]
  utter_default: [{text: "No entendí."}]
  utter_outage: [{text: "Un momento, seguimos aquí."}]
  utter_flood: [{text: "Son muchos mensajes; los leemos uno por uno."}]
  utter_form_gone: [{text: "Empecemos de nuevo."}]
  utter_error_unexpected: [{text: "Algo falló de nuestro lado."}]
"""
_DATA = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hola
    - buenas tardes
    - buenos días
- intent: count
  examples: |
    - número 1 de 2
    - número 23 de 457
    - número 6 de 8910
    - número 40 de 31
- intent: show_menu
  examples: |
    - menú
    - opciones
- intent: restart
  examples: |
    - empezar de nuevo
    - reiniciar
rules:
- rule: greet
  steps: [{intent: greet}, {action: utter_greet}]
- rule: menu
  steps: [{intent: show_menu}, {action: utter_menu}]
- rule: count
  steps: [{intent: count}, {action: action_count}]
"""


def said(number: int, person: int) -> str:
    """The text of a person's message of this number."""
    return f"número {number} de {person}"


def publish(models: Path, others: tuple[str, ...] = ()) -> None:
    """Train the small model into this folder, beside links to the checkout's own models of the other units."""
    root = models.parent / "small_unit"
    for name, text in {
        "config.yml": _CONFIG,
        "domain/shared/domain.yml": _DOMAIN,
        f"domain/{UNIT}/domain.yml": 'version: "3.1"\n',
        "data/shared/data.yml": _DATA,
        f"data/{UNIT}/data.yml": 'version: "3.1"\n',
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    models.mkdir(parents=True, exist_ok=True)
    for unit in others:
        if not (models / unit).exists():
            (models / unit).symlink_to(ROOT / "models" / unit, target_is_directory=True)
    command = [str(ROOT / ".venv/bot/bin/python"), "-m", "bot.train", "--units", UNIT, "--models", str(models)]
    environment = {
        **LIBRARY_ENVIRONMENT["bot"], "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": os.environ["HOME"],
    }  # fmt: skip
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the small unit cannot be trained:\n{done.stdout}{done.stderr}")
