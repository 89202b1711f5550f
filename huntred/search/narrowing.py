"""A list's text filter, by the search's own entries: few ids where a word is rare, the text itself where it is common.

A word that few have is looked up and the list reads those rows. One that many have is looked for in the rows as the
list's order brings them: a page is full soon. Both read words by their beginnings, as the search does; a word that
nothing begins with is tried as it sounds, then with a wrong letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import QueryableAttribute

from huntred.search import repository, rules
from huntred.search.types import Kind

# Read by id and sorted in some 30 ms; of what more have, one row in some hundreds fits.
MOST = 2000
# Of one word PostgreSQL's guess is close: what it takes to be so common is not looked up at all.
_SURELY = 10
_WHOLE, _PASSES = 1, (2, 3, 4)


def typed(*texts: str) -> rules.Typed | None:
    """Read what was typed into one or several fields; none where nothing was. Words are empty where none counts."""
    given = [text for text in texts if text.strip()]
    if not given:
        return None
    words = [word for text in given for word in rules.read(text).words]
    return rules.Typed(" ".join(given), tuple(dict.fromkeys(words))[: rules.MOST_WORDS])


def ids(session: Session, kind: Kind, wanted: rules.Typed, most: int = MOST) -> list[UUID] | None:
    """Return the ids of one kind that fit, from the strictest look that finds any; none where they are more."""
    if not wanted.words:
        return []
    if _common(session, [kind], wanted, most):
        return None
    for which_pass in _PASSES:
        found = repository.ids(session, [kind], wanted, which_pass, most + 1).get(kind, [])
        if found:
            # What was forgiven cannot be looked for in the text: so many of it are enough.
            return found if len(found) <= most else None if which_pass == _PASSES[0] else found[:most]
    return []


def _common(session: Session, kinds: Sequence[Kind], wanted: rules.Typed, most: int) -> set[Kind]:
    """Return the kinds of which more than so many fit, as far as that is told sooner than by looking them up.

    Words as they stand are read in a third of the time that all that begins with them takes.
    """
    guessed = repository.expected(session, kinds, wanted, _PASSES[0])
    surely = {kind for kind in kinds if len(wanted.words) == 1 and guessed[kind] > _SURELY * most}
    likely = [kind for kind in kinds if kind not in surely and guessed[kind] > most]
    whole = repository.ids(session, likely, wanted, _WHOLE, most + 1) if likely else {}
    return surely | {kind for kind in likely if len(whole.get(kind, [])) > most}


def condition(
    session: Session, kind: Kind, row_id: QueryableAttribute[UUID], text: QueryableAttribute[str], *texts: str
) -> ColumnElement[bool] | None:
    """Return what a row of one kind must fulfil; none where nothing was typed. text: its folded text."""
    wanted = typed(*texts)
    if wanted is None:
        return None
    found = ids(session, kind, wanted)
    return in_text(text, wanted.words) if found is None else among(row_id, found)


def among(row_id: QueryableAttribute[UUID], found: Sequence[UUID]) -> ColumnElement[bool]:
    return row_id.in_(found) if found else false()


def in_text(text: ColumnElement[str] | QueryableAttribute[str], words: Sequence[str]) -> ColumnElement[bool]:
    """Whether each word begins a word of the folded text; one of two letters is a word.

    Wrapped, so that PostgreSQL takes it for a coin's toss. By itself it takes any pattern to be rare, and would read
    and sort all rows instead of walking in the list's order until the page is full.
    """
    return func.coalesce(and_(*(text.regexp_match(_pattern(word)) for word in words)), false())


def of_two(
    session: Session,
    wanted: rules.Typed,
    person: tuple[QueryableAttribute[UUID], QueryableAttribute[UUID], QueryableAttribute[str]],
    vacancy: tuple[QueryableAttribute[UUID], QueryableAttribute[UUID], QueryableAttribute[str]],
) -> list[ColumnElement[bool]]:
    """Return what an application must fulfil: each word stands in its person or in its vacancy.

    person, vacancy: the application's key to them, their own, and their folded text. What both have few of is looked
    up; words that no vacancy has are the person's, and looked up together where each alone is common (a name and a
    surname).
    """
    if not wanted.words:
        return [false()]
    conditions, of_person, of_vacancy = [], [], []
    for word in wanted.words:
        one = replace(wanted, words=(word,))
        people, vacancies = _both(session, one)
        if people is not None and vacancies is not None:
            conditions.append(or_(among(person[0], people), among(vacancy[0], vacancies)))
        elif vacancies == []:
            of_person.append(word)
        elif people == []:
            of_vacancy.append(word)
        else:
            conditions.append(or_(_in_text_of(*vacancy, [word]), _in_text_of(*person, [word])))
    for kind, words, other in (("person", of_person, person), ("vacancy", of_vacancy, vacancy)):
        if words:
            found = ids(session, kind, replace(wanted, words=tuple(words)))  # type: ignore[arg-type]  # of the two
            conditions.append(_in_text_of(*other, words) if found is None else among(other[0], found))
    return conditions


def _in_text_of(
    key: QueryableAttribute[UUID], other_id: QueryableAttribute[UUID], text: QueryableAttribute[str],
    words: Sequence[str],
) -> ColumnElement[bool]:  # fmt: skip
    """Whether each word begins one of the row that the key leads to.

    A value and no join: the rows come in the list's order and stop where the page is full, whatever PostgreSQL takes
    the words to be (it knows nothing of how common they are, and would join both tables whole and sort them).
    """
    return select(in_text(text, words)).where(other_id == key).scalar_subquery()


def _both(session: Session, one: rules.Typed) -> tuple[list[UUID] | None, list[UUID] | None]:
    """Look in both at once, so that a word is only forgiven where neither has it."""
    common = _common(session, ("person", "vacancy"), one, MOST)
    others: list[Kind] = [kind for kind in ("person", "vacancy") if kind not in common]
    found: dict[str, list[UUID]] = {}
    for which_pass in _PASSES if others else ():
        found = repository.ids(session, others, one, which_pass, MOST + 1)
        if which_pass == _PASSES[0]:
            common |= {kind for kind in others if len(found.get(kind, [])) > MOST}
        if common or found:
            break
    people, vacancies = (None if kind in common else found.get(kind, [])[:MOST] for kind in ("person", "vacancy"))
    return people, vacancies


def _pattern(word: str) -> str:
    # The search divides words where no letter, digit, + or # stands.
    ends = "" if len(word) > 2 else "(?![a-z0-9+#])"
    return f"(^|[^a-z0-9+#]){re.escape(word)}{ends}"
