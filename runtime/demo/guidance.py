"""huntU's mentors with their sessions, and learning plans of what vacancies ask for."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from contract.text import normalise
from huntred import fields
from huntred.learning.rules import MOST_OPEN, key_of, lacking
from huntred.matching.ports import Evidence
from huntred.mentoring import rules
from runtime.demo.dice import Dice
from runtime.demo.openings import kind_of
from runtime.demo.parts import Demo, MadePerson, MadeVacancy

UNIT = "huntu"
_PLANS, _LOOKED_AT = 70, 20
# What became of sessions that were asked for; of those to come nobody is asked still: their answer would be awaited.
_PAST = [("done", 12), ("missed", 2), ("cancelled", 2), ("declined", 2), ("expired", 1)]
_WEEKS_BACK, _MOST_AHEAD = 8, 2


def make_mentors(demo: Demo) -> None:
    if UNIT not in demo.units:
        return
    dice = Dice("mentors")
    busy = {row["application_id"] for row in demo.rows["interviews"]}
    in_interviews = {made.person.id for made in demo.applications if made.id in busy}
    # Nobody is in two places: who has interviews meets no mentor.
    people = dice.shuffled(
        [person for person in demo.people if person.unit == UNIT and person.id not in in_interviews | demo.twins]
    )
    for written in demo.content.mentors["mentors"]:
        availability = {
            int(day): (time.fromisoformat(since), time.fromisoformat(upto))
            for day, (since, upto) in written["availability"].items()
        }
        form = rules.MentorForm(
            written["name"], written["email"], written["about"], tuple(written["fields"]), availability,
            weekly_capacity=written["weekly"], session_minutes=written["minutes"], meeting_place=written["place"],
            active=written.get("active", True),
        )  # fmt: skip
        rules.check(form)
        mentor_id = dice.new_id()
        begun = demo.now - timedelta(weeks=_WEEKS_BACK + 1, hours=dice.whole(1, 200))
        demo.add(
            "mentors", id=mentor_id, unit=UNIT, name=form.name, email=form.email, about=form.about,
            fields=list(form.fields), availability=rules.stored(availability), timezone=form.timezone,
            weekly_capacity=form.weekly_capacity, session_minutes=form.session_minutes,
            meeting_place=form.meeting_place, active=form.active, created_at=begun, updated_at=begun,
        )  # fmt: skip
        _sessions(demo, dice, mentor_id, form, people)


def _sessions(demo: Demo, dice: Dice, mentor_id: UUID, form: rules.MentorForm, people: list[MadePerson]) -> None:
    availability = rules.stored(form.availability or {})
    taken: list[rules.Span] = []
    for week in range(-_WEEKS_BACK, 2 if form.active else -1):
        asked_first = demo.now + timedelta(weeks=week)
        spans = list(rules.offered(availability, form.timezone, form.session_minutes, now=asked_first, days=7))
        wanted = dice.whole(0, 2) if week < 0 else dice.whole(1, _MOST_AHEAD)
        for span in dice.shuffled(spans)[:wanted]:
            if not any(rules.free(iter([span]), taken, form.timezone, form.weekly_capacity)):
                continue
            fitting = [person for person in people if person.since < span.starts_at - timedelta(days=1)]
            own = [person for person in fitting if fields.named_in(person.headline)[:1] == list(form.fields)[:1]]
            person = next(iter(own or fitting), None)
            if person is None:
                return
            people.remove(person)
            taken.append(span)
            latest = min(demo.now, span.starts_at - timedelta(hours=20))
            asked = max(person.since, latest - timedelta(hours=dice.whole(2, 60)))
            _session(demo, dice, mentor_id, person, form.fields[0], span, asked)


def _session(
    demo: Demo, dice: Dice, mentor_id: UUID, person: MadePerson, field: str, span: rules.Span, asked: datetime
) -> None:
    until = rules.answer_until(asked, span.starts_at)
    over = span.ends_at < demo.now
    state = dice.weighted(_PAST) if over else "accepted"
    answered = None if state == "expired" else min(asked + (until - asked) * dice.between(0.1, 0.8), demo.now)
    met = state in {"done", "missed"}
    words = demo.content.mentors
    demo.add(
        "mentor_sessions", id=dice.new_id(), unit=UNIT, mentor_id=mentor_id, person_id=person.id, field=field,
        starts_at=span.starts_at, ends_at=span.ends_at, state=state, asked_at=asked, answer_until=until,
        answered_at=answered, ended_at=until if state == "expired" else answered if state == "cancelled" else None,
        ended_by=dice.one(["person", "mentor"]) if state == "cancelled" else "",
        reason=dice.one(words["reasons"]) if state in {"declined", "cancelled"} else "",
        outcome=dice.one(words["outcomes"][state]) if met else "",
        outcome_at=min(demo.now, span.ends_at + timedelta(hours=dice.whole(1, 30))) if met else None,
        sequence=0 if state == "expired" else 1,
    )  # fmt: skip


def make_plans(demo: Demo) -> None:
    """Plans as the chat proposes them: what the open vacancies of somebody's kind of work ask for and they lack."""
    dice = Dice("plans")
    shown = [vacancy for vacancy in demo.vacancies if vacancy.unit == UNIT and vacancy.state == "open"]
    profiles = {row["id"]: row for row in demo.rows["unit_profiles"]}
    people = [person for person in demo.people if person.unit == UNIT and person.id not in demo.twins]
    for person in dice.shuffled(people)[:_PLANS]:
        near = [one for one in shown if set(one.job.industries) & set(person.job.industries)][:_LOOKED_AT]
        told = {normalise(skill) for skill in profiles[person.profile_id]["skills"]}
        lacks = lacking([(demo.numbers[vacancy.id], _evidence(vacancy, told)) for vacancy in near])[:MOST_OPEN]
        planned = person.since + (demo.now - person.since) * dice.between(0.05, 0.7)
        for number, lack in enumerate(lacks, 1):
            done = dice.chance(0.35)
            at = planned + (demo.now - planned) * dice.between(0.2, 0.9)
            by = dice.weighted([("person", 3), ("consultant", 1)])
            demo.add(
                "learning_steps", id=dice.new_id(), unit=UNIT, person_id=person.id, ord=number, skill=lack.skill,
                skill_key=key_of(lack.skill), wish=person.headline, asked_by=lack.asked_by, looked_at=len(near),
                vacancies=lack.vacancies[:3], source="matching", state="done" if done else "open",
                note=dice.one(demo.content.mentors["notes"]) if dice.chance(0.3) else "",
                done_at=at if done else None, done_by=by if done else "", created_at=planned,
            )  # fmt: skip


def _evidence(vacancy: MadeVacancy, told: set[str]) -> list[Evidence]:
    return [
        Evidence(
            "skills", "met" if normalise(wanted.name) in told else "not", None, wanted.name, wanted.importance,
            code=kind_of(wanted.name),
        )
        for wanted in vacancy.job.wanted
    ]  # fmt: skip

