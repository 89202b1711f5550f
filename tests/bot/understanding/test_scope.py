"""Confidence is what it says, and the threshold costs what it may."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.scope import Scope, lead, settle

OUTSIDE = 1


@pytest.fixture
def unseen():
    """Logits of 4000 messages over three classes, twice as sharp as they deserve; a tenth is out of scope."""
    chance = np.random.RandomState(3)
    classes = chance.choice(3, 4000, p=[0.45, 0.1, 0.45])
    true = chance.randn(4000, 3) + 1.5 * np.eye(3)[classes]
    return (2 * true).astype(np.float32), classes


def test_each_row_is_a_distribution(unseen):
    logits, classes = unseen
    shares = settle(logits, classes, OUTSIDE, 0.05).probabilities(logits, OUTSIDE)
    assert shares.shape == logits.shape
    assert np.allclose(shares.sum(axis=1), 1)


def test_of_messages_with_a_confidence_as_many_are_right(unseen):
    logits, classes = unseen
    half = len(classes) // 2
    shares = settle(logits[:half], classes[:half], OUTSIDE, 0.05).probabilities(logits[half:], OUTSIDE)
    sure, right = shares.max(axis=1), shares.argmax(axis=1) == classes[half:]
    for low in (0.5, 0.7, 0.9):
        band = (sure >= low) & (sure < low + 0.1)
        assert abs(sure[band].mean() - right[band].mean()) < 0.07


@pytest.mark.parametrize("turned_away", [0.02, 0.05, 0.2])
def test_the_threshold_loses_the_share_that_it_may(unseen, turned_away):
    logits, classes = unseen
    scope = settle(logits, classes, OUTSIDE, turned_away)
    inside = 1 - scope.probabilities(logits, OUTSIDE)[:, OUTSIDE]
    ours = np.delete(logits, OUTSIDE, axis=1).argmax(axis=1) * 2
    right = (classes != OUTSIDE) & (ours == classes)
    assert (inside[right] < scope.threshold).mean() == pytest.approx(turned_away, abs=0.005)


def test_more_turned_away_tells_more_of_what_is_out_of_scope(unseen):
    logits, classes = unseen
    told = []
    for turned_away in (0.02, 0.05, 0.2):
        scope = settle(logits, classes, OUTSIDE, turned_away)
        inside = 1 - scope.probabilities(logits, OUTSIDE)[:, OUTSIDE]
        told.append((inside[classes == OUTSIDE] < scope.threshold).mean())
    assert told == sorted(told)
    assert told[0] < told[-1]


def test_data_without_anything_out_of_scope_turns_nothing_away(unseen):
    logits, classes = unseen
    scope = settle(np.delete(logits, OUTSIDE, axis=1), (classes > OUTSIDE).astype(np.intp), None, 0.05)
    assert scope.threshold == 0
    assert np.allclose(scope.probabilities(logits[:, :2], None).sum(axis=1), 1)


def test_the_lead_is_of_the_best_of_ours():
    logits = np.array([[1.0, 3.0, 2.5], [4.0, -1.0, 0.0]], dtype=np.float32)
    assert lead(logits, OUTSIDE).tolist() == [-0.5, 5.0]
    assert Scope().threshold == 0.5
