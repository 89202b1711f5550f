"""A CV as JSON: across the border of the sandbox, and sealed in its row.

JSON and not pickle: what comes out of the sandbox is trusted no more than what went in.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from huntred.cv.ports import Cv, CvContact, CvJob, CvLanguage, CvSkill, CvStudy, Found, Span

CONTACT_FIELDS = ("name", "first_name", "first_surname", "second_surname", "email", "phone", "location")


def encoded(cv: Cv) -> dict[str, Any]:
    """Return everything of a CV as JSON's types."""
    return dataclasses.asdict(cv)


def decoded(raw: dict[str, Any]) -> Cv:
    """Build a CV from `encoded`. Raises KeyError, TypeError, ValueError for anything else."""
    contact = raw["contact"]
    return Cv(
        language=str(raw["language"]),
        contact=CvContact(**{name: _found(contact[name]) for name in CONTACT_FIELDS}, links=_all(contact["links"])),
        summary=_found(raw["summary"]),
        experience=tuple(
            CvJob(
                _found(job["employer"]), _found(job["title"]), _found(job["start"]), _found(job["end"]),
                bool(job["current"]), int(job["months"]), _all(job["duties"]),
            )
            for job in raw["experience"]
        ),
        education=tuple(
            CvStudy(*(_found(study[name]) for name in ("institution", "degree", "start", "end")))
            for study in raw["education"]
        ),
        languages=tuple(
            CvLanguage(str(one["language"]), _sure(one["name"]), _found(one["level"])) for one in raw["languages"]
        ),
        skills=tuple(
            CvSkill(
                None if one["id"] is None else str(one["id"]), _sure(one["name"]), _found(one["level"]),
                None if one["years"] is None else float(one["years"]),
                None if one["last_used"] is None else str(one["last_used"]),
            )
            for one in raw["skills"]
        ),
        certifications=_all(raw["certifications"]),
        total_months=int(raw["total_months"]),
        pages=tuple(map(str, raw["pages"])),
    )  # fmt: skip


def _sure(raw: dict[str, Any]) -> Found:
    span = raw["span"]
    return Found(
        str(raw["value"]), Span(int(span["page"]), int(span["start"]), int(span["end"])), float(raw["confidence"])
    )


def _found(raw: dict[str, Any] | None) -> Found | None:
    return None if raw is None else _sure(raw)


def _all(raw: list[dict[str, Any]]) -> tuple[Found, ...]:
    return tuple(_sure(one) for one in raw)
