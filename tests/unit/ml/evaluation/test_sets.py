from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ml.evaluation.sets import BadSet, read_set


def _write(folder: Path, queries: str, corpus: str, qrels: str) -> tuple[Path, Path, Path]:
    paths = folder / "queries.tsv", folder / "corpus.tsv", folder / "qrels.tsv"
    for path, text in zip(paths, (queries, corpus, qrels), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


@pytest.mark.parametrize(
    "qrels",
    [
        "q1 0 d1 1\nq1 0 d2 0\nq2 0 d2 2\n",
        "q1\t0\td1\t1\nq2\t0\td2\t1\n",
        "query\telement\nq1\td1\nq2\td2\n",
        "q1 d1 1\nq2 d2 2\nq2 d1 0\n",
        "q_id\titer\tdoc_id\trel\nq1\t0\td1\t1\nq2\tQ0\td2\t1\n",
    ],
)
def test_every_way_to_write_what_is_relevant_is_read(tmp_path: Path, qrels: str) -> None:
    read = read_set(*_write(tmp_path, "q1\tcajera\nq2\tvelador\n", "d1\tCajero\nd2\tVigilante\n", qrels))
    assert read.relevant == {"q1": frozenset({"d1"}), "q2": frozenset({"d2"})}
    assert read.queries == (("q1", "cajera"), ("q2", "velador"))


def test_headers_quotes_gzip_further_columns_and_labels_of_one_concept(tmp_path: Path) -> None:
    queries, corpus, qrels = _write(
        tmp_path, "﻿q_id\tlang\tjobtitle\nq1\tes\tcajera\n", 'd1\tCajero\nd1\t"Tejedor ""cotton"""\n', "q1\td1\n"
    )
    packed = tmp_path / "queries.tsv.gz"
    packed.write_bytes(gzip.compress(queries.read_bytes()))
    read = read_set(packed, corpus, qrels)
    assert read.queries == (("q1", "cajera"),)
    assert read.corpus == (("d1", "Cajero"), ("d1", 'Tejedor "cotton"'))


@pytest.mark.parametrize(
    ("queries", "corpus", "qrels", "said"),
    [
        ("q1 cajera\n", "d1\tx\n", "q1\td1\n", "expected id<TAB>text"),
        ("q1\ta\nq1\tb\n", "d1\tx\n", "q1\td1\n", "two lines"),
        ("q1\ta\n", "", "q1\td1\n", "no line"),
        ("q1\ta\n", "d1\tx\n", "q1\n", "line 1: expected"),
        ("q1\ta\n", "d1\tx\n", "q1\td1\tmuch\n", "'much' is no number"),
        ("q1\ta\n", "d1\tx\n", "q9\td1\n", "do the ids agree"),
        ("q1\ta\n", "d1\tx\n", "q1\td9\n", "do the ids agree"),
    ],
)
def test_what_cannot_be_read_says_which_line_and_what_is_expected(
    tmp_path: Path, queries: str, corpus: str, qrels: str, said: str
) -> None:
    with pytest.raises(BadSet, match=said):
        read_set(*_write(tmp_path, queries, corpus, qrels))
