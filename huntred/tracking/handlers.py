"""Which conversation came by which campaign."""

from __future__ import annotations

from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.tracking import service
from huntred.tracking.events import CampaignFollowed


@handles(CampaignFollowed)
def note_touch(uow: UnitOfWork, event: CampaignFollowed, context: Context) -> None:
    """A code that is none of this unit's, or of a campaign that rests, says nothing."""
    service.touch(uow, event.code, event.conversation_id, at=event.at)
