from __future__ import annotations

from pathlib import Path

import pytest

from ml.lexicon.reading import Ambiguous, LexiconInvalid, Skill, Title, read_ambiguous, read_skills, read_titles

VELADOR = "- {id: velador, es: [velador, guardia de noche], en: [night watchman], family: security, level: operative}"
SERENO = "- {id: sereno, es: [sereno, Guardia de Noche], en: [night guard], family: security, level: operative}"


@pytest.fixture
def titles_file(tmp_path: Path) -> Path:
    return tmp_path / "titles.yml"


@pytest.fixture
def ambiguous_file(tmp_path: Path) -> Path:
    path = tmp_path / "ambiguous.yml"
    path.write_text("titles: [guardia de NOCHE]\nskills: []\n", encoding="utf-8")
    return path


def test_a_title_is_read_with_its_forms_in_order(titles_file: Path) -> None:
    titles_file.write_text(f"# Security\n{VELADOR}\n", encoding="utf-8")

    assert read_titles(titles_file) == (
        Title("velador", ("velador", "guardia de noche"), ("night watchman",), "security", "operative"),
    )


def test_a_skill_is_read(tmp_path: Path) -> None:
    path = tmp_path / "skills.yml"
    path.write_text("- {id: nom_035, es: [NOM-035], en: [NOM-035], kind: norm}\n", encoding="utf-8")

    assert read_skills(path) == (Skill("nom_035", ("NOM-035",), ("NOM-035",), "norm"),)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("- {id: Velador, es: [a], en: [b], family: security, level: operative}", "snake_case"),
        ("- {id: guardia_canó, es: [a], en: [b], family: security, level: operative}", "snake_case"),
        ("- {id: a, es: [], en: [b], family: security, level: operative}", "es needs at least one form"),
        ("- {id: a, es: [a], en: b, family: security, level: operative}", "en must be a list of texts"),
        ("- {id: a, es: [a, no], en: [b], family: security, level: operative}", "es must be a list of texts"),
        ("- {id: a, es: [a, 365], en: [b], family: security, level: operative}", "es must be a list of texts"),
        ("- {id: a, es: ['a  c'], en: [b], family: security, level: operative}", "single spaces"),
        ("- {id: a, es: [a, A], en: [b], family: security, level: operative}", "a form twice"),
        ("- {id: a, es: [a], en: [b], family: pirates, level: operative}", "family 'pirates' is unknown"),
        ("- {id: a, es: [a], en: [b], family: security, level: boss}", "level 'boss' is unknown"),
        ("- {id: a, es: [a], en: [b], family: security}", "an entry has the keys id, es, en, family, level"),
        ("- {id: a, es: [a], en: [b], family: security, level: operative, sex: m}", "an entry has the keys"),
        ("- velador", "expected keys and values"),
        ("- {id: velador, es: [a], en: [b], family: security, level: operative}", "stands on line 2 too"),
        (SERENO, "“Guardia de Noche” is a form of velador on line 2"),
        ("- {id: a, es: [a, en: [b]}", "not YAML"),
    ],
)
def test_a_bad_entry_is_refused_with_its_line(titles_file: Path, entry: str, said: str) -> None:
    titles_file.write_text(f"# Security\n{VELADOR}\n{entry}\n", encoding="utf-8")

    with pytest.raises(LexiconInvalid) as refused:
        read_titles(titles_file)

    assert refused.value.line == 3
    assert said in str(refused.value)
    assert str(refused.value).startswith("titles.yml, line 3: ")


def test_a_form_listed_as_ambiguous_may_name_two_titles(titles_file: Path, ambiguous_file: Path) -> None:
    titles_file.write_text(f"{VELADOR}\n{SERENO}\n", encoding="utf-8")

    assert [title.id for title in read_titles(titles_file, ambiguous_file)] == ["velador", "sereno"]


def test_the_same_word_may_mean_one_thing_in_each_language(titles_file: Path) -> None:
    """A Mexican "conductor" drives a car, an English one an orchestra."""
    titles_file.write_text(
        "- {id: chofer, es: [conductor], en: [driver], family: transport, level: operative}\n"
        "- {id: director_de_orquesta, es: [director de orquesta], en: [conductor], family: media, level: technical}\n",
        encoding="utf-8",
    )

    assert len(read_titles(titles_file)) == 2


@pytest.mark.parametrize("text", ["", "# nothing\n", "titles: []\n", "velador\n"])
def test_a_file_that_is_no_list_is_refused(titles_file: Path, text: str) -> None:
    titles_file.write_text(text, encoding="utf-8")

    with pytest.raises(LexiconInvalid):
        read_titles(titles_file)


def test_ambiguous_forms_are_folded(ambiguous_file: Path) -> None:
    assert read_ambiguous(ambiguous_file) == Ambiguous(frozenset({"guardia de noche"}), frozenset())


@pytest.mark.parametrize("text", ["titles: []\n", "titles: []\nskills: no\n", "- a\n", "titles: [1]\nskills: []\n"])
def test_a_wrong_list_of_ambiguous_forms_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ambiguous.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(LexiconInvalid):
        read_ambiguous(path)
