"""Inviting: a text that the person forwards; we write to nobody who has not written to us."""

from __future__ import annotations

from typing import Any

from actions.base import ServiceAction
from actions.consent import consented
from actions.steps import goal
from actions.turn import Turn
from huntred.people import invitations


class InviteFriend(ServiceAction):
    def name(self) -> str:
        return "action_invite_friend"

    def serve(self, turn: Turn) -> None:
        if consented(turn, "invite"):
            invite(turn)


def invite(turn: Turn) -> None:
    invitation = invitations.invitation(
        turn.uow, turn.person.id, now=turn.now, chat_url=turn.context.links.chat_page(turn.unit)
    )
    turn.say("utter_invitation_intro")
    turn.say("utter_invitation_text", **dict[str, Any](invitation.text_values))


goal("invite", invite)
