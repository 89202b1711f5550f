"""The command, on the Mexican set that the project keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.evaluation import retrieval

SET = Path("ml/evaluation/mexican_titles")
FILES = [
    argument
    for name in ("queries", "corpus", "qrels")
    for argument in (f"--{name}", str(SET / f"{name}.tsv"))
]  # fmt: skip


def _map(capsys: pytest.CaptureFixture[str], *more: str) -> float:
    assert retrieval.main([*FILES, *more]) == 0
    lines = dict(line.split("=") for line in capsys.readouterr().out.split())
    assert lines["queries"] == "300"
    assert 0 < float(lines["map"]) <= float(lines["mrr"]) <= 1
    return float(lines["map"])


def test_our_own_model_finds_mexican_titles_better_than_words_letters_and_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ours = _map(capsys)
    floors = [_map(capsys, "--model", name) for name in ("bm25", "tfidf", "use-multilingual-v3")]
    assert ours > max(floors) + 0.1
    assert ours >= 0.70


def test_bad_input_is_told_and_gives_no_figures(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = ["--queries", str(tmp_path / "none.tsv"), *FILES[2:]]
    assert retrieval.main(missing) == 2
    assert retrieval.main([*FILES, "--model", "someone/model"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "none.tsv" in said.err
    assert "someone/model@<the commit's 40 digits>" in said.err
