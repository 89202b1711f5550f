"""What became of people and vacancies, without who they are and without demo data."""

from __future__ import annotations

from dataclasses import fields

from huntred.applications.models import ApplicationMove, RejectReason
from huntred.interviews.models import Interview
from huntred.matching.outcomes import LabelledPair, labelled_pairs
from huntred.shortlists.models import ShortlistEntry
from tests.factories.board import Board


def test_what_was_decided_is_told_by_pair_and_nothing_generated_is_among_it(board: Board) -> None:
    cashier = board.make_vacancy("Cajera", skills=("Corte de caja",))
    hired, refused, listed, untouched = (
        board.make_person(name, headline=name) for name in ("Contratada", "Rechazada", "Enlistada", "Nadie")
    )
    first = board.make_application(cashier, hired, stage="hired")
    second = board.make_application(cashier, refused, stage="rejected")
    slot = board.make_slot()
    reason = RejectReason(unit=board.unit, name="Vive lejos", ord=1)
    board.add(reason)
    board.add(
        Interview(
            unit=board.unit, slot_id=slot.id, application_id=first.id, interviewer_id=board.consultant,
            state="attended", booked_at=board.now,
        ),
        ApplicationMove(
            unit=board.unit, application_id=second.id, to_stage_id=board.stages["rejected"], at=board.now,
            reject_reason_id=reason.id,
        ),
        ShortlistEntry(unit=board.unit, vacancy_id=cashier.id, profile_id=listed.id, ord=1),
    )  # fmt: skip
    board.make_application(cashier, board.make_person("Demo", generated=True), stage="hired")
    board.make_application(board.make_vacancy("Demo", generated=True), untouched, stage="hired")
    board.make_application(board.make_vacancy("Otra"), untouched, stage="hired", generated=True)

    with board.work() as uow:
        pairs = {pair.candidate.title: pair for pair in labelled_pairs(uow)}

    assert {title: (set(pair.labels), pair.reject_reason) for title, pair in pairs.items()} == {
        "Contratada": ({"applied", "interviewed", "hired"}, ""),
        "Rechazada": ({"applied", "rejected"}, "Vive lejos"),
        "Enlistada": ({"shortlisted"}, ""),
    }
    assert {pair.vacancy.title for pair in pairs.values()} == {"Cajera"}
    assert {field.name for field in fields(LabelledPair)} == {
        "candidate", "vacancy", "labels", "reject_reason", "at",
    }  # fmt: skip
