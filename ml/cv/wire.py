"""A CV as `python -m ml.cv` prints it."""

from __future__ import annotations

import dataclasses
from typing import Any

from huntred.cv.ports import Cv, Found
from huntred.cv.wire import CONTACT_FIELDS


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

    contact: dict[str, Any] = {name: value(f"contact.{name}", getattr(cv.contact, name)) for name in CONTACT_FIELDS}
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
