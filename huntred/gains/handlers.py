"""What earns points: events that happen anyway. Each is worth something once."""

from __future__ import annotations

from uuid import UUID

from huntred.applications import service as applications
from huntred.db.unit_of_work import UnitOfWork
from huntred.events.registry import Context, handles
from huntred.gains import service
from huntred.gains.rules import FRIEND_REGISTERED, INTERVIEW_ATTENDED, PROFILE_COMPLETED
from huntred.interviews import service as interviews
from huntred.interviews.events import CandidateArrived, InterviewAttended
from huntred.people import invitations
from huntred.people import service as people
from huntred.people.events import InvitationAccepted, ProfileCompleted


@handles(ProfileCompleted)
def reward_profile(uow: UnitOfWork, event: ProfileCompleted, context: Context) -> None:
    """The person's own, and the inviter's for a friend who registered."""
    if not people.is_known(uow, event.person_id):
        return  # erased meanwhile
    service.award(uow, event.person_id, PROFILE_COMPLETED, event.profile_id, now=context.now)
    inviter_id = invitations.inviter_of(uow, event.person_id)
    if inviter_id is not None:
        _reward_inviter(uow, inviter_id, event.profile_id, context)


@handles(InvitationAccepted)
def reward_late_invitation(uow: UnitOfWork, event: InvitationAccepted, context: Context) -> None:
    """A friend who had registered before saying who invited them; any other counts once their profile is complete."""
    if not people.is_known(uow, event.invited_id):
        return
    profile = people.profile_of(uow, event.invited_id)
    if profile.completed_at is not None:
        _reward_inviter(uow, event.inviter_id, profile.id, context)


def _reward_inviter(uow: UnitOfWork, inviter_id: UUID, profile_id: UUID, context: Context) -> None:
    if people.is_known(uow, inviter_id):
        service.award(uow, inviter_id, FRIEND_REGISTERED, profile_id, now=context.now)


@handles(CandidateArrived)
def reward_arrival(uow: UnitOfWork, event: CandidateArrived, context: Context) -> None:
    _reward_interview(uow, event.interview_id, context)


@handles(InterviewAttended)
def reward_attendance(uow: UnitOfWork, event: InterviewAttended, context: Context) -> None:
    _reward_interview(uow, event.interview_id, context)


def _reward_interview(uow: UnitOfWork, interview_id: UUID, context: Context) -> None:
    application = applications.get(uow, interviews.get(uow, interview_id).application_id)
    if people.is_known(uow, application.person_id):
        service.award(uow, application.person_id, INTERVIEW_ATTENDED, interview_id, now=context.now)
