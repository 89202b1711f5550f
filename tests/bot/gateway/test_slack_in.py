"""What Slack brings: each kind of event, signatures, replays and retries."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from prometheus_client import REGISTRY

from bot.channels.slack_events import plain_text
from contract.message import Message, Option
from tests.bot.gateway import files
from tests.bot.gateway.town import Running, Town
from tests.standins.client import StandinsClient

HUNTRED = "slack:huntred"
ME = "700100200"
HOOK = "/webhooks/slack/demo_huntred/webhook"
SECRET = "demo-signing-secret-huntred"
TEAM = "T0DEMO003"


def signed(raw: bytes, *, secret: str = SECRET, at: float | None = None, **headers: str) -> dict[str, str]:
    sent_at = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{sent_at}:".encode() + raw, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": sent_at, "X-Slack-Signature": f"v0={digest}",
            "Content-Type": "application/json", **headers}  # fmt: skip


def event(ts: str = "1790000000.000100", team: str = TEAM, **fields: Any) -> bytes:
    told = {"type": "message", "channel": "D5", "channel_type": "im", "user": "U5", "text": "hola", "ts": ts, **fields}
    body = {"type": "event_callback", "team_id": team, "api_app_id": "A1", "event_id": f"Ev{ts}", "event": told}
    return json.dumps(body).encode()


def post(town: Town, raw: bytes, headers: dict[str, str] | None = None, path: str = HOOK) -> httpx.Response:
    return httpx.post(town.url + path, content=raw, headers=signed(raw) if headers is None else headers)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"channel": "slack", **labels}) or 0.0


def refused(reason: str) -> float:
    return counted("gateway_refused_webhooks_total", reason=reason)


def test_the_challenge_is_answered_to_whom_signs(town: Town, gateway: Running) -> None:
    raw = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
    answer = post(town, raw)
    assert (answer.status_code, answer.text) == (200, "3eZbrw1aB")
    assert post(town, raw, signed(raw, secret="demo-signing-secret-huntred_solutions")).status_code == 403


def test_only_the_apps_own_fresh_signature_opens_the_door(town: Town, gateway: Running) -> None:
    raw = event()
    before = {reason: refused(reason) for reason in ("unsigned", "forged", "stale", "unknown_app")}
    assert post(town, raw, {}).status_code == 401
    without_time = {key: value for key, value in signed(raw).items() if key != "X-Slack-Request-Timestamp"}
    assert post(town, raw, without_time).status_code == 401
    assert post(town, raw, signed(raw, secret="another")).status_code == 403
    assert post(town, raw, signed(raw + b" ")).status_code == 403
    assert post(town, raw, {**signed(raw), "X-Slack-Request-Timestamp": str(int(time.time()) + 1)}).status_code == 403
    assert post(town, raw, {**signed(raw), "X-Slack-Request-Timestamp": "now"}).status_code == 403
    assert post(town, raw, signed(raw, secret="demo-signing-secret-huntred_executive")).status_code == 403
    assert post(town, raw, signed(raw, at=time.time() - 301)).status_code == 403
    assert post(town, raw, signed(raw, at=time.time() + 310)).status_code == 403
    assert post(town, raw, path="/webhooks/slack/nobody/webhook").status_code == 404
    assert town.inbox() == []
    grown = {reason: refused(reason) - before[reason] for reason in before}
    assert grown == {"unsigned": 2, "forged": 5, "stale": 2, "unknown_app": 1}
    assert post(town, raw, signed(raw, at=time.time() - 290)).status_code == 200
    assert len(town.inbox()) == 1


def test_what_is_brought_again_is_stored_once_and_counted(town: Town, gateway: Running) -> None:
    raw = event()
    before = counted("gateway_brought_again_total", reason="http_timeout")
    post(town, raw)
    again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert post(town, raw, signed(raw, **again)).status_code == 200
    row = town.row("SELECT kind, vendor_id, vendor_at FROM inbox")
    assert row["vendor_id"] == "D5:1790000000.000100"
    assert row["vendor_at"] == datetime.fromtimestamp(1790000000, timezone.utc).replace(microsecond=100)
    assert counted("gateway_brought_again_total", reason="http_timeout") == before + 1


def test_an_outage_is_bridged_by_slacks_own_retries(town: Town, gateway: Running, standins: StandinsClient) -> None:
    """At once, after a minute, after five: here a hundred times faster."""
    standins.switch(slack_retry_scale=0.005)
    nowhere = town.db.execute("UPDATE channel_apps SET name = 'away' WHERE channel = 'slack' AND name = 'demo_huntred'")
    assert nowhere.rowcount == 1
    gateway.call(gateway.gateway.directory.refresh())
    standins.send_text(ME, HUNTRED, "hola")
    town.until(lambda: len(standins.deliveries) >= 2)
    town.db.execute("UPDATE channel_apps SET name = 'demo_huntred' WHERE channel = 'slack' AND name = 'away'")
    standins.wait_until_delivered()
    assert standins.deliveries[-1]["status"] == 200
    assert [row["payload"]["text"] for row in town.inbox()] == ["hola"]


def test_a_workspace_of_another_app_is_put_aside(town: Town, gateway: Running) -> None:
    for team in ("T0DEMO005", "T0NOBODY"):
        assert post(town, event(team=team)).status_code == 200
    assert town.inbox() == []
    reasons = [row["reason"] for row in town.rows("SELECT reason FROM quarantine ORDER BY id")]
    assert "another app" in reasons[0] and "no active workspace" in reasons[1]


def test_every_kind_is_understood(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.open_chat(ME, HUNTRED)
    standins.open_chat(ME, HUNTRED)
    first = standins.send_text(ME, HUNTRED, "busco algo & <rápido>", name="Ana López")
    standins.edit(ME, HUNTRED, first.id, "busco una dirección")
    standins.react(ME, HUNTRED, first.id, "thumbsup")
    other = standins.send_text(ME, HUNTRED, "esto no")
    standins.delete(ME, HUNTRED, other.id)
    for kind, content_type in (("image", "image/png"), ("audio", "audio/mp4"), ("video", "video/mp4"),
                               ("document", "application/pdf")):  # fmt: skip
        standins.send_file(ME, HUNTRED, kind, b"....", content_type, f"a.{kind}", "mira")
    standins.wait_until_delivered()
    found = {row["kind"]: row for row in town.inbox()}
    assert [row["kind"] for row in town.inbox()].count("opened") == 1
    assert set(found) == {"opened", "text", "edited", "reaction", "deleted", "image", "audio", "video", "document"}
    texts = [row["payload"]["text"] for row in town.inbox() if row["kind"] == "text"]
    assert texts == ["busco algo & <rápido>", "esto no"]
    assert found["edited"]["payload"] == {"kind": "edited", "text": "busco una dirección", "about": first.id}
    assert found["reaction"]["payload"] == {"kind": "reaction", "text": ":thumbsup:", "about": first.id}
    assert found["deleted"]["payload"] == {"kind": "deleted", "about": other.id}
    media = found["document"]["payload"]["media"]
    assert (media["filename"], media["content_type"], media["size"]) == ("a.document", "application/pdf", 4)
    assert media["url"].endswith(media["vendor_id"]) and found["document"]["payload"]["text"] == "mira"
    assert town.row("SELECT unit, user_id FROM chats") == {"unit": "huntred", "user_id": f"U{ME}"}
    assert town.rows("SELECT reason FROM quarantine") == []


def test_a_file_is_fetched_with_the_bots_token(town: Town, gateway: Running, standins: StandinsClient) -> None:
    standins.send_file(ME, HUNTRED, "document", files.PDF, "application/pdf", "cv.pdf", "mi CV")
    town.until(lambda: town.rows("SELECT 1 FROM media WHERE state <> 'waiting'"))
    row = town.row("SELECT state, reason, content_type, claimed_name FROM media")
    assert (row["state"], row["content_type"], row["claimed_name"]) == ("stored", "application/pdf", "cv.pdf"), row


def test_several_files_in_one_message_are_several_rows(town: Town, gateway: Running) -> None:
    sent = [{"id": "F1", "mimetype": "image/png", "name": "1.png"}, {"id": "F2", "mimetype": "application/pdf"},
             {"id": "F3", "mode": "tombstone"}]  # fmt: skip
    assert post(town, event(subtype="file_share", files=sent, text="mi CV")).status_code == 200
    rows = [(row["kind"], row["payload"].get("text", "")) for row in town.inbox()]
    assert rows == [("image", "mi CV"), ("document", ""), ("unknown", "")]


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B1"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"type": "app_mention"},
        {"type": "app_home_opened", "tab": "home"},
        {"subtype": "message_changed", "message": {"ts": "1", "text": "x", "bot_id": "B1", "user": "U9", "edited": {}}},
        {"subtype": "message_changed", "message": {"ts": "1", "text": "a", "user": "U5", "attachments": [{}]},
         "previous_message": {"ts": "1", "text": "a", "user": "U5"}},
        {"subtype": "message_deleted", "deleted_ts": "1", "previous_message": {"user": "U9", "bot_id": "B1"}},
        {"type": "reaction_added", "reaction": "eyes", "item": {"type": "message", "channel": "C9", "ts": "1"}},
    ],
    ids=["own", "own_subtype", "mention", "home_tab", "own_changed", "unfurled", "own_deleted", "channel_reaction"],
)  # fmt: skip
def test_what_no_person_said_to_us_needs_nothing(town: Town, gateway: Running, fields: dict[str, Any]) -> None:
    assert post(town, event(**fields)).status_code == 200
    assert town.inbox() == [] and town.rows("SELECT 1 FROM quarantine") == []


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (event(channel="C1", channel_type="channel"), "not a direct message"),
        (event(type="team_join"), "team_join is not read"),
        (b"{", "JSONDecodeError"),
        (b"[]", "AttributeError"),
        (json.dumps({"type": "event_callback", "team_id": TEAM, "event": {}}).encode(), "KeyError"),
    ],
)
def test_what_cannot_be_read_is_kept(town: Town, gateway: Running, raw: bytes, reason: str) -> None:
    assert post(town, raw).status_code == 200
    assert town.inbox() == [] and reason in town.row("SELECT reason FROM quarantine")["reason"]


def test_another_subtype_is_said_to_be_unreadable(town: Town, gateway: Running) -> None:
    assert post(town, event(subtype="reminder_add")).status_code == 200
    row = town.row("SELECT kind, payload FROM inbox")
    assert row["kind"] == "unknown" and row["payload"]["values"]["vendor_kind"] == "message.reminder_add"


@pytest.fixture
def chat(town: Town, gateway: Running, standins: StandinsClient):
    standins.send_text(ME, HUNTRED, "hola", name="Ana López")
    standins.wait_until_delivered()
    yield town.row("SELECT id FROM chats")["id"]
    assert standins.violations == []


def test_buttons_lists_and_boxes_are_pressed(town: Town, chat, standins: StandinsClient) -> None:
    options = (Option("si", "Sí"), Option("no", "No"))
    row = town.until_state(town.say(chat, Message("buttons", "¿Seguimos?", options=options)), "sent")
    shown = standins.last(ME, HUNTRED)
    assert row["vendor_id"] == shown.id and shown.titles == ["Sí", "No"]
    standins.press(ME, HUNTRED, "Sí")
    jobs = tuple(Option(f"v{n}", f"Vacante {n}", "Monterrey") for n in range(1, 15))
    town.until_state(town.say(chat, Message("buttons", "Vacantes", options=jobs)), "sent")
    standins.press(ME, HUNTRED, "Vacante 12")
    skills = tuple(Option(f"s{n}", f"Habilidad {n}") for n in range(1, 13))
    town.until_state(town.say(chat, Message("multi_select", "¿Qué sabes hacer?", options=skills)), "sent")
    for title in ("Habilidad 12", "Habilidad 2", "Habilidad 5", "Habilidad 5"):
        standins.press(ME, HUNTRED, title)
    standins.press(ME, HUNTRED, "Listo")
    standins.wait_until_delivered()
    rows = [(row["kind"], row["payload"].get("option_id", ""), row["payload"]["text"]) for row in town.inbox()[1:]]
    assert rows == [("option", "si", "Sí"), ("option", "v12", "Vacante 12"), ("text", "", "2, 12")]
    assert town.inbox()[1]["payload"]["about"] == shown.id
    assert town.row("SELECT user_name FROM chats")["user_name"] == "Ana López"


def test_pages_of_a_long_list(town: Town, chat, standins: StandinsClient) -> None:
    options = tuple(Option(f"v{n}", f"Vacante {n}", "Monterrey") for n in range(1, 131))
    town.until_state(town.say(chat, Message("buttons", "Vacantes", options=options)), "sent")
    assert len(standins.last(ME, HUNTRED).options) == 100
    standins.press(ME, HUNTRED, "Más opciones")
    page = standins.wait_for_reply(ME, HUNTRED, "Vacante 130", after=1)
    assert page.options[0].id == "v100" and len(page.options) == 31


def test_the_second_path_takes_presses_too_and_no_other_interactivity(town: Town, gateway: Running) -> None:
    action = {"type": "button", "action_id": "pick:1", "value": "si", "text": {"text": "S&amp;í"},
              "action_ts": "1790000001.5"}  # fmt: skip
    payload = {"type": "block_actions", "team": None, "user": {"id": "U5", "team_id": TEAM},
               "container": {"channel_id": "D5", "message_ts": "1.2"}, "actions": [action]}  # fmt: skip
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (payload, payload, {**payload, "type": "shortcut"}, {"type": "block_actions"}):
        raw = urlencode({"payload": json.dumps(body)}).encode()
        path = "/webhooks/slack/demo_huntred/interactive"
        assert post(town, raw, signed(raw, **form), path).status_code == 200
    row = town.row("SELECT payload, vendor_at FROM inbox")
    assert row["payload"] == {"kind": "option", "option_id": "si", "text": "S&í", "about": "D5:1.2"}
    assert row["vendor_at"] == datetime.fromtimestamp(1790000001.5, timezone.utc)
    assert [row["reason"].split()[0] for row in town.rows("SELECT reason FROM quarantine")] == ["interactivity", "cannot"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<https://a.mx/x?a=1&amp;b=2>", "https://a.mx/x?a=1&b=2"),
        ("ve <http://a.mx|a.mx> ya", "ve a.mx (http://a.mx) ya"),
        ("<mailto:ana@a.mx|ana@a.mx>", "ana@a.mx"),
        ("<@U0BOT> hola", "hola"),
        ("<@U1|ana> y <#C1|ventas>", "@ana y @ventas"),
        ("2 &lt; 3 &amp;&amp; 4 &gt; 1", "2 < 3 && 4 > 1"),
        ("&lt;b&gt;", "<b>"),
        (None, ""),
    ],
)
def test_slacks_marks_are_read_as_people_wrote_them(written: str | None, read: str) -> None:
    assert plain_text(written) == read
