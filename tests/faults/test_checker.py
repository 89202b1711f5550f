"""The checker itself: it says what breaks where a guarantee is really gone, and nothing where only a process died."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.faults import checker
from tests.faults.checker import Bubble, Verdict
from tests.faults.crowd import Person
from tests.faults.run import FaultRun
from tests.platform import Platform


def run_on(platform: Platform, first: int) -> Verdict:
    return FaultRun(platform, messages=160, conversations=16, first=first, rounds=0, patience=30).run().verdict


@pytest.mark.parametrize("without", ["dedup"], indirect=True)
def test_without_deduplication_it_reports_what_came_twice(without: Platform, first: int) -> None:
    verdict = run_on(without, first)
    assert verdict.handled_twice > 0
    assert verdict.unexplained_duplicates_out > 0


@pytest.mark.long
@pytest.mark.parametrize("without", ["lock"], indirect=True)
def test_without_the_lock_it_reports_what_was_done_twice(without: Platform, first: int) -> None:
    verdict = run_on(without, first)
    assert verdict.handled_twice + verdict.miscounted + verdict.lost > 0


@pytest.mark.long
@pytest.mark.parametrize("without", ["transaction"], indirect=True)
def test_with_the_transaction_split_it_reports_the_half_turn(without: Platform, first: int) -> None:
    assert run_on(without, first).handled_twice > 0


@pytest.mark.long
@pytest.mark.parametrize("without", ["crash"], indirect=True)
def test_the_same_deaths_with_all_guarantees_in_place_are_no_fault(without: Platform, first: int) -> None:
    verdict = run_on(without, first)
    assert verdict.sound, (verdict.figures, verdict.reasons)


# --- without a platform: one fault at a time --------------------------------------------------------------------


def stored(texts: Sequence[str]) -> checker._Stored:
    """A database in which everything went well."""
    kept = checker._Stored({}, checker.Counter(texts), {}, {}, {}, {"chat": []}, {"conversation": len(texts)})
    for number, text in enumerate(texts, 1):
        row: dict[str, Any] = {
            "id": number, "chat_id": "chat", "conversation_id": "conversation", "state": "done", "text": text,
            "vendor_at": number, "error": None,
        }  # fmt: skip
        kept.inbox[text] = [row]
        kept.rows[number] = row
        answer = {"id": number, "chat_id": "chat", "state": "sent", "text": f"{text}: van {number}", "possible_duplicate": False}
        kept.answers[text] = [answer]
        kept.outbox[number] = answer
        kept.turns["chat"].append({"inbox_id": number, "chat_id": "chat", "waiting": [number]})
    return kept


PERSON = Person(7, "whatsapp", "521", messages=3)
TEXTS = [f"número {number} de 7" for number in (1, 2, 3)]


def judge(monkeypatch: pytest.MonkeyPatch, kept: checker._Stored, shown: list[Bubble] | None = None) -> Verdict:
    monkeypatch.setattr(checker, "_read", lambda url, crowd: kept)
    if shown is None:
        shown = [Bubble(rows[0]["text"], str(rows[0]["id"])) for rows in kept.answers.values() if rows]
    return checker.check("", [PERSON], {7: shown})


def test_what_went_well_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judge(monkeypatch, stored(TEXTS)).sound


@pytest.mark.parametrize("fault", ["never stored", "waiting", "not in the tracker", "not answered", "not counted"])
def test_it_counts_what_was_lost(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    kept = stored(TEXTS)
    if fault == "never stored":
        kept.inbox[TEXTS[1]] = []
    elif fault == "waiting":
        kept.inbox[TEXTS[1]][0]["state"] = "aside"
    elif fault == "not in the tracker":
        kept.tracker[TEXTS[1]] = 0
    elif fault == "not answered":
        kept.answers[TEXTS[1]] = []
    else:
        kept.counted["conversation"] = 2
    assert judge(monkeypatch, kept).lost == 1


def test_it_counts_an_answer_that_never_went_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judge(monkeypatch, stored(TEXTS), [Bubble(f"{TEXTS[0]}: van 1"), Bubble(f"{TEXTS[1]}: van 2")]).lost == 1


def test_it_counts_what_was_handled_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = stored(TEXTS)
    kept.tracker[TEXTS[2]] = 2
    kept.counted["conversation"] = 4
    assert judge(monkeypatch, kept).handled_twice == 2


def test_it_tells_what_was_out_of_order_from_what_came_late(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = stored(TEXTS)
    turns = kept.turns["chat"]
    turns[0], turns[1] = turns[1], turns[0]
    shown = [Bubble(kept.answers[text][0]["text"]) for text in (TEXTS[1], TEXTS[0], TEXTS[2])]
    verdict = judge(monkeypatch, kept, shown)
    assert (verdict.late, verdict.out_of_order) == (1, 0)
    turns[0]["waiting"] = [1, 2]
    assert judge(monkeypatch, kept, shown).out_of_order == 1
    turns[0]["waiting"] = [2]
    assert judge(monkeypatch, kept).out_of_order == 1  # the answers went out in another order than the turns


def test_it_asks_for_an_explanation_of_what_went_out_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = stored(TEXTS)
    shown = [Bubble(kept.answers[text][0]["text"], "1") for text in (*TEXTS, TEXTS[0])]
    assert judge(monkeypatch, kept, shown).unexplained_duplicates_out == 1
    kept.answers[TEXTS[0]][0]["possible_duplicate"] = True
    verdict = judge(monkeypatch, kept, shown)
    assert (verdict.unexplained_duplicates_out, verdict.possible_duplicates) == (0, 1)
