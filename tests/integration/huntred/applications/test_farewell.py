"""What who does not continue is told: after a while, only where it is wanted, and not where it was taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contract.message import Inbound
from huntred.applications import farewell, moves
from huntred.applications.models import Application, RejectReason
from huntred.applications.types import Step
from huntred.conversations.models import Conversation
from huntred.notifications import service as notifications
from huntred.privacy import service as privacy
from tests.factories.cards import Cards
from tests.factories.desk import Desk, desk, keys

__all__ = ["desk", "keys"]

MESSAGE = "Gracias por tu interés en {puesto}.\nEsta vez no siguió el proceso."


@pytest.fixture
def cards(desk: Desk) -> Cards:
    return Cards.of(desk)


def _agreed(desk: Desk, cards: Cards, channel: str = "whatsapp") -> tuple[Application, Conversation]:
    conversation = desk.chat("amigro", channel)
    application = cards.add("Rosa Ibáñez", conversation=conversation)
    with desk.work() as uow:
        privacy.accept_notice(uow, application.person_id, channel, now=desk.now)
    return application, conversation


def _reject(desk: Desk, cards: Cards, application: Application, version: int = 0) -> Step:
    step = Step(
        cards.stages["rejected"].id, desk.user().id, reject_reason_id=cards.reason(), message=MESSAGE
    )
    with desk.work() as uow:
        moves.move(uow, application.id, step, version, now=desk.now)
    return step


def _released(desk: Desk, minutes: int) -> int:
    with desk.work() as uow:
        return notifications.release_due(uow, now=desk.now + timedelta(minutes=minutes)).entered


def test_it_is_said_in_the_chat_after_some_minutes(desk: Desk, cards: Cards) -> None:
    application, conversation = _agreed(desk, cards)
    _reject(desk, cards, application)

    assert _released(desk, 4) == 0
    assert _released(desk, 6) == 1
    [row] = desk.inbox(conversation.chat_id)
    said: dict[str, Any] = Inbound.from_json(row.payload).values
    assert row.kind == "notice"
    assert said["response"] == "utter_application_closed"
    assert said["values"] == {
        "name": "Rosa", "message": "Gracias por tu interés en Soldadura industrial.\nEsta vez no siguió el proceso.",
    }  # fmt: skip
    assert said["template"]["name"] == "resultado_postulacion_amigro"
    # Meta takes no line break in a parameter.
    assert said["template"]["values"] == [
        "Rosa", "Soldadura industrial",
        "Gracias por tu interés en Soldadura industrial. Esta vez no siguió el proceso.",
    ]  # fmt: skip


def test_who_wants_no_notices_gets_none_even_where_that_was_said_meanwhile(desk: Desk, cards: Cards) -> None:
    application, conversation = _agreed(desk, cards)
    _reject(desk, cards, application)
    with desk.work() as uow:
        privacy.opt_out(uow, conversation.id, now=desk.now)

    assert _released(desk, 6) == 0
    assert desk.inbox(conversation.chat_id) == []
    with desk.work() as uow:
        found = uow.session.get_one(Application, application.id)
        assert farewell.reachable(uow, found) is None


def test_what_is_taken_back_is_not_said(desk: Desk, cards: Cards) -> None:
    application, conversation = _agreed(desk, cards)
    step = _reject(desk, cards, application)
    with desk.work() as uow:
        moves.undo(uow, step.batch_id, step.user_id, now=desk.now)
    assert _released(desk, 6) == 0

    _reject(desk, cards, application, 2)
    with desk.work() as uow:  # moved on by hand, which says the same
        moves.move(uow, application.id, Step(cards.stages["screening"].id, step.user_id), 3, now=desk.now)
    assert _released(desk, 6) == 0
    assert desk.inbox(conversation.chat_id) == []


def test_without_a_conversation_nothing_is_planned(desk: Desk, cards: Cards) -> None:
    application = cards.add("Rosa Ibáñez")
    _reject(desk, cards, application)
    assert cards.stands(application) == "rejected"
    assert _released(desk, 6) == 0


@pytest.mark.parametrize(
    ("language", "begins", "template"),
    [
        ("en", "Thank you for your interest in Soldadura industrial", {"en_US": "Thank", "es_MX": "Gracias"}),
        ("fr", "Merci de votre intérêt pour « Soldadura industrial »", {"fr": "Merci", "es_MX": "Gracias"}),
        ("ht", "Mèsi dèske ou te enterese nan «Soldadura industrial»", {"fr": "Merci", "es_MX": "Gracias"}),
        ("pt", "Obrigado pelo seu interesse em “Soldadura industrial”", {"pt_BR": "Obrigado", "es_MX": "Gracias"}),
        ("es", "Gracias por tu interés en Soldadura industrial", {"es_MX": "Gracias"}),
    ],
)
@pytest.mark.parametrize("offered", ["of this chat", "of many"])
def test_a_draft_that_nobody_changed_is_there_in_the_language_of_each_template(
    desk: Desk, cards: Cards, language: str, begins: str, template: dict[str, str], offered: str
) -> None:
    """So that who is not reached in one language, for Meta has not approved it yet, is in the other.

    Whoever rejects many at once is offered the Spanish draft: each is told it in the language of their chat.
    """
    application, conversation = _agreed(desk, cards)
    desk.execute("UPDATE conversations SET language = :language", language=language)
    with desk.work() as uow:
        found = uow.session.get_one(Application, application.id)
        draft = uow.session.get_one(RejectReason, cards.reason()).message
        message = farewell.drafted(draft, found, language)
        sent = message if offered == "of this chat" else draft
        step = Step(cards.stages["rejected"].id, desk.user().id, reject_reason_id=cards.reason(), message=sent)
        moves.move(uow, application.id, step, 0, now=desk.now)
    assert message.startswith(begins)
    assert _released(desk, 6) == 1
    [row] = desk.inbox(conversation.chat_id)
    assert row.payload["values"]["values"]["message"] == message
    ways, use = {}, row.payload["values"]["template"]
    while use:
        ways[use["language"]], use = use["values"][2], use.get("instead")
    assert {code: said.split()[0] for code, said in ways.items()} == template


@pytest.mark.parametrize(
    ("language", "message", "template"),
    [
        ("en", MESSAGE, "es_MX"),  # the draft, as it stands
        ("en", "Thank you for your interest. This time the position was filled.", "en_US"),
        ("es", MESSAGE, "es_MX"),
        ("fr", "Merci de votre intérêt. Cette fois, une autre personne a été choisie.", "fr"),
        ("pt", "Obrigado pelo seu interesse. Desta vez a vaga ficou com outra pessoa.", "pt_BR"),
        # In Creole Meta has none: French ones are nearest.
        ("ht", "Mèsi dèske ou te enterese. Fwa sa a, se yon lòt moun ki jwenn travay la.", "fr"),
        ("ht", "Merci de votre intérêt. Cette fois, une autre personne a été choisie.", "fr"),
        ("ht", MESSAGE, "es_MX"),
    ],
)
def test_the_template_is_of_the_language_that_the_message_is_written_in(
    desk: Desk, cards: Cards, language: str, message: str, template: str
) -> None:
    """A template of another has no place beside it: nobody translates what somebody of the team wrote."""
    application, conversation = _agreed(desk, cards)
    desk.execute("UPDATE conversations SET language = :language", language=language)
    step = Step(cards.stages["rejected"].id, desk.user().id, reject_reason_id=cards.reason(), message=message)
    with desk.work() as uow:
        moves.move(uow, application.id, step, 0, now=desk.now)
    assert _released(desk, 6) == 1
    [row] = desk.inbox(conversation.chat_id)
    use = row.payload["values"]["template"]
    assert (use["language"], "instead" in use) == (template, False)
