"""What the outbox sends by Messenger and Instagram, and what comes back about it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from bot.channels.connector import Outgoing
from bot.channels.instagram import InstagramSender
from bot.channels.messenger import MessengerSender, SendApi
from bot.channels.messenger_errors import of_answer
from bot.channels.meta_courtesies import Courtesies
from contract.ids import new_id
from contract.message import Message, Option
from tests.bot.gateway.town import Running, Town
from tests.standins.client import Shown, StandinsClient

ANA = "5550001112223"
MESSENGER, INSTAGRAM, BY_PAGE = "messenger:amigro", "instagram:amigro", "instagram:huntu"
ALL = [MESSENGER, INSTAGRAM, BY_PAGE]


@pytest.fixture
def account(request: pytest.FixtureRequest) -> str:
    return getattr(request, "param", MESSENGER)


@pytest.fixture
def chat(town: Town, gateway: Running, standins: StandinsClient, account: str) -> Iterator[UUID]:
    chat = town.chat(account, ANA)
    standins.send_text(ANA, account, "hola")
    standins.wait_until_delivered()
    yield chat
    assert standins.violations == []


def sent_texts(standins: StandinsClient, account: str) -> list[str]:
    return [shown.text for shown in standins.messages(ANA, account)]


@pytest.mark.parametrize("account", ALL, indirect=True)
def test_sent_delivered_and_read(town: Town, standins: StandinsClient, chat: UUID, account: str) -> None:
    row = town.until_state(town.say(chat, Message("text", "¡Hola!")), "read")
    shown = standins.last(ANA, account)
    assert (shown.text, shown.id) == ("¡Hola!", row["vendor_id"])
    assert shown.raw["messaging_type"] == "RESPONSE" and row["delivered_at"] and row["read_at"]


@pytest.mark.parametrize("account", [MESSENGER, INSTAGRAM], indirect=True)
def test_every_kind_of_message(town: Town, standins: StandinsClient, chat: UUID, account: str) -> None:
    two = (Option("a", "Sí"), Option("b", "No"))
    jobs = tuple(Option(f"job:{n}", f"Vacante {n}", "Monterrey · $12,000") for n in range(3))
    for message in (
        Message("buttons", "¿Seguimos?", two),
        Message("buttons", "Encontré estas vacantes", jobs),
        Message("link", "Sube tus datos aquí", url="https://example.mx/x", url_title="Completar mi perfil"),
        Message("image", "El mapa", url="https://example.mx/mapa.png"),
        Message("document", "Tu carta", url="https://example.mx/carta.pdf", filename="carta.pdf"),
        Message("multi_select", "¿Qué sabes hacer?", two),
        Message("location_request", "¿Dónde estás?"),
    ):
        last = town.say(chat, message)
    town.until_state(last, "sent", "delivered", "read")
    kinds = [shown.kind for shown in standins.messages(ANA, account)]
    drawn = {
        MESSENGER: ["buttons", "text", "cards", "link", "image", "text", "document", "text", "text", "text"],
        INSTAGRAM: ["quick_replies", "quick_replies", "text", "image", "text", "document", "text", "text", "text"],
    }
    assert kinds == drawn[account]


@pytest.mark.parametrize("account", [MESSENGER, INSTAGRAM], indirect=True)
def test_a_press_comes_back_with_the_id_that_was_given(
    town: Town, standins: StandinsClient, chat: UUID, account: str
) -> None:
    options = tuple(Option(f"job:{n}", f"Vacante {n}", "Monterrey") for n in range(15))
    row = town.until_state(town.say(chat, Message("buttons", "Elige", options)), "sent", "delivered", "read")
    first = options[1]
    standins.press(ANA, account, first.id)
    standins.wait_until_delivered()
    pressed = town.rows("SELECT * FROM inbox ORDER BY id DESC LIMIT 1")[0]
    assert (pressed["kind"], pressed["payload"]["option_id"]) == ("option", first.id)
    before = len(standins.messages(ANA, account))
    standins.press(ANA, account, "Más opciones")
    more: Shown = standins.wait_for_reply(ANA, account, "Vacante 14", before)
    assert more.options and town.rows("SELECT 1 FROM outbox WHERE source = 'page'")
    assert row["attempts"] == 0


def test_a_persons_own_words_carry_the_tag_beyond_a_day(town: Town, standins: StandinsClient, gateway: Running, chat: UUID) -> None:
    """The vendor refuses what the bot says after 24 h, and takes a consultant's words for 7 days."""
    async def nothing(part: int) -> None: ...

    account = gateway.call(gateway.gateway.directory.by_id(town.account(MESSENGER)))
    sender = gateway.gateway.sending._senders["messenger"]
    standins.advance(26 * 3600)

    def deliver(human: bool) -> str:
        row = Outgoing(
            1, account, "amigro", ANA, chat, Message("text", "sigo aquí"), 0, 0,
            town.row("SELECT now() AS now")["now"], human_agent=human,
        )  # fmt: skip
        return gateway.call(sender.deliver(row, nothing)).outcome

    assert deliver(True) == "sent"
    shown = standins.last(ANA, MESSENGER)
    assert (shown.raw["messaging_type"], shown.raw["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert deliver(False) == "refused"
    assert standins.violations[0]["kind"] == "window"
    standins.advance(6 * 86_400)
    assert deliver(True) == "refused"
    standins.reset()


def test_a_blocked_person_and_one_who_never_wrote(town: Town, standins: StandinsClient, chat: UUID) -> None:
    standins.block(ANA, MESSENGER)
    row = town.until_state(town.say(chat, Message("text", "x")), "failed")
    assert row["error_code"] == "551/1545041"
    standins.block(ANA, MESSENGER, False)
    stranger = town.chat(MESSENGER, "5559998887776")
    row = town.until_state(town.say(stranger, Message("text", "x")), "failed")
    assert row["error_code"] == "100/2018001"
    standins.reset()


@pytest.mark.parametrize(("status", "code"), [(400, 613), (400, 1200), (401, 190), (503, 2)])
def test_a_passing_trouble_is_tried_again(town: Town, standins: StandinsClient, chat: UUID, status: int, code: int) -> None:
    standins.fail_next(1, "messenger", status, code)
    number = town.say(chat, Message("text", "vuelve"))
    row = town.until(lambda: town.outbox(number)["attempts"] == 1 and town.outbox(number))
    assert row["error_code"] == str(code)
    if code == 190:  # a minute for whoever mends the token
        town.db.execute("UPDATE outbox SET due = now() WHERE id = %s", (number,))
        return
    town.until_state(number, "sent", "delivered", "read")
    assert sent_texts(standins, MESSENGER) == ["vuelve"]


def test_an_echo_settles_what_got_no_answer(town: Town, standins: StandinsClient, chat: UUID) -> None:
    """Accepted, and the answer lost: the echo names the outbox row, so it is not sent twice."""
    standins.fail_next(1, "messenger", after_accept=True)
    row = town.until_state(town.say(chat, Message("text", "una vez")), "read")
    assert sent_texts(standins, MESSENGER) == ["una vez"] and row["vendor_id"] == standins.last(ANA, MESSENGER).id


def test_a_watermark_moves_all_that_went_before_it_and_nothing_later(
    town: Town, standins: StandinsClient, chat: UUID
) -> None:
    standins.switch(statuses=False)
    rows = [town.say(chat, Message("text", f"m{n}")) for n in range(3)]
    done = [town.until_state(row, "sent") for row in rows]
    town.db.execute("UPDATE outbox SET created_at = created_at + interval '1 hour', sent_at = sent_at + interval '1 hour' WHERE id = %s", (rows[2],))
    at = int(done[1]["sent_at"].timestamp() * 1000) + 1
    person, page = {"id": ANA}, {"id": "300000000000301"}
    event = {"sender": person, "recipient": page, "timestamp": at}
    standins.send_raw(MESSENGER, {**event, "delivery": {"watermark": at}})
    standins.wait_until_delivered()
    assert [town.outbox(row)["state"] for row in rows] == ["delivered", "delivered", "sent"]
    standins.send_raw(MESSENGER, {**event, "read": {"watermark": at}})
    standins.wait_until_delivered()
    assert [town.outbox(row)["state"] for row in rows] == ["read", "read", "sent"]
    standins.send_raw(MESSENGER, {**event, "delivery": {"watermark": at}})
    standins.wait_until_delivered()
    assert [town.outbox(row)["state"] for row in rows] == ["read", "read", "sent"]


@pytest.mark.parametrize("account", [INSTAGRAM], indirect=True)
def test_reading_one_on_instagram_is_reading_those_before(town: Town, standins: StandinsClient, chat: UUID, account: str) -> None:
    standins.switch(statuses=False)
    rows = [town.say(chat, Message("text", f"m{n}")) for n in range(3)]
    done = [town.until_state(row, "sent") for row in rows]
    event = {"sender": {"id": ANA}, "recipient": {"id": "17841400000000401"}, "timestamp": 1}
    standins.send_raw(INSTAGRAM, {**event, "read": {"mid": done[1]["vendor_id"]}})
    standins.wait_until_delivered()
    assert [town.outbox(row)["state"] for row in rows] == ["read", "read", "sent"]


@pytest.mark.parametrize(
    ("status", "code", "subcode", "outcome", "wide"),
    [
        (400, 4, 0, "retry", True), (400, 32, 0, "retry", True), (400, 613, 0, "retry", True), (400, 80006, 0, "retry", True),
        (401, 190, 460, "retry", True), (403, 10, 0, "retry", True), (403, 10, 2018278, "refused", False),
        (400, 10, 2534022, "refused", False), (400, 200, 1545041, "failed", False), (400, 200, 2018108, "failed", False),
        (400, 551, 1545041, "failed", False), (400, 100, 2018001, "failed", False), (400, 100, 0, "failed", False),
        (400, 1200, 0, "retry", False), (500, 2, 0, "retry", False), (500, 1, 0, "unknown", False), (400, 100, 2018008, "failed", False),
        (500, 999, 0, "retry", False), (400, 999, 0, "failed", False),
    ],
)  # fmt: skip
def test_what_the_codes_mean(status: int, code: int, subcode: int, outcome: str, wide: bool) -> None:
    error = {"code": code, "error_subcode": subcode, "message": "why"}
    receipt = of_answer("Messenger", status, {"error": error}, 2)
    assert (receipt.outcome, receipt.account_wide) == (outcome, wide)
    assert receipt.code == (f"{code}/{subcode}" if subcode else str(code)) and receipt.reason


def test_an_answer_without_a_code() -> None:
    found = [of_answer("Messenger", status, {}, 0).outcome for status in (429, 500, 502, 404, 302)]
    assert found == ["retry", "unknown", "unknown", "failed", "unknown"]


@pytest.mark.parametrize("sender", [MessengerSender, InstagramSender])
def test_an_account_that_is_gone(gateway: Running, town: Town, sender: type[SendApi]) -> None:
    async def nothing(part: int) -> None: ...

    row = Outgoing(1, None, "amigro", ANA, new_id(), Message("text", "x"), 0, 0, town.row("SELECT now() AS now")["now"])
    made = sender(gateway.gateway.sending._senders["messenger"]._services)
    assert gateway.call(made.deliver(row, nothing)).code == "no_account"


@pytest.mark.parametrize("account", ALL)
def test_a_name_is_asked_for_once_and_typing_is_shown_while_the_bot_thinks(
    town: Town, standins: StandinsClient, gateway: Running, account: str
) -> None:
    standins.send_text(ANA, account, "hola", name="Renata Solís")
    town.until(lambda: town.rows("SELECT 1 FROM chats WHERE user_name = 'Renata Solís'"))
    town.until(lambda: [note for note in standins.notes if note["kind"] == "typing" and note["user"] == ANA])
    assert standins.violations == []


def test_nobody_seems_to_type_while_a_person_has_the_conversation(
    town: Town, standins: StandinsClient, gateway: Running
) -> None:
    chat = town.chat(MESSENGER, ANA)
    town.db.execute("UPDATE conversations SET handling = 'with_person' WHERE chat_id = %s", (chat,))
    standins.send_text(ANA, MESSENGER, "hola", name="Renata Solís")
    # The name comes after the question whether to show typing.
    town.until(lambda: town.rows("SELECT 1 FROM chats WHERE user_name = 'Renata Solís'"))
    assert [note for note in standins.notes if note["kind"] == "typing"] == []


def test_a_courtesy_that_fails_harms_nothing(town: Town, standins: StandinsClient, gateway: Running) -> None:
    town.chat(MESSENGER, ANA)
    account = gateway.call(gateway.gateway.directory.by_id(town.account(MESSENGER)))
    connector = next(one for one in gateway.gateway.connectors if one.name() == "messenger")
    nowhere = Courtesies(connector.services, lambda _: "http://127.0.0.1:1", lambda _: "http://127.0.0.1:1", "name")
    gateway.call(nowhere._to(account, ANA))
    assert town.row("SELECT user_name FROM chats")["user_name"] == ""
