"""Gates, rates, cleaning, tokens and what vendors' codes mean: no database, no network."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.arrivals import Arrival, PageTurn, arrival_or_page
from bot.channels import telegram, whatsapp_errors
from bot.cleaning import clean_inbound, mask_raw, storable
from bot.rates import Rates
from bot.sessions import Tokens
from bot.window import Refuse, Send, decide
from contract.message import Inbound, Media, Message, TemplateUse

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=timezone.utc)
TEMPLATE = TemplateUse("aviso", "es_MX")


def gate(**values: object) -> Send | Refuse:
    asked = {
        "unit": "amigro", "channel": "whatsapp", "purpose": "reply", "message": Message("text", "x"), "opted_out": (),
        "last_inbound_at": NOW - timedelta(hours=1), "now": NOW, **values,
    }  # fmt: skip
    return decide(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "instagram", "slack"])
@pytest.mark.parametrize("purpose", ["reply", "notice", "code"])
def test_sexsi_has_telegram_web_and_mail_only(channel: str, purpose: str) -> None:
    found = gate(unit="sexsi", channel=channel, purpose=purpose, message=Message("text", "x", template=TEMPLATE))
    assert isinstance(found, Refuse) and found.code == "channel_forbidden"


@pytest.mark.parametrize("channel", ["telegram", "web", "email"])
def test_sexsi_may_use_these(channel: str) -> None:
    assert gate(unit="sexsi", channel=channel) == Send()


@pytest.mark.parametrize(
    ("ago", "template", "expected"),
    [
        (timedelta(hours=23), None, Send()),
        (timedelta(hours=23), TEMPLATE, Send()),
        (timedelta(hours=24), TEMPLATE, Send(as_template=True)),
        (timedelta(hours=23, minutes=59, seconds=45), TEMPLATE, Send(as_template=True)),
        (None, TEMPLATE, Send(as_template=True)),
    ],
)
def test_the_window_decides_between_text_and_template(
    ago: timedelta | None, template: TemplateUse | None, expected: Send
) -> None:
    last = None if ago is None else NOW - ago
    assert gate(last_inbound_at=last, message=Message("text", "x", template=template)) == expected


def test_free_text_outside_the_window_is_refused_on_whatsapp_only() -> None:
    late = {"last_inbound_at": NOW - timedelta(days=2)}
    found = gate(**late)
    assert isinstance(found, Refuse) and found.code == "outside_window"
    assert gate(channel="telegram", **late) == Send()


def test_an_opt_out_holds_for_its_purpose_and_channel() -> None:
    assert isinstance(gate(purpose="notice", opted_out=["notice"]), Refuse)
    assert gate(purpose="notice", opted_out=["promotion"]) == Send()
    assert gate(purpose="reply", opted_out=["notice", "promotion"]) == Send()
    assert gate(purpose="notice", opted_out=["notice"], channel="email") == Send()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_pair_gets_its_burst_and_then_one_in_six_seconds() -> None:
    clock = Clock()
    rates = Rates(clock)
    sent = 0
    for _ in range(60):
        if rates.wait("whatsapp", "n", "p") == 0:
            rates.take("whatsapp", "n", "p")
            sent += 1
        clock.now += 0.1
    assert sent == 44
    assert 0 < rates.wait("whatsapp", "n", "p") <= 6.05
    assert rates.wait("whatsapp", "n", "other") == 0
    clock.now += 6.1
    assert rates.wait("whatsapp", "n", "p") == 0


def test_a_number_never_exceeds_eighty_a_second() -> None:
    clock = Clock()
    rates = Rates(clock)
    sent: list[float] = []
    person = 0
    while clock.now < 5:
        person += 1
        if rates.wait("whatsapp", "n", str(person)) == 0:
            rates.take("whatsapp", "n", str(person))
            sent.append(clock.now)
        clock.now += 0.002
    steady = [at for at in sent if at >= 1]
    assert max(sum(1 for at in steady if start <= at < start + 1) for start in steady) <= 80
    assert len(steady) > 300


def test_telegram_waits_from_the_answer_on() -> None:
    clock = Clock()
    rates = Rates(clock)
    rates.take("telegram", "b", "p")
    clock.now = 0.9  # a slow request
    rates.answered("telegram", "b", "p")
    assert rates.wait("telegram", "b", "p") == pytest.approx(1.02)


def test_a_paused_account_waits_and_others_do_not() -> None:
    clock = Clock()
    rates = Rates(clock)
    rates.pause("n", 30)
    assert rates.wait("whatsapp", "n", "p") == 30 and rates.wait("whatsapp", "m", "p") == 0
    assert rates.wait("web", "w", "p") == 0


@pytest.mark.parametrize(
    ("status", "code", "outcome", "after", "wide"),
    [
        (400, 131056, "retry", 16.0, False),
        (400, 130429, "retry", 4.0, True),
        (429, 80007, "retry", 4.0, True),
        (401, 190, "retry", 60.0, True),
        (500, 131000, "retry", 0.0, False),
        (503, 131016, "retry", 0.0, False),
        (400, 131026, "failed", 0.0, False),
        (400, 132001, "failed", 0.0, False),
        (400, 131047, "refused", 0.0, False),
        (400, 999999, "failed", 0.0, False),
    ],
)
def test_what_whatsapps_codes_mean(status: int, code: int, outcome: str, after: float, wide: bool) -> None:
    body = {"error": {"code": code, "message": "m", "error_data": {"details": "d"}}}
    receipt = whatsapp_errors.of_answer(status, body, attempts=2)
    assert (receipt.outcome, receipt.after, receipt.account_wide) == (outcome, after, wide)
    assert receipt.code == str(code) and receipt.reason


@pytest.mark.parametrize(("status", "outcome"), [(500, "unknown"), (200, "unknown"), (429, "retry"), (404, "failed")])
def test_an_answer_without_a_code(status: int, outcome: str) -> None:
    assert whatsapp_errors.of_answer(status, None, 0).outcome == outcome


@pytest.mark.parametrize(
    ("status", "body", "outcome", "after"),
    [
        (429, {"error_code": 429, "parameters": {"retry_after": 7}}, "retry", 7.1),
        (401, {"error_code": 401}, "retry", 60.0),
        (403, {"error_code": 403, "description": "blocked"}, "failed", 0.0),
        (400, {"error_code": 400, "description": "bad"}, "failed", 0.0),
        (502, {}, "unknown", 0.0),
        (418, {}, "failed", 0.0),
    ],
)
def test_what_telegrams_answers_mean(status: int, body: dict, outcome: str, after: float) -> None:
    receipt = telegram.of_answer(status, body)
    assert (receipt.outcome, receipt.after) == (outcome, after)


def test_text_is_cleaned_before_it_is_kept() -> None:
    media = Media("m1", caption="mi RFC es GOMC900514AB1", filename="GOMC900514HDFRRN09.pdf")
    found = clean_inbound(Inbound("document", text=" //restart", media=media))
    assert found.text == "restart" and found.media is not None
    assert found.media.caption == "mi RFC es [RFC]" and found.media.filename == "[CURP].pdf"
    assert clean_inbound(Inbound("option", text="/x", option_id="/x")).option_id == "/x"


def test_only_what_was_typed_is_masked_in_the_vendors_event() -> None:
    raw = {"id": "4111111111111111", "text": {"body": "4111 1111 1111 1111"}, "list": [{"caption": "GOMC900514AB1"}]}
    assert mask_raw(raw) == {"id": "4111111111111111", "text": {"body": "[TARJETA]"}, "list": [{"caption": "[RFC]"}]}


def test_what_jsonb_refuses_is_taken_out() -> None:
    odd = {"a\x00": ["x\ud83d", float("nan"), 1.5, None, True], "emoji": "👩🏽‍🏭"}
    assert storable(odd) == {"a": ["x\ufffd", None, 1.5, None, True], "emoji": "👩🏽‍🏭"}


@pytest.mark.parametrize("option", ["more:", "more:x:1", "more:1", "more:1:x", "more:1:99999", "more:²:1", "otra"])
def test_only_a_well_formed_press_turns_a_page(option: str) -> None:
    arrival = Arrival(None, "u", "v", Inbound("option", option_id=option))  # type: ignore[arg-type]
    assert arrival_or_page(arrival) is arrival
    turned = arrival_or_page(Arrival(None, "u", "v", Inbound("option", option_id="more:12:9")))  # type: ignore[arg-type]
    assert isinstance(turned, PageTurn) and (turned.outbox_id, turned.start) == (12, 9)


def test_a_token_is_bound_to_widget_and_secret() -> None:
    tokens = Tokens("a-secret-of-16-chars")
    token = tokens.issue("amigro-web", "u1")
    assert tokens.read(token, "amigro-web") == "u1"
    assert tokens.read(token, "huntu-web") is None
    assert Tokens("another-secret-16-ch").read(token, "amigro-web") is None
    for broken in ("", ".", "é.é", token[:-1], f"x{token}"):
        assert tokens.read(broken, "amigro-web") is None
