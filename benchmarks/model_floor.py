"""Parses and predicts a few texts with one unit's model, nothing else; prints messages a second.

Runs in Rasa's environment: `.venv/bot/bin/python -m benchmarks.model_floor MODELS unit TEXT…`
"""

from __future__ import annotations

from bot.quiet import quieten

quieten("ERROR")

import asyncio  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

_ROUNDS = 40


async def measure(models: Path, unit: str, texts: list[str]) -> float:
    from rasa.core.agent import Agent
    from rasa.shared.core.events import ActionExecuted, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    agent = Agent()
    agent.load_model(str(models / unit / (models / unit / "current").read_text().strip()))
    processor, domain = agent.processor, agent.domain
    assert processor is not None and domain is not None

    async def one(text: str) -> None:
        parsed = await agent.parse_message(text)
        tracker = DialogueStateTracker("floor", domain.slots)
        tracker.update(ActionExecuted("action_listen"), domain)
        tracker.update(UserUttered(text, parsed["intent"], parsed["entities"], parsed), domain)
        processor.predict_next_with_tracker_if_should(tracker)

    for text in texts:
        await one(text)
    start = time.perf_counter()
    for _ in range(_ROUNDS):
        for text in texts:
            await one(text)
    return _ROUNDS * len(texts) / (time.perf_counter() - start)


if __name__ == "__main__":
    print(f"{asyncio.run(measure(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])):.1f}")
