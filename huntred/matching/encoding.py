"""Keeps the vectors of open vacancies as they are to be: encodes what is new or was changed, batch by batch.

What is encoded is the title and the names of the requirements; nothing of a company or a person. Two models may be
encoded side by side: the one that searches, and the one that is to replace it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from huntred.db.unit_of_work import UnitOfWork
from huntred.matching.models import VacancyVector
from huntred.matching.ports import Embedder
from huntred.vacancies.models import Vacancy, VacancyRequirement

# What is asked for beside the title tells less of the work than the title does.
_BESIDE = np.float32(0.5)


@dataclass(frozen=True)
class Progress:
    """encoded, of: open vacancies of the unit that have the model's vector, and all of them."""

    model: str
    encoded: int
    of: int


def about(embedder: Embedder, title: str, beside: Sequence[str]) -> NDArray[np.float32]:
    """Return one unit vector of a title and what stands beside it (requirements, skills); zeros where all is empty."""
    vectors = embedder.encode([title, *beside])
    whole: NDArray[np.float32] = vectors[0].copy()
    if len(vectors) > 1:
        rest = vectors[1:].sum(axis=0)
        whole += _BESIDE * rest / (np.linalg.norm(rest) + np.float32(1e-8))
    length = float(np.linalg.norm(whole))
    if length:
        whole /= np.float32(length)
    return whole


def encode_waiting(uow: UnitOfWork, embedder: Embedder, *, most: int = 200) -> int:
    """Encode up to `most` open vacancies of this unit whose vector is missing or old; return how many there were."""
    content = _content()
    waiting = uow.session.execute(
        select(Vacancy.id, content.label("content"))
        .outerjoin(VacancyVector, (VacancyVector.vacancy_id == Vacancy.id) & (VacancyVector.model == embedder.name))
        .where(
            Vacancy.unit == uow.unit,
            Vacancy.state == "open",
            VacancyVector.content_hash.is_distinct_from(func.md5(content)),
        )
        .order_by(Vacancy.published_at.desc())
        .limit(most)
    ).all()
    if not waiting:
        return 0
    lines = [row.content.split("\n") for row in waiting]
    # All at once, so that the model sees one batch; `about` then finds them in its cache.
    embedder.encode([line for of_one in lines for line in of_one])
    rows: list[dict[str, Any]] = [
        {
            "vacancy_id": row.id, "model": embedder.name, "unit": uow.unit,
            "content_hash": func.md5(literal(row.content)), "vector": about(embedder, of_one[0], of_one[1:]),
        }
        for row, of_one in zip(waiting, lines, strict=True)
    ]  # fmt: skip
    statement = insert(VacancyVector).values(rows)
    uow.session.execute(
        statement.on_conflict_do_update(
            index_elements=["vacancy_id", "model"],
            set_={
                "content_hash": statement.excluded.content_hash,
                "vector": statement.excluded.vector,
                "encoded_at": func.clock_timestamp(),
            },
        )
    )
    return len(rows)


def progress(uow: UnitOfWork, model: str) -> Progress:
    """Say how far the unit's open vacancies are encoded with a model."""
    of, encoded = uow.session.execute(
        select(func.count(), func.count(VacancyVector.vacancy_id))
        .select_from(Vacancy)
        .outerjoin(VacancyVector, (VacancyVector.vacancy_id == Vacancy.id) & (VacancyVector.model == model))
        .where(Vacancy.unit == uow.unit, Vacancy.state == "open")
    ).one()
    return Progress(model, encoded, of)


def forget_models(uow: UnitOfWork, kept: Sequence[str]) -> None:
    """Delete the unit's vectors of every other model, e.g. of the one that was replaced."""
    uow.session.execute(delete(VacancyVector).where(VacancyVector.unit == uow.unit, VacancyVector.model.not_in(kept)))


def _content() -> ColumnElement[str]:
    """The title, then the requirements, one a line; a line break within one is a space."""
    names = (
        select(
            func.string_agg(
                _one_line(VacancyRequirement.name), aggregate_order_by(literal("\n"), VacancyRequirement.ord)
            )
        )
        .where(VacancyRequirement.vacancy_id == Vacancy.id)
        .correlate(Vacancy)
        .scalar_subquery()
    )
    return func.concat_ws("\n", _one_line(Vacancy.title), names)


def _one_line(column: Any) -> ColumnElement[str]:
    return func.regexp_replace(column, r"\s+", " ", "g")
