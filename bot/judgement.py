"""What a reading of judged messages is worth: the figures of `make test-nlu` and `make benchmark-nlu`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.metrics import f1_score

from bot.understanding.variants import OUT_OF_SCOPE

# What a message is answered with when it is turned away: both say so, in different words.
TURNED_AWAY = frozenset({OUT_OF_SCOPE, "nlu_fallback"})


@dataclass(frozen=True)
class Judged:
    """One message: what it is, what it was taken for, and how surely (0 to 1)."""

    text: str
    intent: str
    answer: str
    confidence: float

    @property
    def right(self) -> bool:
        """Whether it was answered as it should be; out of scope, to be turned away either way is right."""
        return self.answer in TURNED_AWAY if self.intent == OUT_OF_SCOPE else self.answer == self.intent


@dataclass(frozen=True)
class Figures:
    """All 0 to 1, at the threshold that is in force; None where there was nothing to judge by.

    macro_f1: mean over the intents of ours that were judged; a message turned away counts against its intent, one of
    another intent or out of scope that was taken for it too. oos_recall: share of what is out of scope that was
    turned away. in_scope_accuracy: share of the rest that got its own intent. calibration_error: mean distance of
    confidence and share of right ones, over ten bands (expected calibration error).
    """

    macro_f1: float | None
    oos_recall: float | None
    in_scope_accuracy: float | None
    calibration_error: float | None

    def lines(self) -> list[str]:
        """`name=value`, one a line, without those that could not be judged."""
        named = {
            "macro_f1": self.macro_f1,
            "oos_recall": self.oos_recall,
            "in_scope_accuracy": self.in_scope_accuracy,
            "calibration_error": self.calibration_error,
        }
        return [f"{name}={value:.4f}" for name, value in named.items() if value is not None]


def figures(judged: Sequence[Judged]) -> Figures:
    ours = [each for each in judged if each.intent != OUT_OF_SCOPE]
    others = [each for each in judged if each.intent == OUT_OF_SCOPE]
    named = sorted({each.intent for each in ours})
    macro = None
    if named:
        macro = float(
            f1_score(
                [each.intent for each in judged],
                [each.answer for each in judged],
                labels=named,
                average="macro",
                zero_division=0,
            )
        )
    return Figures(macro, _share(others), _share(ours), _calibration_error(judged))


def _share(judged: Sequence[Judged]) -> float | None:
    return sum(each.right for each in judged) / len(judged) if judged else None


def _calibration_error(judged: Sequence[Judged], bands: int = 10) -> float | None:
    """Of what was answered as ours: a message that is turned away has no confidence to be held to."""
    answered = [each for each in judged if each.answer not in TURNED_AWAY]
    if not answered:
        return None
    error = 0.0
    for band in range(bands):
        within = [each for each in answered if min(int(each.confidence * bands), bands - 1) == band]
        if within:
            sure = sum(each.confidence for each in within) / len(within)
            right = sum(each.right for each in within) / len(within)
            error += abs(sure - right) * len(within) / len(answered)
    return error
