"""The search over everything that a scope sees: people, vacancies, companies, applications by number, conversations.

Four looks, from strict to forgiving, each for the kinds that still have few: whole words, beginnings of words, words
that sound the same, words with a wrong letter. So a name that is there as typed is never behind one that resembles it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from huntred.db.unit_of_work import UnitOfWork
from huntred.search import repository, rules
from huntred.search.types import Found, Hit, Kind

_SHOWN = 6
# So many are looked up where so many more fit; the closest of them are shown.
_LOOKED_UP = 60
_PASSES = (1, 2, 3, 4)
_ROWS: dict[Kind, Callable[[Session, Sequence[UUID]], list[Hit]]] = {
    "person": repository.people,
    "vacancy": repository.vacancies,
    "company": repository.companies,
    "talk": repository.talks,
}
_ORDER: tuple[Kind, ...] = ("application", "person", "vacancy", "company", "talk")


def find(uow: UnitOfWork, typed_text: str, *, shown: int = _SHOWN) -> Found:
    """Find what fits, of each kind at most so many. Fewer than two letters or digits find nothing."""
    typed = rules.read(typed_text)
    session = uow.session
    if sum(len(word) for word in typed.words) < 2:
        return Found(())
    hits: dict[Kind, list[Hit]] = {kind: [] for kind in _ORDER}
    if typed.number is not None:
        hits["application"] = repository.applications_by_number(session, typed.number)
        hits["vacancy"] = repository.vacancies_by_number(session, typed.number)
    if typed.email:
        hits["person"] = repository.people(session, repository.people_by_email(session, typed.email, shown))
    _by_words(session, typed, hits, shown)
    return Found([(kind, hits[kind][:shown]) for kind in _ORDER if hits[kind]])


def forget_unused(uow: UnitOfWork, most: int = 2000) -> int:
    """Forget words that nothing has any more, looking at those that were looked at longest ago; returns how many."""
    return int(uow.session.scalar(text("SELECT app_search_forget(:most)"), {"most": most}) or 0)


def _by_words(session: Session, typed: rules.Typed, hits: dict[Kind, list[Hit]], shown: int) -> None:
    seen: set[UUID] = {hit.id for found in hits.values() for hit in found}
    for which_pass in _PASSES:
        # A wrong letter is only looked for where nothing was found: it is what takes longest, and guesses most.
        wanting = [kind for kind in _ROWS if len(hits[kind]) < (shown if which_pass < _PASSES[-1] else 1)]
        if not wanting:
            return
        for kind, found in repository.ids(session, wanting, typed, which_pass, _LOOKED_UP).items():
            new = [one for one in found if one not in seen]
            seen.update(new)
            if new:
                rows = _ROWS[kind](session, new)  # type: ignore[index]  # only the kinds that were asked for
                rows.sort(key=lambda hit: (-rules.closeness(typed, hit.name), hit.name, str(hit.id)))
                hits[kind] += rows  # type: ignore[index]
