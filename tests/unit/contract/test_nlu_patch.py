"""A change of the training data is a patch that `git apply` takes, and nothing else in the file moves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from contract.nlu_patch import IntentWithoutExamples, examples_of, patch, read_files, with_additions

_ROOT = Path(__file__).resolve().parents[3]


def test_the_patch_of_real_data_applies_and_teaches_the_sentences(tmp_path: Path) -> None:
    files = read_files(_ROOT)
    additions = [("search_jobs", "ando tras un jale, oiga"), ("greet", "qué onda, [Lupita Robles](name)"), ("search_jobs", "  dos\nrenglones ")]

    written = patch(files, with_additions(files, additions))

    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "change.patch").write_text(written, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "--check", "change.patch"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "change.patch"], cwd=tmp_path, check=True)
    before, after = examples_of(files), examples_of(read_files(tmp_path))
    assert after["search_jobs"][-2:] == ["ando tras un jale, oiga", "dos renglones"]
    assert after["greet"] == [*before["greet"], "qué onda, [Lupita Robles](name)"]
    assert {name for name in after if after[name] != before[name]} == {"search_jobs", "greet"}


def test_a_file_without_a_last_line_break_stays_one() -> None:
    files = {"data/shared/nlu/x.yml": "nlu:\n  - intent: greet\n    examples: |\n      - hola"}

    written = patch(files, with_additions(files, [("greet", "buenas")]))

    assert written.count("\\ No newline at end of file") == 2


def test_lookups_are_no_examples() -> None:
    files = {"f": "nlu:\n  - intent: a\n    examples: |\n      - uno\n  - lookup: place\n    examples: |\n      - Puebla\n"}

    assert examples_of(files) == {"a": ["uno"]}
    assert with_additions(files, [("a", "dos")])["f"].index("dos") < files["f"].index("lookup") + 12


def test_an_intent_without_examples_is_refused() -> None:
    with pytest.raises(IntentWithoutExamples):
        with_additions({"f": "nlu:\n"}, [("greet", "hola")])
