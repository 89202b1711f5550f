"""The family group: begun, joined and left by each adult for themself; work for several of them in one place."""

from __future__ import annotations

from typing import Any

from actions.base import AtFirst, ServiceAction
from actions.notice import consented
from actions.steps import choice, goal, yes_no
from actions.turn import Turn, button
from actions.wording import listed, words
from huntred.conversations import repository as conversations
from huntred.families import service as families
from huntred.families import together
from huntred.families.errors import FamilyUnknown, NotInFamily
from huntred.families.models import Family
from huntred.people import invitations
from huntred.people import service as people
from huntred.units import service as units


class FamilyGroup(ServiceAction):
    """The person's group, or the offer to begin one."""

    def name(self) -> str:
        return "action_family_group"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "family"):
            show_family(turn)


def show_family(turn: Turn) -> None:
    family = families.family_of(turn.uow, turn.person.id)
    if family is None:
        turn.expecting = "start_family"
        turn.say("utter_ask_start_family")
        return
    turn.expecting = "again_family"
    turn.say("utter_family_members", members=_names(turn, family), children=_children(family.children))


def _names(turn: Turn, family: Family) -> str:
    """First names only, the person's own as "tú"."""
    texts = words()["family"]
    return listed(
        [
            texts["you"] if profile.person_id == turn.person.id else profile.first_name or texts["unnamed"]
            for profile in families.members_of(turn.uow, family)
        ]
    )


def _children(count: int) -> str:
    texts = words()["family"]
    if not count:
        return ""
    return str(texts["one_child"] if count == 1 else texts["children"].format(count=count))


class FamilyStep(ServiceAction):
    """A button of the group."""

    at_first = AtFirst.OPEN

    def name(self) -> str:
        return "action_family_step"

    def serve(self, turn: Turn) -> None:
        if not consented(turn, "family"):
            return
        family = families.family_of(turn.uow, turn.person.id)
        if family is None:
            raise NotInFamily
        step, _, count = turn.entity("value").partition(":")
        if step == "children" and count.isdigit():
            families.set_children(turn.uow, turn.person.id, int(count))
            turn.say("utter_family_children_kept")
            show_family(turn)
        elif step in _STEPS:
            _STEPS[step](turn, family)
        else:
            show_family(turn)


def _invite(turn: Turn, family: Family) -> None:
    name = people.profile_of(turn.uow, turn.person.id).first_name
    url = invitations.url_of(
        conversations.addresses_of(turn.uow, turn.unit), family.code, turn.context.links.chat_page(turn.unit)
    )
    turn.say("utter_family_invite")
    turn.say(
        "utter_family_invite_text", name=name or words()["family"]["somebody"], code=family.code, url=url,
        unit=units.get(turn.uow, turn.unit).name,
    )  # fmt: skip


def _ask_children(turn: Turn, family: Family) -> None:
    turn.expecting = "again_family"
    turn.say("utter_ask_family_children")


def _jobs(turn: Turn, family: Family) -> None:
    """Where several find work, with whose it is; the person's own can be opened from here."""
    places = together.places_for(
        turn.uow, turn.context.ranker, family, now=turn.now, nearest=turn.context.nearest
    )  # fmt: skip
    if not places:
        turn.say("utter_family_no_jobs")
        return
    texts = words()["family"]
    lines, rows = [], []
    for place in places:
        lines.append(texts["place"].format(city=place.city))
        for offer in place.offers:
            own = offer.profile.person_id == turn.person.id
            name = texts["for_you"] if own else offer.profile.first_name or texts["unnamed"]
            titles = listed([one.vacancy.title for one in offer.vacancies])
            lines.append(texts["offer"].format(name=name, titles=titles))
            if own:
                rows += [_row(one.vacancy, place.city) for one in offer.vacancies]
    turn.say("utter_family_jobs", buttons=rows[:5], places="\n".join(lines).strip())


def _row(vacancy: Any, city: str) -> dict[str, str]:
    return button(vacancy.title[:60], "choose_vacancy", vacancy_number=str(vacancy.number), description=city)


def _ask_leave(turn: Turn, family: Family) -> None:
    turn.expecting = "leave_family"
    turn.say("utter_ask_leave_family")


_STEPS = {"invite": _invite, "children": _ask_children, "jobs": _jobs, "leave": _ask_leave}


def bring_invitation(turn: Turn, code: str) -> bool:
    """Ask whoever comes with a group's code whether they want to join; return whether it was one."""
    family = families.by_code(turn.uow, code) if code else None
    if family is None:
        return False
    turn.set(family_code=code)
    turn.expecting = "join_family"
    turn.say("utter_ask_join_family", members=_names(turn, family))
    return True


def _start(turn: Turn) -> None:
    families.start(turn.uow, turn.person.id, turn.context.channel, now=turn.now)
    turn.say("utter_family_started")
    show_family(turn)


def _stay_alone(turn: Turn) -> None:
    turn.say("utter_family_not_now")


def _join(turn: Turn) -> None:
    code = str(turn.slot("family_code") or "")
    if not code:
        raise FamilyUnknown
    turn.set(family_code=None)
    families.join(turn.uow, code, turn.person.id, turn.context.channel, now=turn.now)
    turn.say("utter_family_joined")
    show_family(turn)


def _decline(turn: Turn) -> None:
    turn.set(family_code=None)
    turn.say("utter_family_not_now")


def _leave(turn: Turn) -> None:
    families.leave(turn.uow, turn.person.id, turn.context.channel, now=turn.now)
    turn.say("utter_family_left")


goal("family", show_family)
choice("again_family", show_family)
yes_no("start_family", yes=_start, no=_stay_alone)
yes_no("join_family", yes=_join, no=_decline)
yes_no("leave_family", yes=_leave, no=show_family)
