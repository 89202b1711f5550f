"""A thousand messages while every process dies once: nothing lost, nothing twice, everything in order."""

from __future__ import annotations

from tests.faults.killer import FLUSH, PROCESSES
from tests.faults.run import FaultRun
from tests.platform import Platform


def test_every_process_dies_once_and_nobody_notices(platform: Platform, first: int) -> None:
    outcome = FaultRun(platform, messages=1000, conversations=100, first=first, walkers=3).run()
    assert outcome.stuck == []
    assert outcome.verdict.sound, (outcome.verdict.figures, outcome.verdict.reasons)
    assert outcome.verdict.messages == 1000 + 3 * 10
    assert set(outcome.killed) == {*PROCESSES, FLUSH}
    # The vendors did bring things again, and nothing that was sent broke a rule of theirs.
    assert outcome.redelivered > 0
    assert outcome.violations == 0
