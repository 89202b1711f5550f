"""Parses and predicts a few texts with one unit's model, nothing else.

Prints messages a second with one prediction each, and the processor's milliseconds of a message as a turn has it: its
parse, the prediction of what to do and that of what comes after.

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


async def measure(models: Path, unit: str, texts: list[str]) -> tuple[float, float]:
    from rasa.core.agent import Agent
    from rasa.shared.core.events import ActionExecuted, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    agent = Agent()
    agent.load_model(str(models / unit / (models / unit / "current").read_text().strip()))
    processor, domain = agent.processor, agent.domain
    assert processor is not None and domain is not None

    async def one(text: str, whole: bool) -> None:
        parsed = await agent.parse_message(text)
        tracker = DialogueStateTracker("floor", domain.slots)
        tracker.update(ActionExecuted("action_listen"), domain)
        tracker.update(UserUttered(text, parsed["intent"], parsed["entities"], parsed), domain)
        action, prediction = processor.predict_next_with_tracker_if_should(tracker)
        if whole:
            done = ActionExecuted(action.name(), prediction.policy_name, prediction.max_confidence)
            tracker.update(done, domain)
            processor.predict_next_with_tracker_if_should(tracker)

    for text in texts:
        await one(text, True)
    start = time.perf_counter()
    for _ in range(_ROUNDS):
        for text in texts:
            await one(text, False)
    rate = _ROUNDS * len(texts) / (time.perf_counter() - start)
    burnt = time.process_time()
    for _ in range(_ROUNDS):
        for text in texts:
            await one(text, True)
    return rate, (time.process_time() - burnt) * 1000 / (_ROUNDS * len(texts))


if __name__ == "__main__":
    print(*asyncio.run(measure(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])))
