"""Applications in all stages, with their history."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from huntred.geography import distance_km
from runtime.demo.dice import Dice
from runtime.demo.parts import Demo, MadeApplication, MadePerson, MadeVacancy

_STAGES = [
    ("new", 32),
    ("screening", 24),
    ("interview", 18),
    ("offer", 5),
    ("hired", 4),
    ("rejected", 12),
    ("withdrawn", 5),
]
_ENDED_STAGES = [("rejected", 7), ("withdrawn", 2)]
_PATHS = {
    "new": ["new"],
    "screening": ["new", "screening"],
    "interview": ["new", "screening", "interview"],
    "offer": ["new", "screening", "interview", "offer"],
    "hired": ["new", "screening", "interview", "offer", "hired"],
}
_NEAR_KM = 60.0


def make_applications(demo: Demo) -> None:
    dice = Dice("applications")
    for unit in demo.units:
        shown = [vacancy for vacancy in demo.vacancies if vacancy.unit == unit and vacancy.published_at is not None]
        for person in (person for person in demo.people if person.unit == unit):
            if not dice.chance(0.72):
                continue
            weighted = [(vacancy, _pull(person, vacancy)) for vacancy in shown]
            chosen = {dice.weighted(weighted).id for _ in range(dice.weighted([(1, 5), (2, 3), (3, 1)]))}
            for vacancy in shown:
                if vacancy.id in chosen:
                    _application(demo, dice, person, vacancy)


def _pull(person: MadePerson, vacancy: MadeVacancy) -> int:
    """How much a vacancy draws this person: their own work first, and not too far away."""
    pull = 1
    if vacancy.job is person.job:
        pull = 60
    elif set(vacancy.job.industries) & set(person.job.industries):
        pull = 4
    if distance_km(person.latitude, person.longitude, vacancy.latitude, vacancy.longitude) <= _NEAR_KM:
        pull *= 8
    return pull


def _application(demo: Demo, dice: Dice, person: MadePerson, vacancy: MadeVacancy) -> None:
    if vacancy.state in {"filled", "closed"}:
        stage = "hired" if vacancy.state == "filled" and dice.chance(0.3) else dice.weighted(_ENDED_STAGES)
    else:
        stage = dice.weighted(_STAGES)
    failed = stage in {"new", "rejected"} and dice.chance(0.15)
    path = _path(dice, stage)
    first = max(person.since, vacancy.published_at or person.since)
    created = first + (demo.now - first) * dice.between(0.05, 0.9)
    times = _times(dice, created, demo.now, len(path))
    application_id = dice.new_id()
    alike = vacancy.job is person.job
    score = Decimal(str(round(dice.between(0.68, 0.95) if alike else dice.between(0.42, 0.7), 4)))
    demo.add(
        "applications", id=application_id, unit=vacancy.unit, division_id=vacancy.division_id, vacancy_id=vacancy.id,
        person_id=person.id, profile_id=person.profile_id, stage_id=demo.stages[vacancy.unit, stage], score=score,
        answers=_answers(dice, vacancy, failed), knocked_out=failed and bool(vacancy.questions),
        source=dice.weighted([("chat", 8), ("web", 2)]), generated=True, moved_at=times[-1], created_at=created,
    )  # fmt: skip
    for index, kind in enumerate(path):
        by_consultant = index > 0 and kind not in {"withdrawn", "interview"}
        demo.add(
            "application_moves", id=dice.new_id(), unit=vacancy.unit, division_id=vacancy.division_id,
            application_id=application_id,
            from_stage_id=demo.stages[vacancy.unit, path[index - 1]] if index else None,
            to_stage_id=demo.stages[vacancy.unit, kind],
            user_id=dice.one(demo.users[vacancy.unit]) if by_consultant else None,
            reason=dice.one(demo.content.people["rejection_reasons"]) if kind == "rejected" else "", at=times[index],
        )  # fmt: skip
    demo.applications.append(MadeApplication(application_id, vacancy.unit, vacancy, person, stage, times[-1], created))


def _path(dice: Dice, stage: str) -> list[str]:
    if stage in _PATHS:
        return _PATHS[stage]
    before = dice.weighted([("new", 4), ("screening", 4), ("interview", 2)])
    return [*_PATHS[before], stage]


def _times(dice: Dice, start: datetime, now: datetime, count: int) -> list[datetime]:
    """Moments from the start on, each later than the one before and none in the future."""
    left = (now - start).total_seconds()
    offsets = sorted(dice.between(0.02, 0.98) * left for _ in range(count - 1))
    return [start, *(start + timedelta(seconds=offset) for offset in offsets)]


def _answers(dice: Dice, vacancy: MadeVacancy, failed: bool) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []
    for index, question in enumerate(vacancy.questions):
        passed = not (failed and index == 0)
        answer: bool | str
        if question["kind"] == "yes_no":
            answer = question["expected"]["answer"] is passed
        else:
            least = int(question["expected"]["min"])
            answer = str(least + dice.whole(0, max(3, least // 2)) if passed else max(0, least - 1))
        answers.append({"question": question["text"], "answer": answer, "passed": passed})
    return answers
