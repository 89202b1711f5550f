"""References in the chat: the candidate's yes first, then who, how to reach them and since when; and a no at any time.

The slot `references` holds what is being told of one referee, by question; whoever was read back and confirmed is kept
by the service. Nobody is written to before the list was confirmed as a whole.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from actions.base import ServiceAction
from actions.consent import consented
from actions.steps import goal, of_notice, restate, yes_no
from actions.turn import Turn
from actions.wording import day, word, words
from contract.text import normalise
from huntred.references import service as references
from huntred.references.models import Referee, ReferenceRequest
from huntred.units import service as units


class GiveReferences(ServiceAction):
    """Pressed on the notice that asks for them."""

    def name(self) -> str:
        return "action_give_references"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "references"):
            offer(turn)


class RefuseReferences(ServiceAction):
    """A no is fine: before anything was given, and afterwards too."""

    def name(self) -> str:
        return "action_refuse_references"

    def serve(self, turn: Turn) -> None:
        request = _asked(turn)
        if request is None:
            turn.say("utter_references_none")
        else:
            _refuse(turn, request)


def offer(turn: Turn) -> None:
    """The consent, what is still missing, or how it stands; that nobody asked for any where that is so."""
    request = _asked(turn)
    if request is None:
        switched_on = units.get(turn.uow, turn.unit).settings.get("references")
        turn.say("utter_references_none" if switched_on else "utter_references_elsewhere")
        restate(turn)
    elif request.state == "agreed":
        _start(turn, request)
    elif request.state == "given":
        turn.say("utter_references_standing", referees=listed(request), request=request.id)
    else:
        _ask_consent(turn, request)


def is_about_references(turn: Turn) -> bool:
    """Whether what was typed speaks of them, and they are what the unit asked for."""
    return names_them(turn) and _asked(turn) is not None


def _ask_consent(turn: Turn, request: ReferenceRequest) -> None:
    turn.expecting = "references_consent"
    turn.say("utter_ask_references_consent", wanted=_counted(request), until=_until(turn, request))


def _agree(turn: Turn) -> None:
    request = _asked(turn)
    if request is None:
        turn.say("utter_references_none")
        return
    evidence = {"conversation_id": str(turn.conversation_id)}
    references.agree(turn.uow, request.id, turn.context.channel, evidence=evidence, now=turn.now)
    _start(turn, request)


def _disagree(turn: Turn) -> None:
    request = _asked(turn)
    if request is None:
        turn.say("utter_references_none")
    else:
        _refuse(turn, request)


def _refuse(turn: Turn, request: ReferenceRequest) -> None:
    given = request.state == "given"
    references.decline(turn.uow, request.id, turn.context.channel, now=turn.now)
    turn.say("utter_references_withdrawn" if given else "utter_references_declined")


def _start(turn: Turn, request: ReferenceRequest) -> None:
    turn.start_form("form_references", references={"request": str(request.id), "referee": {}}, tries=0)


class ReferencesComplete(ServiceAction):
    """What came of it is said."""

    def name(self) -> str:
        return "action_references_complete"

    def serve(self, turn: Turn) -> None:
        told = told_of(turn)
        turn.set(references=None)
        outcome = told.get("outcome")
        if outcome == "given":
            request = request_of(turn, told)
            turn.say("utter_references_given", referees=listed(request), until=_until(turn, request))
        elif outcome == "declined":
            references.decline(turn.uow, UUID(told["request"]), turn.context.channel, now=turn.now)
            turn.say("utter_references_declined")
        elif outcome == "kept":
            turn.say("utter_references_kept")


def told_of(turn: Turn) -> dict[str, Any]:
    return {"referee": {}, **(turn.slot("references") or {})}


def request_of(turn: Turn, told: dict[str, Any]) -> ReferenceRequest:
    return references.get(turn.uow, UUID(told["request"]))


def _asked(turn: Turn) -> ReferenceRequest | None:
    """The request of this person that a button names, else the one that waits for them."""
    named = turn.entity("request_id")
    if named:
        found = [one for one in references.of_person(turn.uow, turn.person.id) if str(one.id) == named]
        if found and found[0].due_at > turn.now and found[0].state not in ("ready", "cancelled"):
            return found[0]
    return references.open_of_person(turn.uow, turn.person.id, now=turn.now)


def names_them(turn: Turn) -> bool:
    return any(one.startswith(words()["references"]["named"]) for one in normalise(turn.text).split())


def listed(request: ReferenceRequest) -> str:
    return "\n".join(_line(request, one) for one in request.referees)


def _line(request: ReferenceRequest, one: Referee) -> str:
    who = f"• {one.name} ({word('referee_relations', one.relation)}, {one.company})"
    if request.state != "given":
        return who
    # Whether somebody said no is theirs to tell.
    state = one.state if one.state in ("asked", "answered") else "closed"
    reached = "call" if state == "asked" and not one.email else state
    return f"{who}: {words()['references']['states'][reached]}"


def _counted(request: ReferenceRequest) -> str:
    return str(words()["references"]["counted"].get(request.wanted, request.wanted))


def _until(turn: Turn, request: ReferenceRequest) -> str:
    return day(request.due_at, units.get(turn.uow, turn.unit).timezone)


def _typed_yes(turn: Turn) -> bool:
    """A yes to the notice, where it is all that is open: the words that are agreed to are shown, and asked for."""
    return _answered_notice(turn)


def _typed_no(turn: Turn) -> bool:
    """A bare no may mean anything: it is asked about; one that names references is one."""
    request = _waiting(turn)
    if request is not None and names_them(turn):
        _refuse(turn, request)
        return True
    return _answered_notice(turn)


def _answered_notice(turn: Turn) -> bool:
    request = _waiting(turn)
    if request is None:
        return False
    _ask_consent(turn, request)
    return True


def _waiting(turn: Turn) -> ReferenceRequest | None:
    request = references.open_of_person(turn.uow, turn.person.id, now=turn.now)
    return request if request is not None and request.state == "asked" else None


goal("references", offer)
yes_no("references_consent", yes=_agree, no=_disagree)
of_notice(yes=_typed_yes, no=_typed_no)
