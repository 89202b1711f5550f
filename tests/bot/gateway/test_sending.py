"""What the outbox does beside sending: consent, the night, what must not go twice, a campaign in a reply's way."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot import reasons
from bot.channels import messenger_errors, slack_errors, whatsapp_errors
from contract.message import Message
from tests.bot.gateway.town import ME, Running, Town
from tests.standins.client import StandinsClient

EXECUTIVE = "telegram:huntred_executive"
AMIGRO = "whatsapp:amigro"


@pytest.fixture
def chat(town: Town, gateway: Running, standins: StandinsClient):
    standins.send_text(ME, EXECUTIVE, "hola")
    standins.wait_until_delivered()
    chat = town.row("SELECT id FROM chats")["id"]
    town.db.execute(
        "WITH v AS (INSERT INTO conversations (id, unit, chat_id, channel) VALUES (gen_random_uuid(),"
        " 'huntred_executive', %s, 'telegram') RETURNING id)"
        " UPDATE chats SET conversation_id = (SELECT id FROM v), due = NULL", (chat,),
    )  # fmt: skip
    return chat


def texts(standins: StandinsClient) -> list[str]:
    return [shown.text for shown in standins.messages(ME, EXECUTIVE)]


def agree(town: Town) -> None:
    town.db.execute("UPDATE conversations SET agreed = '{promotion}'")


def test_a_promotion_goes_only_to_who_agreed(town: Town, standins: StandinsClient, chat) -> None:
    refused = town.until_state(town.say(chat, Message("text", "oferta"), purpose="promotion"), "refused")
    assert refused["error_code"] == "no_consent" and "consentimiento" in refused["error"]
    agree(town)
    town.until_state(town.say(chat, Message("text", "oferta"), purpose="promotion"), "sent")
    assert texts(standins) == ["oferta"]


def test_at_night_a_promotion_waits_and_holds_up_nobody(
    town: Town, gateway: Running, standins: StandinsClient, chat
) -> None:
    agree(town)
    # All day but a minute, so that it is night whenever this runs.
    now = datetime.now(timezone.utc)
    hours = {
        "from": f"{now - timedelta(minutes=5):%H:%M}",
        "to": f"{now - timedelta(minutes=6):%H:%M}",
        "timezone": "UTC",
    }
    town.db.execute("UPDATE units SET settings = jsonb_set(settings, '{quiet_hours}', %s)", (_json(hours),))
    gateway.call(gateway.gateway.directory.refresh())
    promotion = town.say(chat, Message("text", "oferta"), purpose="promotion")
    held = town.until_state(promotion, "held")
    assert timedelta(hours=23) < held["due"] - now < timedelta(hours=24)
    town.until_state(town.say(chat, Message("text", "respuesta")), "sent")
    assert texts(standins) == ["respuesta"]
    hours = {"from": "00:00", "to": "00:00"}
    town.db.execute("UPDATE units SET settings = jsonb_set(settings, '{quiet_hours}', %s)", (_json(hours),))
    gateway.call(gateway.gateway.directory.refresh())
    town.db.execute("UPDATE outbox SET due = now() WHERE id = %s", (promotion,))
    town.until_state(promotion, "sent")


def _json(value: object) -> str:
    import json

    return json.dumps(value)


@pytest.mark.parametrize("purpose", ["payment", "signature", "promotion"])
def test_what_must_not_go_twice_is_shown_for_review(town: Town, standins: StandinsClient, chat, purpose: str) -> None:
    agree(town)
    standins.fail_next(1, "telegram", after_accept=True)
    row = town.until_state(town.say(chat, Message("text", "paga aquí"), purpose=purpose), "review")
    assert row["error_code"] == "outcome_unknown" and "No se sabe" in row["error"]
    town.until_state(town.say(chat, Message("text", "¿algo más?")), "sent")
    assert texts(standins) == ["paga aquí", "¿algo más?"]


def test_a_lost_reply_goes_once_more_and_no_more(town: Town, standins: StandinsClient, chat) -> None:
    standins.fail_next(2, "telegram", after_accept=True)
    row = town.until_state(town.say(chat, Message("text", "hola")), "failed")
    assert row["error_code"] and row["possible_duplicate"]
    assert texts(standins) == ["hola", "hola"]


@pytest.mark.parametrize(("begun", "state", "said"), [(False, "sent", ["paga"]), (True, "review", [])])
def test_a_killed_gateways_row_is_in_doubt_only_once_the_vendor_was_asked(
    town: Town, standins: StandinsClient, chat, begun: bool, state: str, said: list[str]
) -> None:
    row_id = town.say(
        chat,
        Message("text", "paga"),
        purpose="payment",
        state="sending",
        begun=begun,
        token=str(chat),
        due="2020-01-01",
    )
    row = town.until_state(row_id, state)
    assert texts(standins) == said and row["possible_duplicate"] is begun


def test_a_waiting_promotion_holds_up_no_reply_of_its_chat(town: Town, standins: StandinsClient, chat) -> None:
    agree(town)
    promotion = town.say(chat, Message("text", "oferta"), purpose="promotion", due="2030-01-01")
    town.until_state(town.say(chat, Message("text", "respuesta"), priority=10), "sent")
    assert town.outbox(promotion)["state"] == "waiting" and texts(standins) == ["respuesta"]


def test_a_status_settles_what_is_in_review(town: Town, gateway: Running, standins: StandinsClient) -> None:
    chat = town.chat(AMIGRO)
    row_id = town.say(chat, Message("text", "paga"), purpose="payment", state="review", vendor_id="wamid.1", begun=True)
    standins.send_raw(AMIGRO, {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": "100000000000101"},
        "statuses": [{"id": "wamid.1", "status": "delivered", "timestamp": "1772463600", "recipient_id": ME,
                      "biz_opaque_callback_data": str(row_id)}],
    })  # fmt: skip
    assert town.until_state(row_id, "delivered")["delivered_at"]


def test_outside_the_window_the_reason_names_a_template_that_would_fit(
    town: Town, gateway: Running, standins: StandinsClient
) -> None:
    for name, body, state in (
        ("larga", "{{1}} {{2}}", "APPROVED"),
        ("seguir", "¿Seguimos?", "APPROVED"),
        ("no", "x", "PAUSED"),
    ):
        town.db.execute(
            "INSERT INTO message_templates (id, unit, name, body, state) VALUES (gen_random_uuid(), 'amigro', %s, %s, %s)",
            (name, body, state),
        )
    row = town.until_state(
        town.say(town.chat(AMIGRO, spoke_ago=timedelta(days=2)), Message("text", "¿Sigues?")), "refused"
    )
    assert row["error_code"] == "outside_window" and "«seguir»" in row["error"]


def test_a_campaign_does_not_keep_a_reply_waiting(town: Town, gateway: Running, standins: StandinsClient, chat) -> None:
    """600 rows for a bot that sends 29 a second; nobody of them may be written to, so that nothing goes but the reply."""
    town.db.execute(
        "INSERT INTO chats (id, channel_account_id, channel, user_id, unit) SELECT gen_random_uuid(), channel_account_id,"
        " channel, n::text, unit FROM chats, generate_series(1, 600) n WHERE id = %s", (chat,),
    )  # fmt: skip
    town.db.execute(
        "INSERT INTO conversations (id, unit, chat_id, channel, agreed) SELECT gen_random_uuid(), unit, id, channel,"
        " '{promotion}' FROM chats WHERE id <> %s", (chat,),
    )  # fmt: skip
    town.db.execute(
        "INSERT INTO outbox (unit, conversation_id, chat_id, channel_account_id, channel, source, source_id, ord, purpose,"
        " payload) SELECT c.unit, v.id, c.id, c.channel_account_id, c.channel, 'campaign', c.id::text, 0, 'promotion',"
        """ '{"kind": "text", "text": "oferta"}' FROM chats c JOIN conversations v ON v.chat_id = c.id WHERE c.id <> %s""",
        (chat,),
    )
    town.db.execute("NOTIFY outbox")
    reply = town.say(chat, Message("text", "respuesta"), priority=10)
    town.until_state(reply, "sent")
    left = town.row("SELECT count(*) AS n FROM outbox WHERE purpose = 'promotion' AND state IN ('waiting', 'sending')")[
        "n"
    ]
    assert left > 400, "the reply went before most of the campaign"
    churned = town.row("SELECT count(*) AS n FROM outbox WHERE state = 'waiting' AND due IS NOT NULL")["n"]
    assert churned == 0, "what waits for its rate is left alone"


def test_every_code_that_a_channel_knows_has_a_reason_in_spanish() -> None:
    for channel, module in (("whatsapp", whatsapp_errors), ("messenger", messenger_errors), ("slack", slack_errors)):
        tables = [table for name, table in vars(module).items() if name.startswith("_") and not name.startswith("__")]
        codes = {str(code) for table in tables if isinstance(table, (set, dict)) for code in table}
        assert len(codes) > 15
        assert [code for code in sorted(codes) if not reasons.known(channel, code)] == [], channel
    assert reasons.say("instagram", "10/2018278") == reasons.say("messenger", "10/2018278")
    assert "código 999" in reasons.say("telegram", "999") and "nuevo" in reasons.say("x", "7", "algo nuevo")
