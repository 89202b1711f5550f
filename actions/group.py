"""The other units of the group, and its managing partner."""

from __future__ import annotations

from collections.abc import Mapping

from actions.base import ServiceAction
from actions.consent import consented
from actions.profile import ask_for
from actions.steps import choice, goal
from actions.turn import Turn, button
from actions.wording import words
from huntred.conversations import service as conversations
from huntred.people import service as people
from huntred.units import service as units

# Where an account is reached by its name.
_BY_NAME = {"telegram": "https://t.me/", "messenger": "https://m.me/", "instagram": "https://ig.me/m/"}
_PARTNER_FIELDS = ("first_name", "last_name", "phone", "email")


class ChooseBusinessUnit(ServiceAction):
    """The picker; a unit that was named is gone to at once."""

    def name(self) -> str:
        return "action_choose_business_unit"

    def serve(self, turn: Turn) -> None:
        named = turn.entity("business_unit")
        if named in {unit.code for unit in units.picker(turn.uow)} and named != turn.unit:
            change_unit(turn, named)
            return
        offer_units(turn)


def offer_units(turn: Turn) -> None:
    section = words()["picker_section"]
    rows = [
        button(unit.name, "choose_unit", business_unit=unit.code, description=unit.tagline, section=section)
        for unit in units.picker(turn.uow)
    ]
    turn.expecting = "again_units"
    turn.say("utter_choose_unit", buttons=rows)


choice("again_units", offer_units)


class ChooseUnit(ServiceAction):
    def name(self) -> str:
        return "action_choose_unit"

    def serve(self, turn: Turn) -> None:
        change_unit(turn, turn.entity("business_unit"))


def change_unit(turn: Turn, code: str) -> None:
    unit = units.get(turn.uow, code)
    if code == turn.unit:
        turn.say("utter_unit_same", unit=unit.name)
        return
    conversations.change_unit(turn.uow, turn.conversation_id, code, now=turn.now)
    turn.say("utter_unit_changed", unit=unit.name)
    url = direct_link(conversations.unit_addresses(turn.uow, code), turn.context.channel)
    if url:
        turn.say("utter_unit_direct", unit=unit.name, url=url)


def direct_link(addresses: Mapping[str, str], channel: str) -> str:
    """Return the link to a unit's own number or bot on the channel that the person uses, or "".

    Click to chat: https://wa.me/<digits>, https://t.me/<bot>, https://m.me/<page>, https://ig.me/m/<account> (by the
    vendors' documentation).
    """
    address = addresses.get(channel, "")
    if channel == "whatsapp" and address:
        return "https://wa.me/" + "".join(digit for digit in address if digit.isdigit())
    if channel in _BY_NAME and address:
        return _BY_NAME[channel] + address.removeprefix("@")
    return ""


class ContactPartner(ServiceAction):
    def name(self) -> str:
        return "action_contact_partner"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "contact_partner"):
            contact_partner(turn)


def contact_partner(turn: Turn) -> None:
    missing = people.missing_fields(turn.uow, turn.person.id, _PARTNER_FIELDS)
    if missing:
        turn.say("utter_partner_needs")
        ask_for(turn, missing, "contact_partner")
        return
    conversations.contact_partner(turn.uow, turn.conversation_id, now=turn.now)
    turn.say("utter_partner_told")


goal("contact_partner", contact_partner)
