"""Our own model as it lies in the repository."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.embeddings.registry import embedder
from ml.embeddings.table import read_table
from ml.embeddings.titles import WEIGHTS, TitleEmbedder

MODEL = embedder()
FEMININE = {
    "cajero": ("cajera", "cajero/a", "cajer@", "cajero(a)", "cajerx"),
    "cocinero": ("cocinera", "cocinero/cocinera", "cociner@"),
    "enfermero general": ("enfermera general", "enfermero(a) general"),
    "vendedor de piso": ("vendedora de piso", "vendedor/a de piso", "vendedor (a) de piso"),
    "contador público": ("contadora pública", "contador/a público/a"),
    "auxiliar administrativo": ("auxiliar administrativa", "auxiliar administrativo/a"),
    "ingeniero de software": ("ingeniera de software", "ingenierx de software"),
    "director general": ("directora general", "director/a general"),
    "soldador": ("soldadora", "soldador/a", "soldador o soldadora"),
    "abogado corporativo": ("abogada corporativa", "abogado/a corporativo/a"),
    "jefe de almacén": ("jefa de almacén", "jefe/a de almacén"),
    "técnico en refrigeración": ("técnica en refrigeración", "técnico/a en refrigeración"),
    "maestro de primaria": ("maestra de primaria", "maestr@ de primaria"),
    "médico general": ("médica general", "médico/a general"),
    "trabajador social": ("trabajadora social", "trabajador/a social"),
    "supervisor de producción": ("supervisora de producción", "supervisor(a) de producción"),
}


def _corpus() -> list[str]:
    with Path("ml/evaluation/mexican_titles/corpus.tsv").open(encoding="utf-8") as lines:
        return [row["title"] for row in csv.DictReader(lines, delimiter="\t")]


def test_every_form_of_a_title_finds_the_same() -> None:
    """Top 20, whatever the gender: LFT 133 forbids that the wording of a title decides who is found."""
    corpus = MODEL.encode(_corpus())
    shared = []
    for masculine, forms in FEMININE.items():
        first = set(np.argsort(-(corpus @ MODEL.encode([masculine])[0]))[:20])
        for form in forms:
            shared.append(len(first & set(np.argsort(-(corpus @ MODEL.encode([form])[0]))[:20])) / 20)
    assert np.mean(shared) >= 0.95
    assert min(shared) >= 0.85


def test_vectors_are_of_length_one_and_an_empty_text_is_nothing() -> None:
    vectors = MODEL.encode(["Cajera", "", "   ", "operario de producción", "日本語", "x" * 5000])
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0, 1, 1, 1], atol=1e-4)
    assert MODEL.encode([]).shape == (0, MODEL.dimensions)


def test_a_text_has_the_same_vector_whatever_it_is_encoded_with() -> None:
    alone = TitleEmbedder().encode(["velador de obra"])
    among = TitleEmbedder().encode(["plomero", "velador de obra", "chofer repartidor con licencia federal vigente"])
    assert np.allclose(alone[0], among[1], atol=1e-5)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("plomero", "fontanero", "panadero"),
        ("plomero", "plumber", "baker"),
        ("velador", "vigilante nocturno", "vendedor"),
        ("chofer repartidor", "delivery driver", "recepcionista"),
        ("cajera", "cashier", "cocinera"),
        ("soldadro", "soldador", "salvavidas"),
        ("trailero", "operador de tractocamión", "tornero"),
    ],
)
def test_what_means_the_same_is_nearer(text: str, near: str, far: str) -> None:
    vectors = MODEL.encode([text, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_the_weights_are_small_and_name_themselves(tmp_path: Path) -> None:
    assert WEIGHTS.stat().st_size <= 12_000_000
    table = read_table(WEIGHTS)
    assert MODEL.name == f"huntred-titles@{table.revision}"
    table.save(tmp_path / "again.npz")
    again = read_table(tmp_path / "again.npz")
    assert np.allclose(again.rows, table.rows, atol=1e-4)
    assert table.memory is not None
    assert again.memory is not None
    assert np.allclose(again.memory.occupations, table.memory.occupations, atol=1e-4)


def test_how_far_texts_are_drawn_is_part_of_the_models_name(tmp_path: Path) -> None:
    """Vectors that were drawn otherwise must never be compared: the worker encodes anew when the name is another."""
    table = read_table(WEIGHTS)
    assert table.memory is not None
    replace(table, memory=replace(table.memory, pull=0.5)).save(tmp_path / "less.npz")
    assert read_table(tmp_path / "less.npz").revision != table.revision
