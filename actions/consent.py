"""The privacy notice, and leave to write."""

from __future__ import annotations

from actions.base import AtFirst, ServiceAction
from actions.family import bring_invitation
from actions.notice import ask_consent as ask_consent
from actions.notice import consented as consented
from actions.notice import notice_url
from actions.steps import go_on, yes_no
from actions.turn import Turn
from actions.wording import folded_in
from huntred.conversations import handoff
from huntred.errors import RuleBroken
from huntred.families import service as families
from huntred.people import service as people
from huntred.people.invitations import accept_invitation
from huntred.privacy import service as privacy
from huntred.units import service as units


class AcceptPrivacy(ServiceAction):
    at_first = AtFirst.NOTHING

    def name(self) -> str:
        return "action_accept_privacy"

    def serve(self, turn: Turn) -> None:
        accept(turn)


class DeclinePrivacy(ServiceAction):
    at_first = AtFirst.NOTHING

    def name(self) -> str:
        return "action_decline_privacy"

    def serve(self, turn: Turn) -> None:
        decline(turn)


def accept(turn: Turn) -> None:
    privacy.accept_notice(turn.uow, turn.person.id, turn.context.channel, now=turn.now)
    code = str(turn.slot("invitation") or "")
    turn.set(invitation=None)
    of_family = families.by_code(turn.uow, code) is not None if code else False
    if code and not of_family:
        _thank_inviter(turn, code)
    wanted = str(turn.slot("goal") or "")
    turn.set(goal=None)
    turn.say("utter_privacy_accepted")
    if of_family:
        bring_invitation(turn, code)
    elif wanted:
        go_on(turn, wanted)
    else:
        offer_to_learn_more(turn)


def _thank_inviter(turn: Turn, code: str) -> None:
    """Note who invited them; a code that is none stops nobody."""
    try:
        with turn.uow.session.begin_nested():
            accept_invitation(turn.uow, code, turn.person.id, now=turn.now)
    except RuleBroken as error:
        turn.say(f"utter_error_{error.code}")


def decline(turn: Turn) -> None:
    """A no is a no: nothing is kept, and what needs no data stays open."""
    privacy.refuse_notice(turn.uow, turn.person.id, turn.context.channel, now=turn.now)
    turn.set(goal=None)
    turn.say("utter_privacy_declined", contact=_contact(turn))


def offer_to_learn_more(turn: Turn) -> None:
    turn.expecting = "learn_more"
    turn.say("utter_ask_learn_more", unit=units.get(turn.uow, turn.unit).name)


def _learn_more(turn: Turn) -> None:
    turn.say("utter_about_business_unit")
    turn.say("utter_menu")


def _no_more(turn: Turn) -> None:
    turn.say("utter_learn_less")


yes_no("privacy", yes=accept, no=decline)
yes_no("learn_more", yes=_learn_more, no=_no_more)


class TermsPrivacy(ServiceAction):
    """The notice; where it was not accepted yet, with the question."""

    def name(self) -> str:
        return "action_terms_privacy"

    def serve(self, turn: Turn) -> None:
        if privacy.has_accepted(turn.uow, turn.person.id):
            turn.say("utter_terms", url=notice_url(turn))
        else:
            ask_consent(turn, "")


class OptOut(ServiceAction):
    """ALTO, BAJA or STOP alone is obeyed at once; what only sounds like it is asked about."""

    at_first = AtFirst.NOTHING

    def name(self) -> str:
        return "action_opt_out"

    def serve(self, turn: Turn) -> None:
        if turn.picked or folded_in(turn.text, "opt_out_words"):
            _opt_out(turn)
        else:
            turn.expecting = "opt_out"
            turn.say("utter_ask_opt_out")


def _opt_out(turn: Turn) -> None:
    privacy.opt_out(turn.uow, turn.conversation_id, now=turn.now)
    turn.say("utter_opted_out")


def _stay(turn: Turn) -> None:
    turn.say("utter_opt_out_kept")


yes_no("opt_out", yes=_opt_out, no=_stay)


class OptIn(ServiceAction):
    def name(self) -> str:
        return "action_opt_in"

    def serve(self, turn: Turn) -> None:
        privacy.opt_in(turn.uow, turn.conversation_id, now=turn.now)
        turn.say("utter_opted_in")


class DeleteMyData(ServiceAction):
    """ARCO: a person of the unit answers these, so the request is queued and logged."""

    def name(self) -> str:
        return "action_delete_my_data"

    def serve(self, turn: Turn) -> None:
        handoff.request_handoff(turn.uow, turn.conversation_id, "arco", now=turn.now)
        turn.passed_on = True
        turn.say("utter_delete_my_data", email=_contact(turn))


def _contact(turn: Turn) -> str:
    return str(units.get(turn.uow, turn.unit).settings.get("contact", {}).get("email", ""))


def known_name(turn: Turn) -> str:
    return people.profile_of(turn.uow, turn.person.id).first_name or ""
