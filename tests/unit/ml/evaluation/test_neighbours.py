"""Like work comes before what only sounds alike, on everyday Mexican titles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ml.embeddings.registry import embedder
from ml.evaluation import neighbours
from ml.evaluation.neighbours import Title, odd_ones, read_titles, shares
from ml.evaluation.sets import BadSet


class _Line:
    """Texts on a circle, by the angle that they name."""

    name, dimensions = "line", 2

    def encode(self, texts: list[str]) -> np.ndarray:
        angles = np.radians([float(text) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_what_is_nearer_than_it_should_be_is_odd() -> None:
    titles = [Title("0", ("10", "40"), ("30",)), Title("90", ("80",), ("0",))]
    odd = odd_ones(titles, _Line())
    assert [(one.title, one.near, one.far) for one in odd] == [("0", "40", "30")]
    assert odd[0].by == pytest.approx(0.1, abs=0.001)
    assert shares(titles, odd) == pytest.approx((2 / 3, 1 / 2))


def test_our_own_model_puts_like_work_first() -> None:
    titles = read_titles()
    assert len(titles) >= 60
    ours = shares(titles, odd_ones(titles, embedder()))
    use = shares(titles, odd_ones(titles, embedder("use-multilingual-v3")))
    assert ours[0] >= 0.88
    assert ours[1] >= 0.70
    assert ours[0] > use[0] + 0.2


def test_the_command_names_what_is_odd(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    made = tmp_path / "titles.tsv"
    made.write_text("title\tnear\tfar\ncapturista\tmesero\tcapturista de datos | soldador\n", encoding="utf-8")
    assert neighbours.main(["--titles", str(made)]) == 0
    said = capsys.readouterr().out
    assert "capturista: capturista de datos before mesero" in said
    assert "titles=1" in said
    assert neighbours.main(["--titles", str(tmp_path / "none.tsv")]) == 2
    made.write_text("job\tlike\nx\ty\n", encoding="utf-8")
    with pytest.raises(BadSet):
        read_titles(made)
