"""What a rasa process counts of its turns, and who may read it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import httpx
from prometheus_client import REGISTRY

from bot.server import _serve_health
from tests.bot.gateway.town import free_port
from tests.bot.turns.conftest import ActionServer, Running, World


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_turns_are_counted_by_what_became_of_them(running: Running, world: World, actions: ActionServer) -> None:
    def outcomes() -> dict[str, float]:
        names = ("saved", "overtaken", "outage", "fault")
        return {name: counted("rasa_turns_total", unit="amigro", outcome=name) for name in names}

    before, aside = outcomes(), counted("rasa_put_aside_total", unit="amigro")
    measured = counted("rasa_turn_seconds_count", unit="amigro")
    world.arrive("ana", "quiero apartar una cita")
    await running.settle()
    actions.mode = "500"
    world.arrive("ana", "Ana")
    await running.settle()
    actions.mode = "503"
    world.arrive("ana", "Ana María")
    running.worker.wake()
    await asyncio.sleep(1.0)
    actions.mode = "ok"
    await running.settle()

    after = {name: count - before[name] for name, count in outcomes().items()}
    assert (after["saved"], after["fault"], after["overtaken"]) == (2, 3, 0)
    assert after["outage"] >= 1
    assert counted("rasa_put_aside_total", unit="amigro") == aside + 1
    assert counted("rasa_turn_seconds_count", unit="amigro") == measured + sum(after.values())
    assert counted("rasa_running_turns") == 0


async def test_the_health_port_shows_them_to_this_machine_only() -> None:
    settings: Any = SimpleNamespace(metrics_token="", bind_host="127.0.0.1", rasa_port=free_port(), units=("amigro",))
    runner = await _serve_health(settings, SimpleNamespace(names={}))  # type: ignore[arg-type]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.rasa_port}") as client:
            shown = await client.get("/metrics")
            forwarded = await client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    finally:
        await runner.cleanup()
    assert "rasa_turns_total" in shown.text
    assert forwarded.status_code == 404
