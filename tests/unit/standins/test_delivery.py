"""Webhooks arrive as vendors send them: again until answered, twice, in any order, several in one."""

from __future__ import annotations

from tests.standins.client import StandinsClient
from tests.unit.standins.conftest import AMIGRO, ANA, Gateway


def _texts(gateway: Gateway) -> list[str]:
    return [message["text"]["body"] for message in gateway.messages()]


def test_a_webhook_is_sent_again_until_it_is_answered(standins: StandinsClient, gateway: Gateway) -> None:
    standins.switch(retry_base_seconds=0.01)
    gateway.answers = [500, 503]

    standins.send_text(ANA, AMIGRO, "hola")
    standins.wait_until_delivered()

    assert len(gateway.received) == 3
    assert len({item.raw for item in gateway.received}) == 1
    assert [(d["attempt"], d["status"]) for d in standins.deliveries] == [(1, 500), (2, 503), (3, 200)]


def test_duplicates(standins: StandinsClient, gateway: Gateway) -> None:
    standins.switch(duplicates=2)
    standins.send_text(ANA, AMIGRO, "hola")
    standins.wait_for(lambda: len(gateway.received) == 3)

    assert len({item.raw for item in gateway.received}) == 1


def test_order_is_kept_as_a_rule(standins: StandinsClient, gateway: Gateway) -> None:
    for number in range(10):
        standins.send_text(ANA, AMIGRO, str(number))
    standins.wait_until_delivered()

    assert _texts(gateway) == [str(number) for number in range(10)]


def test_batches_and_shuffles(standins: StandinsClient, gateway: Gateway) -> None:
    standins.switch(batch=3, shuffle=True, hold_ms=300)
    for number in range(9):
        standins.send_text(ANA, AMIGRO, str(number))
    standins.wait_until_delivered()

    changes = [change for item in gateway.received for change in item.json["entry"][0]["changes"]]
    texts = [change["value"]["messages"][0]["text"]["body"] for change in changes]
    assert sorted(texts) == [str(number) for number in range(9)]
    assert len(gateway.received) < 9


def test_the_webhook_is_verified_as_meta_does(standins: StandinsClient, gateway: Gateway) -> None:
    assert standins.verify_webhook(AMIGRO)["verified"] is True
    assert standins.verify_webhook(AMIGRO, "wrong")["verified"] is False


def test_raw_values_are_signed_too(standins: StandinsClient, gateway: Gateway) -> None:
    standins.send_raw(AMIGRO, {"messages": [{"type": "strange"}]})
    standins.wait_until_delivered()

    assert gateway.received[0].value == {"messages": [{"type": "strange"}]}
    assert gateway.received[0].headers["X-Hub-Signature-256"].startswith("sha256=")


def test_shares_of_repetitions_and_of_what_is_overtaken(standins: StandinsClient, gateway: Gateway) -> None:
    """The fault suite's weather, turned up: everything comes twice, late, and in batches of any size."""
    standins.switch(duplicate_share=1.0, late_share=1.0, batch=5, batch_random=True, hold_ms=50)
    for number in range(12):
        standins.send_text(ANA, AMIGRO, str(number))
    standins.wait_until_delivered()

    changes = [change for item in gateway.received for change in item.json["entry"][0]["changes"]]
    texts = [change["value"]["messages"][0]["text"]["body"] for change in changes]
    assert sorted(texts) == sorted(str(number) for number in range(12) for _ in range(2))
    assert texts != sorted(texts, key=int)
