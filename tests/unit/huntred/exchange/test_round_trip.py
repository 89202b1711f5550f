"""What leaves for another system comes back as the same person, in whatever format, with nothing changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.lists import exchange
from huntred.errors import FieldInvalid
from huntred.exchange import outgoing
from huntred.exchange.reading import read_person, skills_in
from huntred.exchange.suggesting import suggest
from huntred.exchange.writing import changes_of
from huntred.geography import find_place
from huntred.importing.files import read_table
from huntred.importing.json_rows import joined
from huntred.people.models import UnitProfile
from huntred.people.names import parse_name

TODAY = date(2026, 11, 29)
_LETTERS = st.characters(categories=("Lu", "Ll"), max_codepoint=0x17F)


def _taken(reader: Any, text: str) -> bool:
    try:
        return bool(reader(text) == text)
    except FieldInvalid:
        return False


names = st.one_of(
    st.sampled_from(["Ana María", "José de Jesús", "Ma. Guadalupe", "Itzel", "O'Neill", "Núñez-Vera", "de la Cruz"]),
    st.text(_LETTERS, min_size=2, max_size=12).map(str.capitalize),
).filter(lambda text: _taken(lambda one: parse_name("first_name", one), text))
skills = st.lists(
    st.text(st.characters(exclude_characters=";\x00", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: skills_in(f"{text};") == [text] and text[:1] != "'"),
    max_size=5,
    unique_by=lambda text: text.casefold(),
).filter(lambda all_: not all_ or skills_in("; ".join(all_) + ";") == all_)
headlines = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60).map(
    lambda text: " ".join(f"{text} abc".split())
).map(lambda text: text[0].upper() + text[1:]).filter(lambda text: text[:1] != "'")  # fmt: skip


@st.composite
def profiles(draw: Any) -> UnitProfile:
    place = draw(st.sampled_from([None, *(find_place(name) for name in ("León", "Saltillo", "Ciudad de México"))]))
    pay = draw(st.one_of(st.none(), st.decimals(1_000, 3_000_000, places=2)))
    return UnitProfile(
        number=draw(st.integers(1, 10**6)), unit="amigro", first_name=draw(names), last_name=draw(names),
        second_last_name=draw(st.one_of(st.just(""), names)),
        email=draw(st.from_regex(r"[a-z]{1,8}([._+-][a-z0-9]{1,6})?@[a-z]{2,8}\.(com|mx|com\.mx)", fullmatch=True)),
        phone=draw(st.one_of(st.just(""), st.integers(5_510_000_000, 5_599_999_999).map(lambda n: f"+52{n}"))),
        city=place.name if place else "", state=place.state if place else "",
        latitude=place.latitude if place else None, longitude=place.longitude if place else None,
        headline=draw(headlines), experience_years=draw(st.none() | st.decimals(0, 60, places=1)),
        skills=draw(skills), salary_amount=pay, salary_currency=draw(st.sampled_from(["MXN", "USD"])) if pay else "MXN",
        created_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC), updated_at=datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize("file_format", outgoing.FORMATS)
@settings(max_examples=60, deadline=None)
@given(people=st.lists(profiles(), min_size=1, max_size=4))
def test_nobody_changes_on_the_way_out_and_back(
    file_format: str, people: list[UnitProfile], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / f"people.{file_format}"
    told = outgoing.told_of("people", outgoing.default_fields("people"), "iso", file_format)
    assert exchange.write(path, "people", told, [(people, {})]) == len(people)

    heads, rows = read_table(path.read_bytes())
    read_as = suggest(heads, rows)
    assert read_as["system"] == "huntred"
    assert len(rows) == len(people)
    for profile, cells in zip(people, rows, strict=True):
        read = read_person(heads, cells, read_as["columns"], read_as["dates"], today=TODAY)
        assert read.faults == []
        assert read.external_id == str(profile.number)
        assert changes_of(profile, read.columns, only_gaps=False) == {}


@given(st.lists(st.sampled_from(["SAP", "Excel", "caja, ventas", "a/b"]), min_size=1, unique=True))
def test_skills_in_one_cell_stay_apart(all_: list[str]) -> None:
    assert skills_in(joined(all_)) == all_


def test_amounts_keep_their_cents() -> None:
    assert exchange.value_of("people", "salary", UnitProfile(salary_amount=Decimal("9500.10"), salary_currency="MXN")) == (
        "9500.10 MXN"
    )
