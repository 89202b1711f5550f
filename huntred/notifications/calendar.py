"""Calendar files (RFC 5545, RFC 5546): an invitation, its changes and its end, as attachments of a mail."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress, vText

from contract.message import Attachment

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Appointment:
    """What a calendar needs of an interview. sequence: grows with every change of the same id."""

    id: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    url: str
    organiser_name: str
    organiser_email: str


def ics(
    appointment: Appointment, *, attendee_name: str, attendee_email: str, method: Method, now: datetime
) -> Attachment:
    """Return the calendar file for one attendee; calendars replace the earlier one by its UID and sequence."""
    event = Event()
    event.add("uid", f"interview-{appointment.id}@huntred")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", appointment.summary)
    if appointment.location:
        event.add("location", appointment.location)
    if appointment.url:
        event.add("url", appointment.url)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    organiser = vCalAddress(f"mailto:{appointment.organiser_email}")
    organiser.params["CN"] = vText(appointment.organiser_name)
    event["organizer"] = organiser
    attendee = vCalAddress(f"mailto:{attendee_email}")
    attendee.params["CN"] = vText(attendee_name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Grupo huntRED//Interviews//ES")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    content = base64.b64encode(calendar.to_ical()).decode()
    return Attachment("invite.ics", f"text/calendar; method={method}; charset=utf-8", content)
