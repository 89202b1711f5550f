"""Choosing a time, and everything around an interview: move, cancel, confirm, arrive."""

from __future__ import annotations

from uuid import UUID

from actions.base import ServiceAction
from actions.jobs import SearchJobs, nearby
from actions.steps import choice, of_notice, yes_no
from actions.turn import Turn, button
from actions.wording import shortened, when, when_short, word, words
from huntred.applications import service as applications
from huntred.disclosures import service as disclosures
from huntred.errors import NotFound
from huntred.interviews import proposals
from huntred.interviews import service as interviews
from huntred.interviews.errors import (
    InterviewOver,
    NoLongerFree,
    PlaceUnknown,
    ProposalOver,
    SlotTaken,
    TooEarlyToArrive,
)
from huntred.interviews.models import Interview, InterviewProposal, InterviewSlot
from huntred.units import service as units

_SLOTS_SHOWN = 6


def offer_slots(turn: Turn, application_id: UUID, response: str = "utter_choose_slot") -> None:
    """Show the free times of an application; say so where none is left."""
    timezone = units.get(turn.uow, turn.unit).timezone
    free = interviews.free_slots(turn.uow, application_id, now=turn.now, limit=_SLOTS_SHOWN, timezone=timezone)
    turn.set(application_id=str(application_id), slot_id=None)
    if not free:
        turn.say("utter_no_slot_left")
        return
    rows = [
        button(
            when_short(slot.starts_at, slot.timezone or timezone), "choose_slot", slot_id=str(slot.id),
            description=shortened(where(turn, slot, application_id), 72),
        )
        for slot in free
    ]  # fmt: skip
    turn.expecting = "again_slots"
    turn.say(response, buttons=rows)


def _zone(turn: Turn, slot: InterviewSlot) -> str:
    """The place's time zone, else the unit's."""
    return slot.timezone or units.get(turn.uow, turn.unit).timezone


def _slots_again(turn: Turn) -> None:
    application_id = turn.id_slot("application_id")
    if application_id is None:
        _offer_for_open_application(turn)
    else:
        offer_slots(turn, application_id)


choice("again_slots", _slots_again)


def where(turn: Turn, slot: InterviewSlot, application_id: UUID) -> str:
    """Return the address, or that it is by video; never with the name of a client that is still kept back."""
    if slot.modality == "video":
        return word("modalities", "video")
    application = applications.get(turn.uow, application_id)
    address = disclosures.text_shown(
        turn.uow, application.vacancy, application.person_id, slot.address, instead=words()["the_client"]
    )
    return address or word("modalities", "in_person")


def way_in(turn: Turn, interview: Interview) -> str:
    """Return where, with the link of a video interview; only for whoever has booked it."""
    slot = interview.slot
    place = where(turn, slot, interview.application_id)
    return f"{place}: {slot.video_url}" if slot.modality == "video" and slot.video_url else place


class ChooseSlot(ServiceAction):
    """A time was picked: it is read back, and booked on a yes."""

    def name(self) -> str:
        return "action_choose_slot"

    def serve(self, turn: Turn) -> None:
        picked = turn.entity("slot_id")
        application_id = turn.id_slot("application_id")
        if application_id is None:
            _offer_for_open_application(turn)
            return
        timezone = units.get(turn.uow, turn.unit).timezone
        free = interviews.free_slots(turn.uow, application_id, now=turn.now, limit=100, timezone=timezone)
        slot = next((slot for slot in free if str(slot.id) == picked), None)
        if slot is None:
            offer_slots(turn, application_id, "utter_slot_gone")
            return
        turn.set(slot_id=str(slot.id))
        turn.expecting = "book_slot"
        place = where(turn, slot, application_id)
        turn.say("utter_confirm_slot", when=when(slot.starts_at, slot.timezone or timezone), where=place)


def _book(turn: Turn) -> None:
    slot_id, application_id = turn.id_slot("slot_id"), turn.id_slot("application_id")
    if slot_id is None or application_id is None:
        _offer_for_open_application(turn)
        return
    moving = turn.id_slot("interview_id")
    try:
        with turn.uow.session.begin_nested():
            if moving is not None:
                interview = interviews.reschedule(turn.uow, moving, slot_id, now=turn.now)
            else:
                interview = interviews.book_slot(turn.uow, slot_id, application_id, now=turn.now)
    except (SlotTaken, NoLongerFree) as error:
        turn.say(f"utter_error_{error.code}")
        offer_slots(turn, application_id)
        return
    turn.set(slot_id=None, interview_id=None)
    _say_interview(turn, "utter_interview_moved_by_you" if moving else "utter_interview_booked", interview)


def _other_slot(turn: Turn) -> None:
    application_id = turn.id_slot("application_id")
    if application_id is None:
        turn.say("utter_deny")
    else:
        offer_slots(turn, application_id)


yes_no("book_slot", yes=_book, no=_other_slot)


def _say_interview(turn: Turn, response: str, interview: Interview) -> None:
    turn.say(
        response, position=interview.application.vacancy.title,
        when=when(interview.slot.starts_at, _zone(turn, interview.slot)), where=way_in(turn, interview),
    )  # fmt: skip


class ScheduleInterview(ServiceAction):
    def name(self) -> str:
        return "action_schedule_interview"

    def serve(self, turn: Turn) -> None:
        interview = _next(turn)
        if interview is not None and not _waiting(turn):
            _say_interview(turn, "utter_interview_ahead", interview)
            return
        turn.set(interview_id=None)
        _offer_for_open_application(turn)


def _waiting(turn: Turn) -> list[UUID]:
    """Return the person's applications that are open and have no interview ahead, newest first."""
    found = applications.of_person(turn.uow, turn.person.id, now=turn.now)
    return [
        status.application_id
        for status in found
        if status.interview_id is None and status.stage_kind in {"new", "screening", "interview"}
    ]


def _offer_for_open_application(turn: Turn) -> None:
    waiting = _waiting(turn)
    if not waiting:
        turn.say("utter_no_application_to_schedule")
        return
    offer_slots(turn, waiting[0])


class RescheduleInterview(ServiceAction):
    def name(self) -> str:
        return "action_reschedule_interview"

    def serve(self, turn: Turn) -> None:
        interview = _begin(turn, "utter_reschedule_start")
        if interview is not None:
            offer_slots(turn, interview.application_id)


def _proposal(turn: Turn) -> tuple[Interview, InterviewProposal] | None:
    """Return the proposal that was answered with its interview; none where it is no question of this person's."""
    named = turn.entity("proposal_id")
    try:
        if named:
            proposal = proposals.get(turn.uow, UUID(named))
            interview = interviews.get(turn.uow, proposal.interview_id)
            return (interview, proposal) if interview.application.person_id == turn.person.id else None
    except (NotFound, ValueError):
        return None
    ahead = _next(turn)
    if ahead is None:
        return None
    found = proposals.waiting_of(turn.uow, [ahead.id]).get(ahead.id)
    return None if found is None else (ahead, found)


def _proposal_over(turn: Turn) -> None:
    turn.say("utter_error_proposal_over")
    interview = _next(turn)
    if interview is not None:
        _say_interview(turn, "utter_interview_ahead", interview)


class AcceptNewTime(ServiceAction):
    """The time that we proposed suits: the interview moves."""

    def name(self) -> str:
        return "action_accept_new_time"

    def serve(self, turn: Turn) -> None:
        found = _proposal(turn)
        if found is None or found[1].state != "waiting":
            _proposal_over(turn)
            return
        interview = found[0]
        try:
            with turn.uow.session.begin_nested():
                moved = interviews.accept_proposal(turn.uow, interview.id, now=turn.now)
        except (ProposalOver, InterviewOver):
            _proposal_over(turn)
        except (SlotTaken, NoLongerFree) as error:
            turn.say(f"utter_error_{error.code}")
            turn.set(interview_id=str(interview.id))
            offer_slots(turn, interview.application_id)
        else:
            _say_interview(turn, "utter_interview_moved_by_you", moved)


class DeclineNewTime(ServiceAction):
    """The time that we proposed does not suit: the interview stays."""

    def name(self) -> str:
        return "action_decline_new_time"

    def serve(self, turn: Turn) -> None:
        found = _proposal(turn)
        if found is None or found[1].state != "waiting":
            _proposal_over(turn)
            return
        try:
            proposals.decline(turn.uow, found[0].id, now=turn.now)
        except ProposalOver:
            _proposal_over(turn)
        else:
            _say_interview(turn, "utter_proposal_declined", found[0])


def ask_about_proposal(turn: Turn) -> bool:
    """Ask again about a time that we proposed, where a typed yes or no names nothing; whether there is one."""
    found = _proposal(turn)
    if found is None:
        return False
    interview, proposal = found
    timezone = _zone(turn, proposal.slot)
    turn.say(
        "utter_proposal_open", position=interview.application.vacancy.title, proposal=proposal.id,
        when=when(interview.slot.starts_at, _zone(turn, interview.slot)),
        new_when=when(proposal.slot.starts_at, timezone),
    )  # fmt: skip
    return True


of_notice(yes=ask_about_proposal, no=ask_about_proposal)


class CancelInterview(ServiceAction):
    def name(self) -> str:
        return "action_cancel_interview"

    def serve(self, turn: Turn) -> None:
        if _begin(turn, "utter_ask_cancel_interview") is not None:
            turn.expecting = "cancel_interview"


def _cancel(turn: Turn) -> None:
    interview_id = turn.id_slot("interview_id")
    turn.set(interview_id=None)
    if interview_id is None:
        turn.say("utter_no_interview")
        return
    interviews.cancel(turn.uow, interview_id, "candidate", "", now=turn.now)
    turn.say("utter_interview_cancelled_by_you")


def _keep(turn: Turn) -> None:
    turn.set(interview_id=None)
    turn.say("utter_interview_kept")


yes_no("cancel_interview", yes=_cancel, no=_keep)


class ConfirmAttendance(ServiceAction):
    """Confirmed once; for an interview in person the way to say "I have arrived" comes along."""

    def name(self) -> str:
        return "action_confirm_attendance"

    def serve(self, turn: Turn) -> None:
        interview = _next(turn)
        if interview is None:
            turn.say("utter_no_interview")
            return
        first = interviews.confirm_attendance(turn.uow, interview.id, now=turn.now)
        _say_interview(turn, "utter_attendance_confirmed" if first else "utter_attendance_known", interview)
        if interview.slot.modality == "in_person":
            turn.say("utter_location_request")


class ShareLocation(ServiceAction):
    """Where an interview in person is near in time, an arrival or how far it is; else vacancies nearby."""

    def name(self) -> str:
        return "action_share_location"

    def serve(self, turn: Turn) -> None:
        latitude, longitude = float(turn.entity("latitude")), float(turn.entity("longitude"))
        interview = _next(turn)
        if interview is not None and interview.slot.modality == "in_person":
            try:
                arrival = interviews.arrive(turn.uow, interview.id, latitude, longitude, now=turn.now)
            except TooEarlyToArrive:
                pass  # the interview is on another day: the location is meant for something else
            except PlaceUnknown as error:
                turn.say(f"utter_error_{error.code}")
                return
            else:
                if arrival.arrived:
                    turn.say("utter_arrived", metres=arrival.metres)
                else:
                    turn.say("utter_not_arrived", distance=distance(arrival.metres))
                return
        settings = units.get(turn.uow, turn.unit).settings
        nearby(turn, latitude, longitude, float(settings.get("nearby_radius_km", 25)))


class NearbyJobs(ServiceAction):
    """A named place is searched; without one the person is asked to share where they are."""

    def name(self) -> str:
        return "action_nearby_jobs"

    def serve(self, turn: Turn) -> None:
        if turn.entity("place"):
            SearchJobs().serve(turn)
        else:
            turn.say("utter_nearby_request")


def distance(metres: int) -> str:
    return f"{metres} m" if metres < 1000 else f"{metres / 1000:.1f} km"


def _begin(turn: Turn, response: str) -> Interview | None:
    """Say this about the person's next interview and remember which it is; say so where there is none."""
    interview = _next(turn)
    if interview is None:
        turn.say("utter_no_interview")
        return None
    turn.set(interview_id=str(interview.id))
    _say_interview(turn, response, interview)
    return interview


def _next(turn: Turn) -> Interview | None:
    return interviews.next_of_person(turn.uow, turn.person.id, now=turn.now)
