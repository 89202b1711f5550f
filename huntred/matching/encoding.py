"""Keeps the vectors and words of open vacancies and of people as they are to be: encodes what is new or was changed.

Batch by batch. Of a vacancy: its title, the names of the requirements and what it says of the duties; nothing of a
company. Of a person: the work, the skills and the experience that they told; nothing that tells who they are. Two
models may be encoded side by side: the one that searches, and the one that is to replace it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from huntred.db.unit_of_work import UnitOfWork
from huntred.matching.lexemes import packed, terms_of
from huntred.matching.models import ProfileVector, VacancyVector
from huntred.matching.ports import CandidateFeatures, Embedder, Ranker
from huntred.matching.repository import says_of_work
from huntred.people.models import UnitProfile
from huntred.vacancies.models import Vacancy, VacancyRequirement

# What is asked for beside the title tells less of the work than the title does.
_BESIDE = np.float32(0.5)
# A word of the title counts as three, one of a skill or requirement as two.
_TITLE, _SKILLS, _DUTIES = 3, 2, 1
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Progress:
    """encoded, of: what of the unit has the model's vector, and all that is to have it. kind: vacancies or people."""

    model: str
    encoded: int
    of: int
    kind: str = "vacancies"


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
    named, told = _named(), Vacancy.description
    hashed = func.md5(func.concat(named, _SEPARATOR, told))
    waiting = uow.session.execute(
        select(Vacancy.id, named.label("named"), told.label("told"), hashed.label("hashed"))
        .outerjoin(VacancyVector, (VacancyVector.vacancy_id == Vacancy.id) & (VacancyVector.model == embedder.name))
        .where(
            Vacancy.unit == uow.unit, Vacancy.state == "open", VacancyVector.content_hash.is_distinct_from(hashed),
        )
        .order_by(Vacancy.published_at.desc())
        .limit(most)
    ).all()  # fmt: skip
    works = [row.named.split("\n") for row in waiting]
    rows = _encoded(uow, embedder, [(work[0], work[1:], row.told) for row, work in zip(waiting, works, strict=True)])
    for row, values in zip(waiting, rows, strict=True):
        values |= {"vacancy_id": row.id, "content_hash": row.hashed}
    _store(uow, VacancyVector, "vacancy_id", rows)
    return len(rows)


def encode_people(uow: UnitOfWork, embedder: Embedder, ranker: Ranker, *, most: int = 100) -> int:
    """Likewise of the people of this unit who say anything of work, with what the ranker keeps of their phrases."""
    columns = (UnitProfile.headline, UnitProfile.skills, UnitProfile.experience_text)
    hashed = func.md5(
        func.concat_ws(
            _SEPARATOR, ranker.model, columns[0], func.array_to_string(columns[1], "\n"), columns[2]
        )
    )
    ours = (ProfileVector.profile_id == UnitProfile.id) & (ProfileVector.model == embedder.name)
    waiting = uow.session.execute(
        select(UnitProfile.id, *columns, hashed.label("hashed"))
        .outerjoin(ProfileVector, ours)
        .where(
            UnitProfile.unit == uow.unit, says_of_work(), ProfileVector.content_hash.is_distinct_from(hashed),
        )
        .order_by(UnitProfile.updated_at.desc())
        .limit(most)
    ).all()  # fmt: skip
    rows = _encoded(uow, embedder, [(row.headline, row.skills, row.experience_text) for row in waiting])
    kept = ranker.to_keep(
        [CandidateFeatures(title=row.headline, background=row.experience_text, skills=tuple(row.skills))
         for row in waiting]
    )  # fmt: skip
    for row, values, phrases in zip(waiting, rows, kept, strict=True):
        values |= {"profile_id": row.id, "content_hash": row.hashed, "phrases": phrases}
    _store(uow, ProfileVector, "profile_id", rows)
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


def progress_of_people(uow: UnitOfWork, model: str) -> Progress:
    """Say how far the unit's people who say anything of work are encoded with a model."""
    of, encoded = uow.session.execute(
        select(func.count(), func.count(ProfileVector.profile_id))
        .select_from(UnitProfile)
        .outerjoin(ProfileVector, (ProfileVector.profile_id == UnitProfile.id) & (ProfileVector.model == model))
        .where(UnitProfile.unit == uow.unit, says_of_work())
    ).one()
    return Progress(model, encoded, of, "people")


def forget_models(uow: UnitOfWork, kept: Sequence[str]) -> None:
    """Delete the unit's vectors of every other model, e.g. of the one that was replaced."""
    for table in (VacancyVector, ProfileVector):
        uow.session.execute(delete(table).where(table.unit == uow.unit, table.model.not_in(kept)))


def forget_silent(uow: UnitOfWork) -> None:
    """Delete the vectors of the unit's people who took back all that they had told of their work."""
    silent = select(UnitProfile.id).where(UnitProfile.unit == uow.unit, ~says_of_work())
    uow.session.execute(
        delete(ProfileVector).where(ProfileVector.unit == uow.unit, ProfileVector.profile_id.in_(silent)),
        execution_options={"synchronize_session": False},
    )


def forget_person(uow: UnitOfWork, person_id: UUID) -> None:
    """Delete what was made of the words of somebody who is erased from this unit."""
    theirs = select(UnitProfile.id).where(UnitProfile.unit == uow.unit, UnitProfile.person_id == person_id)
    uow.session.execute(
        delete(ProfileVector).where(ProfileVector.profile_id.in_(theirs)),
        execution_options={"synchronize_session": False},
    )


def _encoded(
    uow: UnitOfWork, embedder: Embedder, works: Sequence[tuple[str, Sequence[str], str]]
) -> list[dict[str, Any]]:
    """Vector and words of each title, what stands beside it, and duties."""
    # All at once, so that the model sees one batch; `about` then finds them in its cache.
    embedder.encode([text for title, beside, _ in works for text in (title, *beside)])
    fields = [text for title, beside, duties in works for text in (title, " ".join(beside), duties)]
    terms = terms_of(uow.session, fields)
    counts = (_TITLE, _SKILLS, _DUTIES)
    return [
        {
            "model": embedder.name, "unit": uow.unit, "vector": about(embedder, title, beside),
            "words": packed(list(zip(terms[3 * number : 3 * number + 3], counts, strict=True))),
        }
        for number, (title, beside, _) in enumerate(works)
    ]  # fmt: skip


def _store(
    uow: UnitOfWork, table: type[VacancyVector] | type[ProfileVector], key: str, rows: list[dict[str, Any]]
) -> None:
    if not rows:
        return
    statement = insert(table).values(rows)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in {key, "model"}}
    uow.session.execute(
        statement.on_conflict_do_update(
            index_elements=[key, "model"], set_=changed | {"encoded_at": func.clock_timestamp()}
        )
    )


def _named() -> ColumnElement[str]:
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
