"""The page of intents says what the domain says."""

from __future__ import annotations

from runtime.intents_page import page
from tests.bed import ROOT


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "intents.md").read_text("utf-8") == page(), "run python -m runtime.intents_page"


def test_the_page_names_what_a_unit_does_differently() -> None:
    (row,) = [line for line in page().splitlines() if line.startswith("| search_jobs |")]
    assert "action_search_jobs" in row
    assert "sexsi" in row
    assert "amigro" not in row
