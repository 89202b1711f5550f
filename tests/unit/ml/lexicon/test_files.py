"""What people must keep to when they write in the lexicon's files; what the reader refuses by itself is tried there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from contract.text import normalise
from ml.lexicon.reading import FAMILIES, HERE, KINDS, LEVELS, Skill, Title, read_ambiguous, read_skills, read_titles

_WORD = re.compile(r"[^\W\d_]+")

# Spanish words with these endings carry an accent: "gestión", "psicología", "panadería", "eléctrico", "fotógrafo".
_ACCENTED_ENDING = re.compile(
    r"([csgtx]ion|logia|grafia|metria|nomia|[cdlnrtz]eria|[^a]ic[oa]s?|log[oa]s?|graf[oa]s?|[^o]ul[oa]s?|onom[oa]s?)$"
)
# These do not, or are English that Mexican advertisements use.
_PLAIN = frozenset(
    _WORD.findall("""
    materia materias feria bacteria arteria chico chica rico rica pico picos mica aplica fabrica practica publica mula
    logo logos aula acquisition application automation information innovation motion injection grafos production solution
    """)
)
# Other common words that are often typed without theirs.
_ACCENTED = _WORD.findall("""
    aérea aéreo agrícola alemán almacén análisis área áreas árbol árboles asesoría auditoría auditorías autobús avería
    averías batería baterías café cajón cámara cámaras camión categoría chalán código códigos compañía cómputo común
    consultoría crédito créditos débito depósito economía energía estadía estándar farmacéutica farmacéutico francés
    fútbol garantía garantías grúa grúas guía guías imágenes índice inglés interés japonés jardín láctea lácteos lámina
    láminas láser líder líderes límite línea líneas líquido maestría máquina máquinas marítimo mercancía mercancías
    mensajería método métodos móvil móviles náhuatl nómina nóminas número números opinión órdenes página páginas
    parámetros país peón petróleo policía pólizas portón portugués préstamo préstamos quirófano rápida rápido régimen
    sándwich según tecnología telefonía teléfono tesorería tráfico tráiler trámite trámites tránsito tutoría última
    último unión vehículo vehículos vía vías volúmenes
""")
_UNACCENTED = {normalise(word): word for word in _ACCENTED}


@pytest.fixture(scope="module")
def titles() -> tuple[Title, ...]:
    return read_titles()


@pytest.fixture(scope="module")
def skills() -> tuple[Skill, ...]:
    return read_skills()


def test_there_are_enough(titles: tuple[Title, ...], skills: tuple[Skill, ...]) -> None:
    """product.md M2; issue 7: at least 1,500 titles and 2,500 skills, and most of them are called several things."""
    assert len(titles) >= 1500
    assert len(skills) >= 2500
    assert sum(len(title.es) for title in titles) >= 2.5 * len(titles)


def test_every_family_level_and_kind_is_used(titles: tuple[Title, ...], skills: tuple[Skill, ...]) -> None:
    families, levels = Counter(title.family for title in titles), Counter(title.level for title in titles)
    kinds = Counter(skill.kind for skill in skills)

    assert set(families) == set(FAMILIES)
    assert set(levels) == set(LEVELS)
    assert set(kinds) == set(KINDS)
    assert min(levels.values()) >= 100


def test_spanish_words_carry_their_accents(titles: tuple[Title, ...], skills: tuple[Skill, ...]) -> None:
    bare = {
        f"{entry.id}: {form} ({word})"
        for entry in (*titles, *skills)
        for form in entry.es
        for word in _WORD.findall(form)
        if word.islower() and word == normalise(word) and word not in _PLAIN
        if word in _UNACCENTED or _ACCENTED_ENDING.search(word)
    }

    assert bare == set()


def test_forms_are_words_as_people_write_them(titles: tuple[Title, ...], skills: tuple[Skill, ...]) -> None:
    """A bracket or a sign inside a form would keep it from ever being met in a text."""
    odd = {
        f"{entry.id}: {form}"
        for entry in (*titles, *skills)
        for form in (*entry.es, *entry.en)
        if re.search(r"[^\w .,'&/+#*%-]", form)
    }

    assert odd == set()


def test_ids_come_from_the_preferred_form_without_accents(titles: tuple[Title, ...], skills: tuple[Skill, ...]) -> None:
    """An id that shares no word with its own forms was given to another entry by mistake."""
    strangers = {
        entry.id
        for entry in (*titles, *skills)
        if not {word[:3] for word in entry.id.split("_")}
        & {word[:3] for form in (*entry.es, *entry.en) for word in re.findall(r"[a-z0-9]+", normalise(form))}
    }

    assert strangers == set()


def test_every_ambiguous_form_names_several(titles: tuple[Title, ...], skills: tuple[Skill, ...]) -> None:
    """What names one entry only is no longer ambiguous and leaves the list."""
    ambiguous = read_ambiguous()

    for entries, listed in ((titles, ambiguous.titles), (skills, ambiguous.skills)):
        owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        for entry in entries:
            for language, forms in (("es", entry.es), ("en", entry.en)):
                for form in forms:
                    owners[language, normalise(form)].add(entry.id)
        assert listed == {form for (_, form), ids in owners.items() if len(ids) > 1}


@pytest.mark.parametrize("name", ["titles.yml", "skills.yml"])
def test_one_entry_a_line(name: str) -> None:
    """So that a change shows as one line, and that a program may read the file line by line."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    odd = [line for line in lines if line and not line.startswith("# ") and not re.fullmatch(r"- \{id: .*\}", line)]

    assert [line for line in odd if line != "#"] == []


def test_no_skill_is_a_protected_attribute(skills: tuple[Skill, ...]) -> None:
    """LFT, articles 3 and 133: sex, age, origin, health, religion, family and looks are no skills."""
    protected = re.compile(
        r"\b(sexo|edad|años|mujer|hombre(?! parado)|femenino|masculino|solter[oa]|casad[oa]|embarazada|con hijos|sin hijos"
        r"|religión|católic[oa]|cristian[oa]|nacionalidad|mexican[oa] por|ser extranjer[oa]|antecedentes|tatuajes"
        r"|presentación personal|buena presentación|estatura|complexión|discapacidad propia)\b"
    )
    told = {skill.id for skill in skills for form in skill.es if protected.search(form.lower())}

    assert told == set()
