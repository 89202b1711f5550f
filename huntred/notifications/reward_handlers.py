"""Tells a person what became of the reward that they asked for."""

from __future__ import annotations

from huntred.conversations import repository as conversations
from huntred.conversations.language import language_of
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.gains import service as gains
from huntred.gains.events import RewardDecided
from huntred.gains.models import RewardRequest
from huntred.notifications.service import tell
from huntred.notifications.templates import template_use
from huntred.notifications.wording import wording
from huntred.people import service as people


@handles(RewardDecided)
def tell_of_reward(uow: UnitOfWork, event: RewardDecided, context: Context) -> None:
    """In their chat, with what the consultant wrote; outside of WhatsApp's window by the template."""
    request = gains.get_request(uow, event.request_id)
    if request is None or request.state == "asked":
        return  # erased meanwhile
    conversation = conversations.latest_of_person(uow, uow.unit, request.person_id)
    if conversation is None:
        return
    name = people.profile_of(uow, request.person_id).first_name
    tell(
        uow, conversation, f"reward:{request.id}:{request.state}", f"utter_reward_{request.state}",
        {"reward": request.name, "note": request.note, "points": str(request.cost_points)}, now=context.now,
        template=template_use(
            "recompensa", uow.unit, language_of(uow, conversation), lambda spoken: _values(request, name, spoken),
            around=request.note,
        ),
    )  # fmt: skip


def _values(request: RewardRequest, first_name: str, language: str) -> tuple[str, ...]:
    texts = wording(language)["reward_answers"]
    said = " ".join(part for part in (texts[request.state], request.note) if part)
    return first_name or str(texts["unnamed"]), request.name, said
