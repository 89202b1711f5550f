"""A mentor in one's field: who has time, which time, the request, and taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from actions.base import ServiceAction
from actions.consent import consented
from actions.forms import FormStep
from actions.steps import choice, goal, restate, yes_no
from actions.turn import Turn, button
from actions.wording import shortened, when, when_short, word, words
from huntred import fields
from huntred.errors import FieldInvalid, NotFound
from huntred.mentoring import service as mentoring
from huntred.mentoring.errors import MentorSessionOver, MentorTimeTaken
from huntred.mentoring.models import Mentor, MentorSession
from huntred.people import service as people
from huntred.units import service as units

_TITLE, _DESCRIPTION = 60, 72
_FIELDS_SHOWN = 9


class FindMentor(ServiceAction):
    def name(self) -> str:
        return "action_find_mentor"

    def serve(self, turn: Turn) -> None:
        if not units.get(turn.uow, turn.unit).settings.get("mentors"):
            turn.say("utter_find_mentor")
            restate(turn)
            return
        named = fields.named_in(turn.text)
        turn.set(mentor_field=named[0] if named else None)
        if consented(turn, "mentor"):
            find_or_ask(turn)


def find_or_ask(turn: Turn) -> None:
    """The session that is ahead; else mentors of the field that was named or the profile tells; else the question."""
    ahead = mentoring.ahead_of(turn.uow, turn.person.id, now=turn.now)
    if ahead is not None:
        _say_session(turn, f"utter_mentor_{ahead.state}_ahead", ahead)
        return
    on_offer = mentoring.fields_on_offer(turn.uow)
    if not on_offer:
        turn.say("utter_no_mentor_yet")
        return
    if not turn.slot("mentor_field"):
        profile = people.profile_of(turn.uow, turn.person.id)
        told = [code for code in fields.named_in(f"{profile.headline} {' '.join(profile.skills)}") if code in on_offer]
        if not told:
            turn.start_form("form_mentor", mentor_field=None, tries=0)
            return
        turn.set(mentor_field=told[0])
    show_mentors(turn)


class MentorForm(FormStep):
    """One question: in which field?"""

    def name(self) -> str:
        return "validate_form_mentor"

    def next_question(self, turn: Turn) -> str | None:
        return None if turn.slot("mentor_field") else "mentor_field"

    def ask(self, turn: Turn, question: str) -> None:
        rows = [button(fields.name(code), "inform") for code in mentoring.fields_on_offer(turn.uow)[:_FIELDS_SHOWN]]
        turn.say("utter_ask_mentor_field", buttons=rows)

    def take(self, turn: Turn, asked: str) -> None:
        named = fields.named_in(turn.text)
        if not named:
            raise FieldInvalid("mentor_field", "unknown")
        on_offer = mentoring.fields_on_offer(turn.uow)
        turn.set(mentor_field=next((code for code in named if code in on_offer), named[0]))

    def fits(self, turn: Turn, asked: str) -> bool:
        return bool(fields.named_in(turn.text)) and len(turn.text.split()) <= 6

    def own_intents(self, asked: str) -> frozenset[str]:
        return frozenset({"inform", "find_mentor", "search_jobs", "internships", "learning_plan", "choose_option"})


class MentorFieldTold(ServiceAction):
    def name(self) -> str:
        return "action_mentor_complete"

    def serve(self, turn: Turn) -> None:
        show_mentors(turn)


def show_mentors(turn: Turn) -> None:
    field = str(turn.slot("mentor_field") or "")
    found = mentoring.matches(turn.uow, turn.person.id, field, now=turn.now)
    if not found:
        turn.set(mentor_field=None)
        turn.say("utter_no_mentor", field=fields.name(field))
        return
    told = words()["mentor"]
    lines = [
        "\n".join(
            part
            for part in (
                f"{number}. {match.mentor.name}", shortened(match.mentor.about, 140),
                told["why"].format(field=fields.name(field), when=when(match.times[0].starts_at, _zone(turn))),
            )
            if part
        )
        for number, match in enumerate(found, 1)
    ]  # fmt: skip
    rows = [
        button(
            shortened(match.mentor.name, _TITLE), "choose_mentor", mentor_id=str(match.mentor.id),
            description=shortened(match.mentor.about, _DESCRIPTION),
        )
        for match in found
    ]  # fmt: skip
    turn.expecting = "again_mentors"
    turn.say("utter_mentors_found", buttons=rows, field=fields.name(field), mentors="\n\n".join(lines))


class ChooseMentor(ServiceAction):
    """A mentor was picked: their free times."""

    def name(self) -> str:
        return "action_choose_mentor"

    def serve(self, turn: Turn) -> None:
        mentor = _mentor(turn)
        if mentor is None:
            if consented(turn, "mentor"):
                find_or_ask(turn)
            return
        turn.set(mentor_id=str(mentor.id))
        if consented(turn, "mentor_times"):
            show_times(turn)


def show_times(turn: Turn) -> None:
    mentor = _mentor(turn)
    found = mentoring.free_times(turn.uow, mentor, turn.person.id, now=turn.now) if mentor and mentor.active else []
    if mentor is None or not found:
        turn.say("utter_no_mentor", field=fields.name(str(turn.slot("mentor_field") or "")))
        return
    rows = [
        button(
            when_short(span.starts_at, _zone(turn)), "choose_mentor_time", mentor_id=str(mentor.id),
            value=span.starts_at.isoformat(), description=shortened(mentor.name, _DESCRIPTION),
        )
        for span in found
    ]  # fmt: skip
    turn.expecting = "again_mentor_times"
    turn.say("utter_choose_mentor_time", buttons=rows, mentor=mentor.name)


class ChooseMentorTime(ServiceAction):
    """A time was picked: it is read back, with what the mentor is told, and asked for on a yes."""

    def name(self) -> str:
        return "action_choose_mentor_time"

    def serve(self, turn: Turn) -> None:
        mentor, at = _mentor(turn), _time(turn.entity("value"))
        if mentor is None or at is None:
            if consented(turn, "mentor"):
                find_or_ask(turn)
            return
        turn.set(mentor_id=str(mentor.id), mentor_time=at.isoformat())
        turn.expecting = "ask_mentor"
        turn.say("utter_confirm_mentor", mentor=mentor.name, when=when(at, _zone(turn)))


def _ask(turn: Turn) -> None:
    mentor_id, at = turn.id_slot("mentor_id"), _time(str(turn.slot("mentor_time") or ""))
    if mentor_id is None or at is None:
        find_or_ask(turn)
        return
    try:
        with turn.uow.session.begin_nested():
            session = mentoring.ask(
                turn.uow, mentor_id, turn.person.id, at, field=str(turn.slot("mentor_field") or ""),
                conversation_id=turn.conversation_id, now=turn.now,
            )  # fmt: skip
    except MentorTimeTaken as error:
        turn.say(f"utter_error_{error.code}")
        show_times(turn)
        return
    turn.set(mentor_id=None, mentor_time=None)
    _say_session(turn, "utter_mentor_asked", session)


def _other_time(turn: Turn) -> None:
    turn.set(mentor_time=None)
    show_times(turn)


class CancelMentorSession(ServiceAction):
    def name(self) -> str:
        return "action_cancel_mentor_session"

    def serve(self, turn: Turn) -> None:
        ahead = mentoring.ahead_of(turn.uow, turn.person.id, now=turn.now)
        if ahead is None:
            turn.say("utter_no_mentor_session")
            return
        turn.expecting = "cancel_mentor"
        _say_session(turn, "utter_ask_cancel_mentor", ahead)


def _cancel(turn: Turn) -> None:
    ahead = mentoring.ahead_of(turn.uow, turn.person.id, now=turn.now)
    if ahead is None:
        turn.say("utter_no_mentor_session")
        return
    try:
        mentoring.cancel(turn.uow, ahead.id, "person", now=turn.now)
    except MentorSessionOver as error:
        turn.say(f"utter_error_{error.code}")
        return
    turn.say("utter_mentor_cancelled_by_you")


def _keep(turn: Turn) -> None:
    turn.say("utter_mentor_kept")


def _say_session(turn: Turn, response: str, session: MentorSession) -> None:
    turn.say(
        response, mentor=session.mentor.name, when=when(session.starts_at, _zone(turn)),
        where=session.mentor.meeting_place or word("modalities", "in_person"),
    )  # fmt: skip


def _mentor(turn: Turn) -> Mentor | None:
    named = turn.entity("mentor_id") or str(turn.slot("mentor_id") or "")
    try:
        return mentoring.get(turn.uow, UUID(named))
    except (NotFound, ValueError):
        return None


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _zone(turn: Turn) -> str:
    return units.get(turn.uow, turn.unit).timezone


goal("mentor", find_or_ask)
goal("mentor_times", show_times)
choice("again_mentors", show_mentors)
choice("again_mentor_times", show_times)
yes_no("ask_mentor", yes=_ask, no=_other_time)
yes_no("cancel_mentor", yes=_cancel, no=_keep)
