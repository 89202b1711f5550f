"""Another time proposed for an interview: the candidate is asked, whoever proposed it hears the answer.

That an interview moved is told by `handlers.tell_of_move`, as of any move.
"""

from __future__ import annotations

from huntred.access import service as access
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.events.registry import Context, handles
from huntred.interviews import proposals
from huntred.interviews import service as interviews
from huntred.interviews.events import MoveProposed, ProposalEnded
from huntred.interviews.models import InterviewProposal
from huntred.languages import MAIN
from huntred.notifications.interview_facts import InterviewFacts, facts_of
from huntred.notifications.mail import written_in
from huntred.notifications.outbound import send_mail
from huntred.notifications.service import tell
from huntred.notifications.wording import when_text, wording

_SOURCE = "interview"


@handles(MoveProposed)
def ask_candidate(uow: UnitOfWork, event: MoveProposed, context: Context) -> None:
    """By chat with the three answers (outside the window by the template) and by mail; not where it is over already."""
    proposal = proposals.get(uow, event.proposal_id)
    if proposal.state != "waiting":
        return
    facts = facts_of(uow, interviews.get(uow, proposal.interview_id))
    if facts.conversation is not None:
        tell(
            uow, facts.conversation, f"proposal:{proposal.id}:asked", "utter_interview_proposed",
            {
                **facts.chat_values(), "new_when": _new_when(facts, proposal, facts.language),
                "proposal": str(proposal.id),
            },
            now=context.now,
            template=facts.template_with(
                "entrevista_propuesta",
                lambda language: (
                    facts.first_name, facts.position, facts.when_in(language), _new_when(facts, proposal, language)
                ),
            ),
        )  # fmt: skip
    if facts.candidate.email:
        language = written_in(facts.unit.code, "interview_proposed", facts.language)
        values = {
            "language": language, "first_name": facts.first_name, "position": facts.position,
            "when": facts.when_in(language), "new_when": _new_when(facts, proposal, language),
            "where": facts.place_in(language),
        }  # fmt: skip
        send_mail(
            uow, _SOURCE, f"proposal:{proposal.id}:asked", facts.candidate.email, "interview_proposed", values,
            unit=facts.unit.code,
        )  # fmt: skip


@handles(ProposalEnded)
def tell_of_answer(uow: UnitOfWork, event: ProposalEnded, context: Context) -> None:
    """Who proposed it hears by mail; a candidate whom we asked in vain hears that nothing changes."""
    proposal = proposals.get(uow, event.proposal_id)
    interview = interviews.get(uow, proposal.interview_id)
    facts = facts_of(uow, interview)
    if event.state == "withdrawn":
        if facts.conversation is not None and interview.state == "booked":
            tell(
                uow, facts.conversation, f"proposal:{proposal.id}:withdrawn", "utter_proposal_withdrawn",
                facts.chat_values(), now=context.now, template=facts.template("entrevista_confirmada"),
            )  # fmt: skip
        return
    try:
        proposer = access.get(uow, proposal.proposed_by)
    except NotFound:
        return  # works elsewhere now
    if not proposer.active:
        return
    values = {
        "candidate_name": facts.candidate.name or wording()["unnamed"],
        "answer_text": wording()["proposal_answers"][event.state], "position": facts.position, "when": facts.when,
        "new_when": _new_when(facts, proposal), "url": context.links.interview_page(interview.id),
    }  # fmt: skip
    send_mail(
        uow, _SOURCE, f"proposal:{proposal.id}:{event.state}", proposer.email, "proposal_answered", values,
        unit=facts.unit.code,
    )  # fmt: skip


def _new_when(facts: InterviewFacts, proposal: InterviewProposal, language: str = MAIN) -> str:
    zone = proposal.slot.timezone or facts.unit.timezone
    return when_text(proposal.slot.starts_at, zone, language=language)
