"""Gates, rates, cleaning, tokens and what vendors' codes mean: no database, no network."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.arrivals import Arrival, PageTurn, arrival_or_page
from bot.channels import telegram, whatsapp_errors
from bot.cleaning import clean_inbound, mask_raw, storable
from bot.sessions import Tokens
from bot.window import Refuse, Send, Wait, decide
from contract.message import Inbound, Media, Message, TemplateUse
from contract.quiet_hours import QuietHours, of_unit

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=timezone.utc)
TEMPLATE = TemplateUse("aviso", "es_MX")


def gate(**values: object) -> Send | Wait | Refuse:
    asked = {
        "unit": "amigro", "channel": "whatsapp", "purpose": "reply", "message": Message("text", "x"), "opted_out": (),
        "last_inbound_at": NOW - timedelta(hours=1), "now": NOW, "source": "turn", "agreed": (),
        "quiet": of_unit({}), "handling": "bot", **values,
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


def test_free_text_outside_the_window_is_refused_where_there_is_one() -> None:
    late = {"last_inbound_at": NOW - timedelta(days=2)}
    found = gate(**late)
    assert isinstance(found, Refuse) and found.code == "outside_window"
    for channel in ("telegram", "slack", "x", "web", "email"):
        assert gate(channel=channel, **late) == Send()


@pytest.mark.parametrize("channel", ["messenger", "instagram"])
@pytest.mark.parametrize(
    ("ago", "source", "expected"),
    [
        (timedelta(hours=23), "turn", Send()),
        (timedelta(hours=23), "consultant", Send()),
        (timedelta(hours=25), "turn", Refuse("outside_window")),
        (timedelta(hours=25), "notice", Refuse("outside_window")),
        (timedelta(days=6, hours=23), "consultant", Send(human_agent=True)),
        (timedelta(days=7), "consultant", Refuse("outside_window")),
        (None, "consultant", Refuse("outside_window")),
    ],
)
def test_beyond_a_day_only_a_persons_own_words_go_for_a_week(
    channel: str, ago: timedelta | None, source: str, expected: Send | Refuse
) -> None:
    last = None if ago is None else NOW - ago
    # A template is WhatsApp's: it opens no window elsewhere.
    message = Message("text", "x", template=TEMPLATE)
    assert gate(channel=channel, source=source, last_inbound_at=last, message=message) == expected


@pytest.mark.parametrize("channel", ["whatsapp", "telegram", "messenger", "email"])
def test_a_promotion_needs_a_yes(channel: str) -> None:
    assert gate(channel=channel, purpose="promotion") == Refuse("no_consent")
    assert gate(channel=channel, purpose="promotion", agreed=["promotion"]) == Send()
    assert gate(purpose="promotion", agreed=["promotion"], opted_out=["promotion"]) == Refuse("opted_out")


@pytest.mark.parametrize("handling", ["queued", "with_person"])
def test_no_promotion_interrupts_a_person_of_the_team(handling: str) -> None:
    assert gate(purpose="promotion", agreed=["promotion"], handling=handling) == Wait(NOW + timedelta(minutes=15))
    for purpose in ("reply", "notice", "code"):
        assert gate(purpose=purpose, handling=handling) == Send(), "an interview's reminder still goes"
    for handling in ("bot", "closed", ""):
        assert gate(purpose="promotion", agreed=["promotion"], handling=handling) == Send()


@pytest.mark.parametrize(
    ("utc", "until"),
    [
        ("2026-03-03T02:59", None),  # 20:59 in Mexico City
        ("2026-03-03T03:00", "2026-03-03T14:00"),
        ("2026-03-03T06:30", "2026-03-03T14:00"),
        ("2026-03-03T13:59", "2026-03-03T14:00"),
        ("2026-03-03T14:00", None),
    ],
)
def test_promotions_wait_out_the_night(utc: str, until: str | None) -> None:
    now = datetime.fromisoformat(f"{utc}:00+00:00")
    yes = {"agreed": ["promotion"], "now": now, "last_inbound_at": now}
    expected = Send() if until is None else Wait(datetime.fromisoformat(f"{until}:00+00:00"))
    assert gate(purpose="promotion", **yes) == expected
    for purpose in ("reply", "notice", "code", "payment", "signature"):
        assert gate(purpose=purpose, **yes) == Send()


def test_a_unit_has_its_own_quiet_hours() -> None:
    siesta = of_unit({"quiet_hours": {"from": "14:00", "to": "16:30", "timezone": "America/Tijuana"}})
    at = datetime(2026, 3, 2, 22, 30, tzinfo=timezone.utc)
    assert siesta.until(at) == datetime(2026, 3, 3, 0, 30, tzinfo=timezone.utc)
    assert siesta.until(at + timedelta(hours=2)) is None
    assert of_unit({"quiet_hours": {"from": "00:00", "to": "00:00"}}).until(at) is None
    wrong = of_unit({"quiet_hours": {"from": "late", "timezone": "Mars/Olympus", "purposes": 3}})
    assert wrong == of_unit({}) and isinstance(wrong, QuietHours)
    also = of_unit({"quiet_hours": {"purposes": ["promotion", "notice"]}})
    night = datetime(2026, 3, 3, 6, 0, tzinfo=timezone.utc)
    assert isinstance(gate(purpose="notice", quiet=also, now=night, last_inbound_at=night), Wait)


def test_an_opt_out_holds_for_its_purpose_and_channel() -> None:
    assert isinstance(gate(purpose="notice", opted_out=["notice"]), Refuse)
    assert gate(purpose="notice", opted_out=["promotion"]) == Send()
    assert gate(purpose="reply", opted_out=["notice", "promotion"]) == Send()
    assert gate(purpose="notice", opted_out=["notice"], channel="email") == Send()


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
