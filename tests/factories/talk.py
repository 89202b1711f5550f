"""A conversation with the real action server, as Rasa would lead it by the unit's rules and the forms.

    talk = talk("amigro")
    talk.says("hola", "greet")                  a message, as the understanding would have read it
    talk.picks("Sí, acepto")                    a button of what was offered last
    talk.heard                                  the names of the responses of the last turn
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from actions.server import create_app
from huntred.matching.nearest import Nearest
from huntred.matching.ports import Ranker
from ml.embeddings.index import index_of
from ml.embeddings.registry import embedder
from tests.bed import ROOT
from tests.factories.desk import Desk
from tests.factories.texts import read_yaml

SECRET = "a secret of the action server"
_keys = itertools.count(1)


@functools.cache
def _rules(unit: str) -> tuple[dict[str, str], dict[str, str]]:
    """What follows an intent and a form: the shared rules, and the unit's own in the place of those."""
    by_intent: dict[str, str] = {}
    after_form: dict[str, str] = {}
    files = [file for part in ("shared", unit) for file in sorted((ROOT / "data" / part).glob("rules*.yml"))]
    for file in files:
        for rule in read_yaml(file)["rules"]:
            action = rule["steps"][-1]["action"]
            if "intent" in rule["steps"][0]:
                by_intent[rule["steps"][0]["intent"]] = action
            else:
                after_form[rule["steps"][0]["action"]] = action
    return by_intent, after_form


@functools.cache
def _responses(unit: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for folder in ("shared", unit):
        for file in sorted((ROOT / "domain" / folder).glob("*.yml")):
            found.update((read_yaml(file) or {}).get("responses") or {})
    return found


class Client:
    """Calls an ASGI app as over the network, and waits for the answer."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def post(self, path: str, **call: Any) -> httpx.Response:
        return self._request("POST", path, **call)

    def get(self, path: str) -> httpx.Response:
        return self._request("GET", path)

    def _request(self, method: str, path: str, **call: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://actions.test") as client:
                return await client.request(method, path, **call)

        return asyncio.run(send())


@dataclass
class Talk:
    """One conversation. slots, form: as Rasa's tracker would hold them."""

    client: Client
    sender: str
    channel: str
    slots: dict[str, Any] = field(default_factory=dict)
    form: str | None = None
    # Of whose campaign the next message carries the code, which the turn has cut out of it.
    campaign: str = ""
    replies: list[dict[str, Any]] = field(default_factory=list)
    offered: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        unit = self.sender.partition(":")[0]
        self.by_intent, self.after_form = _rules(unit)
        self.texts = _responses(unit)

    @property
    def heard(self) -> list[str]:
        return [reply["response"] for reply in self.replies]

    def value(self, response: str, name: str) -> Any:
        """What a response of the last turn was filled with."""
        return next(reply[name] for reply in self.replies if reply["response"] == response)

    @property
    def titles(self) -> list[str]:
        return [button["title"] for button in self.offered]

    def says(self, text: str, intent: str, confidence: float = 0.95, **entities: Any) -> list[str]:
        found = [
            {"entity": name, "value": one, "extractor": "CRFEntityExtractor"}
            for name, value in entities.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        ranking = [{"name": intent, "confidence": confidence}, {"name": "other", "confidence": 0.01}]
        return self._turn(
            {"text": text, "intent": ranking[0], "entities": found, "intent_ranking": ranking, "metadata": self._metadata()}
        )

    def _metadata(self) -> dict[str, Any]:
        told, self.campaign = ({"campaign": self.campaign} if self.campaign else {}), ""
        return told

    def picks(self, title: str) -> list[str]:
        """Press a button by its title, or the start of it."""
        button = next(button for button in self.offered if button["title"].startswith(title))
        return self.presses(button["payload"], button["title"])

    def presses(self, payload: str, title: str = "") -> list[str]:
        intent, brace, rest = payload[1:].partition("{")
        entities = json.loads("{" + rest) if brace else {}
        return self.event(intent, title, **entities)

    def event(self, intent: str, text: str | None = None, **entities: Any) -> list[str]:
        """What came without words, or was pressed: the intent is certain."""
        found = [{"entity": name, "value": value, "extractor": "offered"} for name, value in entities.items()]
        sure = {"name": intent, "confidence": 1.0}
        return self._turn(
            {"text": text, "intent": sure, "entities": found, "intent_ranking": [sure], "metadata": self._metadata()}
        )

    def call(self, action: str, message: dict[str, Any], *, key: str = "", **changes: Any) -> Any:
        """POST one action; nothing of the reply is taken over."""
        body = {
            "next_action": action,
            "sender_id": self.sender,
            "domain": {},
            "turn": {"channel": self.channel},
            "tracker": {
                "sender_id": self.sender, "slots": dict(self.slots), "latest_message": message, "events": [],
                "paused": False, "followup_action": None, "latest_action_name": None,
                "active_loop": {"name": self.form} if self.form else {},
            },
        } | changes  # fmt: skip
        headers = {"X-Actions-Secret": SECRET, "Idempotency-Key": key or f"{next(_keys)}:1:{action}"}
        return self.client.post("/webhook", json=body, headers=headers)

    def _turn(self, message: dict[str, Any]) -> list[str]:
        self.replies = []
        intent = message["intent"]["name"]
        if self.form is None or not self._step(message):
            action = self.by_intent[intent]
            if action.startswith("utter_"):
                self.replies.append({"response": action, "buttons": []})
            else:
                self._run(action, message)
        while self.form and "requested_slot" not in self.slots:
            self._step(message)  # a form that has just begun asks in this same turn
        self._offer()
        return self.heard

    def _step(self, message: dict[str, Any]) -> bool:
        """One step of the active form; False where it rejects."""
        form = self.form
        events = self._run(f"validate_{form}", message)
        if not events:
            return False
        if self.slots.get("requested_slot") is None:
            self.form = None
            self.slots.pop("requested_slot", None)
            self._run(self.after_form[str(form)], message)
        return True

    def _run(self, action: str, message: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.call(action, message)
        assert answer.status_code == 200, answer.text
        reply = answer.json()
        self.replies += reply["responses"]
        for event in reply["events"]:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.form = event["name"]
                self.slots.pop("requested_slot", None)
        if self.slots.get("requested_slot", 0) is None and self.form is None:
            self.slots.pop("requested_slot")
        return list(reply["events"])

    def _offer(self) -> None:
        self.offered = []
        for reply in self.replies:
            said = self.texts[reply["response"]][0]
            own = [*said.get("buttons", ()), *said.get("custom", {}).get("buttons", ())]
            for button in [*reply.get("buttons", ()), *own]:
                payload = button["payload"].replace("{{", "{").replace("}}", "}")
                self.offered.append({**button, "payload": payload.replace("{step}", str(reply.get("step", "")))})


@pytest.fixture(scope="session")
def ranker() -> Ranker:
    from ml.ranking.ranker import SemanticRanker

    return SemanticRanker()


@pytest.fixture
def environment() -> str:
    return "production"


@pytest.fixture
def server(desk: Desk, ranker: Ranker, environment: str) -> Client:
    """The action server on the desk's database, at the desk's time."""
    settings = SimpleNamespace(actions_secret=SECRET, environment=environment)
    wiring = SimpleNamespace(
        engine=desk.app, settings=settings, ranker=ranker, nearest=Nearest(embedder(), index_of), links=desk.links,
        clock=lambda: desk.now,
    )
    return Client(create_app(wiring))


@pytest.fixture
def talk(desk: Desk, server: Client) -> Callable[..., Talk]:
    """Open a conversation of a unit."""

    def open_one(unit: str = "amigro", channel: str = "whatsapp", **chat: Any) -> Talk:
        conversation = desk.chat(unit, channel, **chat)
        return Talk(server, f"{unit}:{conversation.id}", channel)

    return open_one
