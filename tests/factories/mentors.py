"""Mentors of huntU with time every day, and a person of the unit."""

from __future__ import annotations

from datetime import time
from typing import Any

from huntred.mentoring import service as mentoring
from huntred.mentoring.models import Mentor
from huntred.mentoring.rules import MentorForm
from tests.factories.desk import Desk

EVERY_DAY = {day: (time(17), time(20)) for day in range(7)}


def mentor(desk: Desk, **values: Any) -> Mentor:
    form = MentorForm(
        **({
            "name": "Laura Méndez", "email": "laura@example.com", "about": "Dirige finanzas en una startup.",
            "fields": ("finance",), "availability": EVERY_DAY, "weekly_capacity": 5,
            "meeting_place": "https://video.example.mx/laura",
        } | values)
    )  # fmt: skip
    with desk.work("huntu") as uow:
        return mentoring.create(uow, form, now=desk.now)
