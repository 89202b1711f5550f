"""What a client may read of the people on a shortlist: less than the team, and only of who allowed it.

In a confidential search they stand there as numbers until both sides agreed: no name, no line about their work, no
words of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from backoffice import work
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import service as disclosures
from huntred.disclosures.rules import CANDIDATE
from huntred.disclosures.service import Standing
from huntred.matching import service as matching
from huntred.matching.ports import Evidence
from huntred.people.models import UnitProfile
from huntred.privacy import service as privacy
from huntred.shortlists import service as shortlists
from huntred.vacancies import service as vacancies

# Short words about work. Free text might name anything, and what somebody expects to earn is theirs to say.
_QUOTED = frozenset({"headline", "skills", "experience_years"})


@dataclass(frozen=True)
class SharedPerson:
    """name: the first name and an initial; empty while the search keeps it. entry_id: of the shortlist."""

    entry_id: UUID
    name: str
    headline: str
    evidence: tuple[Evidence, ...]
    standing: Standing


def shared_people(uow: UnitOfWork, vacancy_id: UUID) -> tuple[list[SharedPerson], int]:
    """Return who may be shown, in the list's order, and how many of the list may not."""
    entries = {entry.profile.id: entry for entry in shortlists.entries(uow, vacancy_id)}
    profiles = [entry.profile for entry in entries.values()]
    everybody = [profile.person_id for profile in profiles]
    confidential = vacancies.get(uow, vacancy_id).confidential
    standings = disclosures.standings(uow, vacancy_id, everybody)
    allowed = privacy.may_be_shown(uow, everybody)
    if confidential:
        # Who agreed to be named here, if the client agrees too, agreed to less as well.
        allowed |= {person for person, standing in standings.items() if standing.said(CANDIDATE)}
    shown = [profile.id for profile in profiles if profile.person_id in allowed]
    ranked = matching.people_named(uow, work.wiring().ranker, vacancy_id, shown)
    people = []
    for one in ranked:
        standing = standings[one.profile.person_id]
        named = standing.open or not confidential
        told = tuple(_less(item, quoted=named) for item in one.evidence if item.feature != "permit")
        people.append(
            SharedPerson(
                entries[one.profile.id].id, _short_name(one.profile) if named else "",
                one.profile.headline if named else "", told, standing,
            )
        )  # fmt: skip
    return people, len(profiles) - len(people)


def _short_name(profile: UnitProfile) -> str:
    first = profile.first_name.split()[0] if profile.first_name.split() else "—"
    return f"{first} {profile.last_name[0]}." if profile.last_name else first


def _less(item: Evidence, *, quoted: bool) -> Evidence:
    return item if quoted and item.stands_in in _QUOTED else replace(item, quote="", values=_what(item))


def _what(item: Evidence) -> dict[str, str]:
    return {"what": item.values["what"]} if "what" in item.values else {}
