"""A bot small enough to train in a test: it greets, asks for a name in a form, and calls one action."""

from __future__ import annotations

from pathlib import Path

CONFIG = """
version: "3.1"
recipe: default.v1
language: es
assistant_id: small
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

SHARED_DOMAIN = """
version: "3.1"
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
intents: [greet, inform, book, show_menu, choose_option, share_location, send_document, restart]
entities: [option, latitude, longitude]
slots:
  name:
    type: text
    influence_conversation: false
    mappings: [{type: from_text, conditions: [{active_loop: form_name, requested_slot: name}]}]
  option:
    type: text
    influence_conversation: false
    mappings: [{type: from_entity, entity: option}]
  language: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms:
  form_name: {required_slots: [name]}
actions: [action_book, validate_form_name]
responses:
  utter_greet:
    - text: "Hola, soy Prueba."
      buttons:
        - {title: "Apartar", payload: "/book"}
        - {title: "La opción uno", payload: '/choose_option{"option": "one"}'}
  utter_ask_name: [{text: "¿Cómo te llamas?"}]
  utter_thanks: [{text: "Gracias, {name}."}]
  utter_chosen: [{text: "Elegiste {option}."}]
  utter_default: [{text: "No entendí."}]
  utter_menu: [{text: "El menú."}]
  utter_outage: [{text: "Dame un momento, sigo contigo."}]
  utter_form_gone: [{text: "Actualizamos este paso."}]
  utter_error_unexpected: [{text: "Algo falló de mi lado."}]
  utter_reminder: [{text: "Recuerda tu cita de {when}."}]
"""

ENGLISH = """
responses:
  utter_outage: [{text: "One moment, I’m still here."}]
"""

SHARED_DATA = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hola
    - buenas tardes
    - buenos días
    - qué tal
- intent: inform
  examples: |
    - me llamo Ana
    - mi nombre es Luis
    - soy Carmen
- intent: book
  examples: |
    - quiero apartar una cita
    - agenda una entrevista
    - apartar lugar
- intent: show_menu
  examples: |
    - menú
    - ver el menú
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
- rule: chosen
  steps: [{intent: choose_option}, {action: utter_chosen}]
- rule: book
  steps: [{intent: book}, {action: form_name}, {active_loop: form_name}]
- rule: booked
  condition: [{active_loop: form_name}]
  steps: [{action: form_name}, {active_loop: null}, {action: action_book}, {action: utter_thanks}]
"""


def write(root: Path, unit: str = "amigro") -> None:
    """Write the project's files under root, as the real ones lie."""
    for name, text in {
        "config.yml": CONFIG,
        "domain/shared/domain.yml": SHARED_DOMAIN,
        f"domain/{unit}/domain.yml": 'version: "3.1"\nresponses:\n  utter_menu: [{text: "El menú de la unidad."}]\n',
        f"domain/translations/en/{unit}/domain.yml": ENGLISH,
        "data/shared/data.yml": SHARED_DATA,
        f"data/{unit}/data.yml": 'version: "3.1"\n',
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
