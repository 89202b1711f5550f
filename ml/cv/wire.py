"""A CV as JSON: across the border of the sandbox, and as `python -m ml.cv` prints it.

JSON and not pickle: what comes out of the sandbox is trusted no more than what went in.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from huntred.cv.ports import Cv, CvContact, CvJob, CvLanguage, CvSkill, CvStudy, Found, Span

_CONTACT = ("name", "first_name", "first_surname", "second_surname", "email", "phone", "location")


def encoded(cv: Cv) -> dict[str, Any]:
    """Return everything of a CV as JSON's types."""
    return dataclasses.asdict(cv)


def decoded(raw: dict[str, Any]) -> Cv:
    """Build a CV from `encoded`. Raises KeyError, TypeError, ValueError for anything else."""
    contact = raw["contact"]
    return Cv(
        language=str(raw["language"]),
        contact=CvContact(**{name: _found(contact[name]) for name in _CONTACT}, links=_all(contact["links"])),
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


def plain(cv: Cv) -> dict[str, Any]:
    """Return the fields as `python -m ml.cv` prints them, with `evidence`: path → place, confidence."""
    evidence: dict[str, dict[str, float]] = {}

    def value(path: str, found: Found | None) -> str | None:
        if found is None:
            return None
        evidence[path] = {**dataclasses.asdict(found.span), "confidence": round(found.confidence, 2)}
        return found.value

    def values(path: str, found: tuple[Found, ...]) -> list[str | None]:
        return [value(f"{path}[{at}]", one) for at, one in enumerate(found)]

    contact: dict[str, Any] = {name: value(f"contact.{name}", getattr(cv.contact, name)) for name in _CONTACT}
    contact["links"] = values("contact.links", cv.contact.links)
    experience = []
    for at, job in enumerate(cv.experience):
        here = f"experience[{at}]"
        told: dict[str, Any] = {
            name: value(f"{here}.{name}", getattr(job, name)) for name in ("employer", "title", "start", "end")
        }
        told |= {"current": job.current, "months": job.months, "duties": values(f"{here}.duties", job.duties)}
        experience.append(told)
    return {
        "contact": contact,
        "summary": value("summary", cv.summary),
        "experience": experience,
        "education": [
            {
                name: value(f"education[{at}].{name}", getattr(study, name))
                for name in ("institution", "degree", "start", "end")
            }
            for at, study in enumerate(cv.education)
        ],
        "languages": [
            {
                "language": one.language,
                "name": value(f"languages[{at}].name", one.name),
                "level": value(f"languages[{at}].level", one.level),
            }
            for at, one in enumerate(cv.languages)
        ],
        "skills": [
            {
                "id": one.id,
                "name": value(f"skills[{at}].name", one.name),
                "level": value(f"skills[{at}].level", one.level),
                "years": one.years,
                "last_used": one.last_used,
            }
            for at, one in enumerate(cv.skills)
        ],
        "certifications": values("certifications", cv.certifications),
        "total_months": cv.total_months,
        "evidence": evidence,
    }
