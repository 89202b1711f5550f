"""Which turns come to the workbench, and that nothing personal comes with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from sqlalchemy import select, text

from contract.ids import new_id
from huntred.conversations.models import Conversation, Handoff
from huntred.matching.ports import Vectors
from huntred.people.models import UnitProfile
from huntred.privacy.erasure import erase_person
from huntred.workbench import collecting
from huntred.workbench.models import Turn
from ml.embeddings.use import UseEmbedder
from tests.factories.desk import Desk, desk, keys
from tests.factories.turns import wrote

__all__ = ["desk", "keys"]

_ENCODER = UseEmbedder()


def collected(desk: Desk, unit: str = "amigro") -> list[Turn]:
    with desk.work(unit) as uow:
        collecting.collect(uow, _ENCODER, now=desk.now)
    return desk.rows(select(Turn).where(Turn.unit == unit).order_by(Turn.at))


def person(desk: Desk, conversation: Conversation, **names: str) -> UnitProfile:
    profile = desk.profile(conversation.unit, **names)
    desk.execute("UPDATE conversations SET person_id = :person WHERE id = :id", person=profile.person_id, id=conversation.id)
    return profile


def test_doubtful_and_corrected_turns_come_masked(desk: Desk) -> None:
    conversation = desk.chat()
    person(desk, conversation, first_name="Citlalmina", last_name="Xool")
    at = desk.now - timedelta(hours=1)
    wrote(desk, conversation, "soy citlalmina, mi cel 55 1234 5678, ando tras un jale", "nlu_fallback", 0.8, at=at)
    wrote(desk, conversation, "Buscar vacantes", "search_jobs", 1.0, at=at + timedelta(minutes=1), kind="option")
    wrote(desk, conversation, "cuánto pagan", "ask_salary", 0.95, at=at + timedelta(minutes=3))
    wrote(desk, conversation, "y eso pa cuando", "inform", 0.41, at=at + timedelta(minutes=5))

    fallback, plain, unsure = collected(desk)

    assert fallback.text == "soy [NOMBRE], mi cel [TELÉFONO], ando tras un jale"
    assert (fallback.reason, fallback.suggested) == ("corrected", "search_jobs")
    assert (plain.reason, unsure.reason) == ("plain", "unsure")
    stored = str(desk.rows(text("SELECT string_agg(t::text, ' ') FROM workbench_turns t"))[0]).lower()
    assert "citlalmina" not in stored and "1234 5678" not in stored


def test_who_was_handed_to_a_person_is_marked(desk: Desk) -> None:
    conversation = desk.chat()
    at = desk.now - timedelta(hours=1)
    wrote(desk, conversation, "buenas", "greet", 0.99, at=at - timedelta(minutes=1))
    wrote(desk, conversation, "no me sirve eso", "deny", 0.97, at=at)
    handoff = Handoff(
        id=new_id(), unit="amigro", conversation_id=conversation.id, state="queued", requested_at=at + timedelta(minutes=2)
    )
    desk.add(handoff)

    greeting, turn = collected(desk)

    assert (greeting.reason, turn.reason) == ("plain", "handed_over")


def test_demo_conversations_never_come(desk: Desk) -> None:
    conversation = desk.chat()
    desk.execute("UPDATE conversations SET generated = true WHERE id = :id", id=conversation.id)
    wrote(desk, conversation, "ando tras un jale", "nlu_fallback", 0.8, at=desk.now - timedelta(hours=1))

    assert collected(desk) == []


def test_a_turn_comes_once_and_only_when_it_has_rested(desk: Desk) -> None:
    conversation = desk.chat()
    wrote(desk, conversation, "xq no me an ablado", "nlu_fallback", 0.8, at=desk.now - timedelta(hours=1))
    wrote(desk, conversation, "oigan contesten", "nlu_fallback", 0.8, at=desk.now - timedelta(minutes=2))

    assert len(collected(desk)) == 1
    assert len(collected(desk)) == 1
    later = replace(desk, now=desk.now + timedelta(minutes=15))
    assert [turn.text for turn in collected(later)] == ["xq no me an ablado", "oigan contesten"]


def test_likes_are_one_group_and_others_another(desk: Desk) -> None:
    at = desk.now - timedelta(hours=1)
    said = ["cuanto van a pagar", "cuánto pagan al mes", "me pueden mandar la ubicación", "me mandan la ubicacion porfa"]
    for minute, sentence in enumerate(said):
        wrote(desk, desk.chat(), sentence, "nlu_fallback", 0.8, at=at + timedelta(minutes=minute))

    pay, pay_again, where, where_again = collected(desk)

    assert pay.group_id == pay_again.group_id
    assert where.group_id == where_again.group_id
    assert pay.group_id != where.group_id


def test_what_was_understood_is_kept_in_small_number(desk: Desk, monkeypatch: object) -> None:
    conversation = desk.chat()
    at = desk.now - timedelta(hours=2)
    for minute in range(6):
        wrote(desk, conversation, f"hola otra vez {'a' * minute}", "greet", 0.99, at=at + timedelta(minutes=minute))
    monkeypatch.setattr(collecting, "PLAIN_KEPT", 3)  # type: ignore[attr-defined]

    assert len(collected(desk)) == 3
    assert len(collected(desk)) == 3  # the others do not come back


def test_an_erased_person_leaves_the_workbench(desk: Desk) -> None:
    conversation = desk.chat()
    profile = person(desk, conversation, first_name="Rosa")
    wrote(desk, conversation, "ando tras un jale", "nlu_fallback", 0.8, at=desk.now - timedelta(hours=1))
    assert len(collected(desk)) == 1

    with desk.work() as uow:
        erase_person(uow, profile.person_id, now=desk.now)

    assert collected(desk) == []


class _Same:
    """Every text is the same to it."""

    name, dimensions = "same", 2

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 2), dtype=np.float32) / np.float32(2**0.5)


def test_another_units_turns_stay_there(desk: Desk) -> None:
    at = desk.now - timedelta(hours=1)
    wrote(desk, desk.chat(), "ando tras un jale", "nlu_fallback", 0.8, at=at)
    wrote(desk, desk.chat("huntu"), "quiero prácticas", "nlu_fallback", 0.8, at=at)

    with desk.work("huntu") as uow:
        assert collecting.collect(uow, _Same(), now=desk.now) == 1
        assert [turn.unit for turn in uow.session.scalars(select(Turn))] == ["huntu"]
