"""Training as the command does it, on few concepts; and what it must never have seen."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import numpy as np
import pytest

from ml.embeddings.table import read_table
from ml.embeddings.titles import TitleEmbedder
from ml.training import titles
from ml.training.concepts import BadData, Concept, esco, lexicon
from ml.training.variants import plural, slipped, with_variants


def _data(folder: Path) -> None:
    rows = {
        "occupations_es": ["a\t1\tfontanero/fontanera\tplomero | plomera", "b\t1\tvigilante\tvelador"],
        "occupations_en": ["a\t1\tplumber\tpipe fitter", "b\t1\twatchman\tnight guard"],
        "skills_es": ["s\t1\tx\tusar hojas de cálculo\tmanejar Excel"],
        "skills_en": ["s\t1\tx\tuse spreadsheets\t"],
    }
    for name, lines in rows.items():
        middle = "isco" if name.startswith("occ") else "type\treuse_level"
        header = f"concept\t{middle}\tlabel\talternative_labels"
        (folder / f"esco_{name}.tsv.gz").write_bytes(gzip.compress("\n".join([header, *lines]).encode()))


def test_the_same_data_and_seed_give_the_same_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _data(tmp_path)
    outs = [tmp_path / "one.npz", tmp_path / "two.npz"]
    for out in outs:
        arguments = ["--data", str(tmp_path), "--lexicon", str(tmp_path / "none"), "--steps", "30", "--out", str(out)]
        assert titles.main(arguments) == 0
    one, two = (read_table(out) for out in outs)
    assert np.array_equal(one.rows, two.rows)
    assert one.revision == two.revision
    assert one.memory is not None
    assert len(one.memory.occupations) == 2
    near = TitleEmbedder(one).encode(["plomera", "pipe fitter", "velador"])
    assert near[0] @ near[1] > near[0] @ near[2]
    assert "is not there" in capsys.readouterr().err


def test_the_languages_of_an_occupation_count_alike_in_its_middle() -> None:
    at = {"a": [1.0, 0.0], "b": [1.0, 0.0], "c": [0.0, 1.0], "d": [1.0, 0.0]}
    memory = titles.remembered(
        [Concept(("a", "b"), ("c",), "trade"), Concept((), ("d",))], lambda said: np.array([at[text] for text in said], "f4")
    )
    assert np.allclose(memory.occupations, [[0.5**0.5, 0.5**0.5], [1, 0]], atol=1e-5)
    assert memory.kin.tolist() == [0, -1]


def test_missing_data_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert titles.main(["--data", str(tmp_path), "--lexicon", str(tmp_path)]) == 2
    assert "esco_occupations_es.tsv.gz is not there" in capsys.readouterr().err
    bad = tmp_path / "titles.yml"
    bad.write_text("- just a word\n", encoding="utf-8")
    with pytest.raises(BadData, match="expected a list"):
        lexicon(bad)


def test_labels_are_read_in_one_form(tmp_path: Path) -> None:
    _data(tmp_path)
    assert esco(tmp_path, "occupations")[0] == Concept(("fontanero", "plomero"), ("plumber", "pipe fitter"), "isco 1")


def test_variants_are_what_people_write() -> None:
    chance = random.Random(1)
    assert plural("soldador de arco") == "soldadores de arco"
    assert plural("técnico") == "técnicos"
    assert slipped("ti", chance) == "ti"
    assert all(slipped("plomero", chance) != "plomero" for _ in range(20))
    varied = with_variants(Concept(("técnico eléctrico",), ("electrician",)), chance)
    assert varied.es[0] == "técnico eléctrico"
    assert "tecnico electrico" in varied.es
    assert varied.en == ("electrician",)


def test_nothing_is_learned_from_what_is_measured_with() -> None:
    """The training reads ESCO and the lexicon, and no file of a set."""
    for path in Path("ml/training").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "mexican_titles" not in text
        assert "mexican_neighbours" not in text
        assert "titles_queries" not in text
        assert "ml.evaluation" not in text
