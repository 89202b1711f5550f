"""Interview times of the consultants on weekdays from 9 to 18 h, and the interviews booked into them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from huntred.interviews.rules import overlaps, recurring_days, slot_times
from runtime.demo.dice import Dice
from runtime.demo.parts import Demo, MadeApplication

ZONE = "America/Mexico_City"
_DAYS = 10
_MINUTES = {"amigro": 30, "huntu": 45, "huntred": 60, "huntred_executive": 60}
_VIDEO = {"amigro": 0.2, "huntu": 0.6, "huntred": 0.5, "huntred_executive": 0.4}
_TODAY = 6  # interviews of each unit on the day of the load, whatever day of the week it is
_GROUPS, _CAPACITY, _GUESTS = 4, 10, 3
_ROOM = "Sala de juntas"
_PAST_STAGES = {"offer", "hired"}

Time = tuple[UUID, datetime, datetime]


def make_interviews(demo: Demo) -> None:
    dice = Dice("interviews")
    today = demo.now.astimezone(ZoneInfo(ZONE)).date()
    for unit in demo.units:
        _Calendar(demo, dice, unit, today).fill()


def _weekdays(first: date, step: int) -> tuple[date, ...]:
    days: list[date] = []
    day = first + timedelta(days=step)
    while len(days) < _DAYS:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=step)
    return tuple(days)


class _Calendar:
    """The times of one unit, and who is where when."""

    def __init__(self, demo: Demo, dice: Dice, unit: str, today: date) -> None:
        self._demo, self._dice, self._unit = demo, dice, unit
        self._busy: dict[UUID, list[tuple[datetime, datetime]]] = {}
        self._past = dice.shuffled(self._times(_weekdays(today, -1)))
        self._today = dice.shuffled(self._times((today,)))
        self._coming = self._times(_weekdays(today, 1))

    def _times(self, days: tuple[date, ...]) -> list[Time]:
        spans = list(slot_times(days, time(9), time(18), _MINUTES[self._unit], ZONE))
        return [(user, start, end) for user in self._demo.users[self._unit] for start, end in spans]

    def fill(self) -> None:
        waiting = [made for made in self._demo.applications if made.unit == self._unit]
        ahead = [made for made in waiting if made.stage == "interview" and self._dice.chance(0.6)]
        chosen = {made.id for made in ahead}
        over = [
            made for made in waiting
            if made.id not in chosen and (made.stage in _PAST_STAGES or (made.stage == "interview"))
        ]  # fmt: skip
        for made in ahead[:_TODAY]:
            self._book(made, self._today)
        coming = self._dice.shuffled(self._coming)
        taken = [span for made in ahead[_TODAY:] if (span := self._book(made, coming)) is not None]
        for made in over:
            self._book(made, self._past)
        for span in self._coming:
            if span not in taken:
                self._slot(span)
        self._groups([made for made in over if made.stage == "interview"][:_GUESTS])

    def _groups(self, guests: list[MadeApplication]) -> None:
        """A group each week at the end of a day, in the unit's room; some are expected at the first."""
        demo, dice = self._demo, self._dice
        office = demo.content.people["offices"][self._unit]
        room, series, user = dice.new_id(), dice.new_id(), demo.users[self._unit][0]
        demo.add("rooms", id=room, unit=self._unit, name=_ROOM, address=office["address"], generated=True)
        first = min(start for _, start, _ in self._coming).date()
        days = recurring_days(first, {2}, count=_GROUPS)
        for number, (start, end) in enumerate(slot_times(days, time(18), time(19), 60, ZONE)):
            slot_id = self._slot((user, start, end), room=room, series=series)
            for made in guests if number == 0 else []:
                self._interview(made, user, start, end, slot_id)

    def _book(self, made: MadeApplication, times: list[Time]) -> Time | None:
        """Book the first time at which the person is nowhere else; it is used up."""
        for span in times:
            user, start, end = span
            held = self._busy.setdefault(made.person.id, [])
            if any(overlaps(start, end, *other) for other in held):
                continue
            times.remove(span)
            held.append((start, end))
            self._interview(made, user, start, end, self._slot(span, made))
            return span
        return None

    def _slot(
        self, span: Time, made: MadeApplication | None = None, room: UUID | None = None, series: UUID | None = None
    ) -> UUID:
        user, start, end = span
        demo, dice = self._demo, self._dice
        office = demo.content.people["offices"][self._unit]
        video = dice.chance(_VIDEO[self._unit]) and room is None
        slot_id = dice.new_id()
        demo.add(
            "interview_slots", id=slot_id, unit=self._unit, division_id=made.vacancy.division_id if made else None,
            interviewer_id=user, starts_at=start, ends_at=end, modality="video" if video else "in_person",
            address="" if video else office["address"], latitude=None if video else office["latitude"],
            longitude=None if video else office["longitude"],
            video_url=f"https://video.huntred.example/{slot_id.hex[-10:]}" if video else "", room_id=room,
            series_id=series, capacity=_CAPACITY if room else 1, timezone=ZONE, generated=True,
        )  # fmt: skip
        return slot_id

    def _interview(self, made: MadeApplication, user: UUID, start: datetime, end: datetime, slot_id: UUID) -> None:
        demo, dice = self._demo, self._dice
        over = end <= demo.now
        came = dice.chance(0.85) or made.stage in _PAST_STAGES
        booked = min(demo.now, start) - timedelta(hours=dice.whole(20, 120))
        confirmed = over or dice.chance(0.6)
        demo.add(
            "interviews", id=dice.new_id(), unit=self._unit, division_id=made.vacancy.division_id, slot_id=slot_id,
            application_id=made.id, interviewer_id=user, state=("attended" if came else "missed") if over else "booked",
            interviewer_answer="confirmed" if confirmed else "pending",
            attendance_confirmed_at=booked + timedelta(hours=dice.whole(1, 19)) if confirmed else None,
            arrived_at=start - timedelta(minutes=dice.whole(2, 15)) if over and came else None, generated=True,
            booked_at=booked,
        )  # fmt: skip
        if not over:
            demo.interview_at[made.id] = start
