"""Variants of one sentence are kept together, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.variants import OUT_OF_SCOPE, folds, topic_groups, variant_groups

SHAPES = [
    "busco trabajo de  title  en  place ",
    "Busco trabajo de  title  en  place  por favor",
    "buscoo trabajo de  title  en  place ",
    "cómo va mi postulación",
    "como va mi postulacion?",
    "me pueden devolver el dinero",
]
INTENTS = ["search_jobs"] * 3 + ["check_application_status"] * 2 + ["ask_refund"]


def test_values_accents_and_slips_make_no_new_sentence():
    groups = variant_groups(SHAPES, INTENTS)
    assert groups[3] == groups[4]
    assert groups[0] == groups[2]
    assert len({groups[0], groups[3], groups[5]}) == 3


def test_examples_out_of_scope_are_grouped_by_topic():
    chance = np.random.RandomState(1)
    topics = np.eye(3)[np.arange(36) % 3]
    vectors = (topics + 0.01 * chance.randn(36, 3)).astype(np.float32)
    groups = topic_groups(np.arange(40), [OUT_OF_SCOPE] * 36 + ["greet"] * 4, np.vstack([vectors, np.eye(4, 3)]))
    assert len({groups[at] for at in range(36)}) == 3
    assert len({groups[at] for at in range(0, 36, 3)}) == 1
    assert groups[36:].tolist() == [36, 37, 38, 39]


@pytest.mark.parametrize("count", [3, 5])
def test_no_group_is_on_both_sides_and_everything_is_judged_once(count):
    groups = np.repeat(np.arange(40), 5)
    intents = [f"intent_{group % 4}" for group in groups]
    judged_all = []
    for learnt, judged in folds(intents, groups, count):
        assert not set(groups[learnt]) & set(groups[judged])
        judged_all += judged.tolist()
    assert sorted(judged_all) == list(range(200))
