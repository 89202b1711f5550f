"""The privacy notice before anything else: who we are, where the notice stands, and whether it is accepted."""

from __future__ import annotations

from actions.turn import Turn
from contract.invitations import invitation_in
from huntred.privacy import service as privacy
from huntred.tracking import service as tracking
from huntred.units import service as units

# What a campaign leads to where somebody's own words said no more than that they look for work.
_VAGUE = ("", "search", "ask_search")


def consented(turn: Turn, then: str) -> bool:
    """Whether the privacy notice was accepted; else show it, and go on with `then` once it is."""
    if privacy.has_accepted(turn.uow, turn.person.id):
        return True
    ask_consent(turn, then)
    return False


def ask_consent(turn: Turn, then: str) -> None:
    welcome(turn)
    turn.set(goal=(wanted_by_link(turn) or then) if then in _VAGUE else then)
    turn.expecting = "privacy"
    turn.say("utter_privacy_notice", url=notice_url(turn))


def wanted_by_link(turn: Turn) -> str:
    """Return what the campaign whose link led here begins with; "" where there is none, or it begins with nothing."""
    code = str(turn.metadata.get("campaign") or "")
    campaign = tracking.by_code(turn.uow, code) if code else None
    if campaign is None:
        return ""
    if campaign.vacancy_id is not None:
        turn.set(vacancy_id=str(campaign.vacancy_id))
    return campaign.start


def notice_url(turn: Turn) -> str:
    return turn.context.links.privacy_page(turn.unit)


def is_first(turn: Turn) -> bool:
    """Whether this person was never told who we are, nor shown the notice."""
    return not turn.slot("opened") and not privacy.has_accepted(turn.uow, turn.person.id)


def welcome(turn: Turn) -> None:
    """Say once who we are; whose invitation they bring is kept until they agree."""
    code = invitation_in(turn.text)
    if code:
        turn.set(invitation=code)
    if not turn.slot("opened"):
        turn.set(opened=True)
        turn.say("utter_welcome", unit=units.get(turn.uow, turn.unit).name)


def show_notice(turn: Turn) -> None:
    """Show the notice behind the answer to a first message: with its question, unless something else is awaited."""
    if turn.expecting == "privacy":
        return
    if turn.expecting or turn.passed_on:
        turn.say("utter_notice_link", url=notice_url(turn))
    else:
        ask_consent(turn, str(turn.slot("goal") or ""))
