"""What a client may read of the people on a shortlist: less than the team, and only of who allowed it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from backoffice import work
from huntred.db.unit_of_work import UnitOfWork
from huntred.matching import service as matching
from huntred.matching.ports import Evidence
from huntred.people.models import UnitProfile
from huntred.privacy import service as privacy
from huntred.shortlists import service as shortlists

# Short words about work. Free text might name anything, and what somebody expects to earn is theirs to say.
_QUOTED = frozenset({"headline", "skills", "experience_years"})


@dataclass(frozen=True)
class SharedPerson:
    """name: the first name and an initial."""

    name: str
    headline: str
    evidence: tuple[Evidence, ...]


def shared_people(uow: UnitOfWork, vacancy_id: UUID) -> tuple[list[SharedPerson], int]:
    """Return who may be shown, in the list's order, and how many of the list may not."""
    profiles = [entry.profile for entry in shortlists.entries(uow, vacancy_id)]
    allowed = privacy.may_be_shown(uow, [profile.person_id for profile in profiles])
    shown = [profile.id for profile in profiles if profile.person_id in allowed]
    ranked = matching.people_named(uow, work.wiring().ranker, vacancy_id, shown)
    people = [
        SharedPerson(
            _short_name(one.profile), one.profile.headline,
            tuple(_less(item) for item in one.evidence if item.feature != "permit"),
        )
        for one in ranked
    ]  # fmt: skip
    return people, len(profiles) - len(people)


def _short_name(profile: UnitProfile) -> str:
    first = profile.first_name.split()[0] if profile.first_name.split() else "—"
    return f"{first} {profile.last_name[0]}." if profile.last_name else first


def _less(item: Evidence) -> Evidence:
    return item if item.stands_in in _QUOTED else replace(item, quote="", values=_what(item))


def _what(item: Evidence) -> dict[str, str]:
    return {"what": item.values["what"]} if "what" in item.values else {}
