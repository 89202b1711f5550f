"""The calendar's page, the questions it asks, and the feed that calendar programs fetch."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import select

from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot
from tests.integration.backoffice.conftest import Office, post
from tests.integration.backoffice.test_access import Things, things


def feed_of(client: Any) -> str:
    found = re.search(r"(/calendario/[^\"]+\.ics)", client.get("/account/").text)
    assert found
    return found[1]


def interviewer_of(office: Office, own: Things) -> Any:
    return office.desk.one(Interview, own.interview).interviewer_id


def test_every_view_shows_who_comes_and_what_is_free(office: Office) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    for view in ("month", "week", "day", "agenda"):
        page = client.get(f"/interviews/?view={view}").text
        assert "Rosa Ibáñez" in page, view
        assert "Rosa Ibáñez" not in client.get(f"/interviews/?view={view}&date=2026-05-01").text
    assert "Día del Trabajo" in client.get("/interviews/?view=week&date=2026-05-01").text
    free = client.get("/interviews/?view=agenda&state=free").text
    assert "Rosa Ibáñez" not in free and "Libre" in free
    assert f"/interviews/slots/{own.slot}" in free


def test_another_time_is_proposed_shown_as_waiting_and_taken_back(office: Office) -> None:
    own = things(office, "amigro")
    client = office.client(office.user())
    to = (office.desk.now + timedelta(days=1)).strftime("%Y-%m-%dT10:15")
    back = "/interviews/?view=week"
    dialog = client.get(f"/interviews/{own.interview}/propose?to={to}", headers={"HX-Request": "true"}).text
    assert "10:15 a 1" in dialog and "<html" not in dialog

    assert post(client, f"/interviews/{own.interview}/propose", {"to": to, "back": back}).location == back
    [proposal] = office.desk.rows(select(InterviewProposal))
    assert "Esperando respuesta: " in client.get(back).text
    assert post(client, f"/interviews/proposals/{proposal.id}/withdraw", {"back": "https://evil.test"}).location == (
        f"/interviews/{own.interview}"
    )
    assert office.desk.one(InterviewProposal, proposal.id).state == "withdrawn"
    assert "Esperando respuesta: " not in client.get(back).text


def test_a_holiday_is_asked_about_and_a_clash_is_named(office: Office) -> None:
    user = office.user(name="Laura Méndez")
    client = office.client(user)
    form = {"first_day": "2026-03-16", "from_time": "09:00", "to_time": "10:00", "modality": "in_person",
            "interviewer_id": str(user.id), "address": "Av. Juárez 10"}  # fmt: skip
    asked = post(client, "/interviews/slots/new", form).text
    assert "Natalicio de Benito Juárez" in asked and 'name="holidays"' in asked
    assert post(client, "/interviews/slots/new", form | {"holidays": "keep"}).status_code == 302
    again = post(client, "/interviews/slots/new", form | {"holidays": "keep"}).text
    assert "Laura Méndez ya tiene otro horario o entrevista a esa hora" in again


def test_a_series_by_weekday_in_the_zone_of_the_place(office: Office) -> None:
    user = office.user()
    client = office.client(user)
    form = {"first_day": "2026-03-03", "count": "4", "weekdays": ["1", "3"], "from_time": "09:00", "to_time": "10:00",
            "minutes": "60", "capacity": "5", "modality": "in_person", "interviewer_id": str(user.id),
            "timezone": "America/Tijuana"}  # fmt: skip
    post(client, "/interviews/slots/new", form)
    made = office.desk.rows(select(InterviewSlot).order_by(InterviewSlot.starts_at))
    # Tijuana changes its clock on 8 March as the United States do.
    assert [(row.starts_at.day, row.starts_at.hour) for row in made] == [(3, 17), (5, 17), (10, 16), (12, 16)]
    assert {row.capacity for row in made} == {5} and len({row.series_id for row in made}) == 1
    post(client, "/account/zone", {"timezone": "America/Tijuana"})
    assert "09:00" in client.get("/interviews/?view=agenda&date=2026-03-03").text
    gone = post(client, f"/interviews/slots/{made[1].id}/cancel", {"which": "following"})
    assert gone.status_code == 302
    assert [row.cancelled_at is None for row in office.desk.rows(
        select(InterviewSlot).order_by(InterviewSlot.starts_at))] == [True, False, False, False]  # fmt: skip


def test_the_feed_holds_ones_own_and_is_sent_once(office: Office) -> None:
    own = things(office, "amigro")
    other = things(office, "huntu")
    user = office.user()
    office.desk.execute("UPDATE interviews SET interviewer_id = :user", user=user.id)
    client, stranger = office.client(user), office.client()
    address = feed_of(client)

    answer = stranger.get(address)
    assert answer.status_code == 200 and answer.content_type == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.data)
    [event] = calendar.walk("VEVENT")
    assert str(event["uid"]) == f"interview-{own.interview}@huntred" != str(other.interview)
    assert str(event["summary"]).startswith("Rosa Ibáñez · ")
    assert event["dtstart"].dt == office.desk.now + timedelta(hours=3)
    assert isinstance(event["dtstamp"].dt, datetime)
    assert "@example" not in answer.text and "5255" not in answer.text
    assert stranger.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304

    post(client, "/account/calendar")
    assert stranger.get(address).status_code == 404
    assert feed_of(client) != address
    assert stranger.get(feed_of(client)).status_code == 200


@pytest.mark.parametrize("token", ["x", "e30.e30", "eyJ2Ijp7fSwiZSI6OTk5OTk5OTk5OX0.AAAA"])
def test_no_other_link_opens_a_calendar(office: Office, token: str) -> None:
    assert office.client().get(f"/calendario/{token}.ics").status_code == 404


def test_who_is_switched_off_loses_the_feed(office: Office) -> None:
    user = office.user()
    address = feed_of(office.client(user))
    office.desk.execute("UPDATE users SET active = false WHERE id = :id", id=user.id)
    assert office.client().get(address).status_code == 404
