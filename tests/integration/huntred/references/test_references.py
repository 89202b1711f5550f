"""References on PostgreSQL: nobody is written to before the candidate agreed; one mail, one reminder, and what stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contract.message import Inbound
from huntred.conversations.models import OutboxRow, ScheduledNotice
from huntred.errors import FieldInvalid
from huntred.people.models import Consent
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import export_person
from huntred.privacy.retention import purge
from huntred.references import answering
from huntred.references import service as references
from huntred.references.errors import (
    RefereeAnswered,
    RefereesEnough,
    RefereeTwice,
    ReferencesNotAgreed,
    ReferencesOff,
    ReferencesOpen,
    ReferencesOver,
)
from huntred.references.models import Referee, ReferenceAnswer, ReferenceRequest
from huntred.references.rules import TERMS_VERSION, AnswerForm
from huntred.references.summary import summarised
from tests.factories.desk import Desk
from tests.factories.references import BRUNO, LAURA, ROSA, UNIT, WHOLE, asked, candidate, in_days, seeded

CLIENT, POSITION = "Industrias del Norte", "Dirección de finanzas"


def notices(desk: Desk, conversation: Any) -> list[Inbound]:
    return [Inbound.from_json(row.payload) for row in desk.inbox(conversation.chat_id) if row.kind == "notice"]


def texts(messages: list[Any]) -> str:
    return "\n".join(f"{one.subject} {one.text} {one.html}" for one in messages)


@pytest.mark.parametrize("unit", ["huntred", "huntred_executive"])
def test_the_candidate_hears_by_chat_and_mail(desk: Desk, database: Any, keys: Any, unit: str) -> None:
    if unit == "huntred":
        seeded(desk, database, keys, unit)
    case = asked(desk, unit, channel="whatsapp")
    case.hand_on()

    [notice] = notices(desk, case.conversation)
    assert notice.values["response"] == "utter_references_asked"
    assert notice.values["values"]["wanted"] == "dos referencias" and "/referencias/" in notice.values["values"]["url"]
    assert notice.values["template"]["name"] == f"referencias_{unit}"
    [mail] = case.mails("ana@example.com")
    assert "/referencias/" in mail.text
    case.hand_on()
    assert len(case.mails("ana@example.com")) == 1


def test_who_may_be_asked_for_what(desk: Desk) -> None:
    _, application = candidate(desk)
    with desk.work(UNIT) as uow:
        for wanted, days in ((0, 5), (6, 5), (2, 0), (2, 91)):
            with pytest.raises(FieldInvalid):
                references.ask(uow, application.id, wanted, in_days(desk, days), user_id=None, now=desk.now)
        references.ask(uow, application.id, 2, in_days(desk, 5), user_id=None, now=desk.now)
        with pytest.raises(ReferencesOpen):
            references.ask(uow, application.id, 2, in_days(desk, 5), user_id=None, now=desk.now)
    _, elsewhere = candidate(desk, "amigro")
    with desk.work("amigro") as uow, pytest.raises(ReferencesOff):
        references.ask(uow, elsewhere.id, 2, in_days(desk, 5), user_id=None, now=desk.now)


def test_without_consent_nobody_is_named_and_nobody_is_written_to(desk: Desk) -> None:
    case = asked(desk)
    with desk.work(UNIT) as uow:
        with pytest.raises(ReferencesNotAgreed):
            references.add_referee(uow, case.request_id, LAURA, now=desk.now)
        with pytest.raises(ReferencesNotAgreed):
            references.give(uow, case.request_id, now=desk.now)
    case.agree()
    case.agree()
    [consent] = desk.rows(select(Consent).where(Consent.purpose == "references"))
    assert (consent.granted, consent.version, consent.evidence["request_id"]) == (
        True, TERMS_VERSION, str(case.request_id),
    )  # fmt: skip
    with desk.work(UNIT) as uow:
        references.add_referee(uow, case.request_id, LAURA, now=desk.now)
        with pytest.raises(RefereeTwice):
            references.add_referee(uow, case.request_id, replace(BRUNO, email="laura@example.com"), now=desk.now)
        with pytest.raises(RefereeTwice):
            references.add_referee(uow, case.request_id, replace(BRUNO, email="ana@example.com"), now=desk.now)
        second = references.add_referee(uow, case.request_id, BRUNO, now=desk.now)
        with pytest.raises(RefereesEnough):
            references.add_referee(uow, case.request_id, ROSA, now=desk.now)
        references.remove_referee(uow, second.id, now=desk.now)
    case.hand_on()
    assert case.mails("laura@example.com") == []


def test_a_referee_gets_one_mail_and_one_reminder_that_name_no_client(desk: Desk) -> None:
    case = asked(desk)
    case.give(LAURA, ROSA)

    [mail] = case.mails("laura@example.com")
    said = texts([mail])
    assert "Ana Ruiz" in said and "huntRED Executive" in said and "8 minutos" in said and "/referencia/no/" in said
    assert "/privacidad/huntred_executive" in said
    [reminder] = desk.rows(select(ScheduledNotice).where(ScheduledNotice.address == "laura@example.com"))
    assert reminder.due_at == desk.now + timedelta(days=4)
    assert CLIENT not in f"{said}{reminder.values}" and POSITION not in f"{said}{reminder.values}"
    # Only by mail: nothing went to a referee's phone, and the consultant is told whom to call.
    assert [row for row in desk.outbox() if row.channel != "email"] == []
    [to_consultant] = case.mails(case.consultant.email)
    assert "Rosa Ibáñez" in to_consultant.text and "+528441234567" in to_consultant.text

    case.answer(case.referees[0])
    assert desk.one(ScheduledNotice, reminder.id).state == "cancelled"


def test_what_is_answered_is_told_and_the_last_one_makes_the_summary(desk: Desk) -> None:
    case = asked(desk)
    laura, bruno = case.give(LAURA, BRUNO)
    case.answer(laura)
    [first] = case.mails(case.consultant.email)
    assert "Laura Méndez ya contestó; faltan 1." in first.text and case.request.state == "given"

    case.answer(bruno, replace(WHOLE, ratings=dict.fromkeys(WHOLE.ratings), again="doubts", may_share=False))
    assert case.request.state == "ready"
    second = case.mails(case.consultant.email)[-1]
    assert "2 de 2 contestaron" in second.text and f"/references/{case.request_id}" in second.text
    with desk.work(UNIT) as uow:
        found = summarised(references.get(uow, case.request_id).referees)
        assert [one.observed for one in found.rated] == [1] * 6
    # What was sent stays as it is.
    with desk.work(UNIT) as uow, pytest.raises(RefereeAnswered):
        answering.save_answer(uow, laura.id, WHOLE, send=False, now=desk.now)


def test_a_draft_is_kept_and_nobody_reads_it(desk: Desk) -> None:
    case = asked(desk)
    [laura] = case.give(LAURA)
    with desk.work(UNIT) as uow:
        answering.save_answer(uow, laura.id, AnswerForm(ratings={"results": 2}), send=False, now=desk.now)
    [kept] = desk.rows(select(ReferenceAnswer))
    assert (kept.ratings, kept.sent_at) == ({"results": 2}, None)
    with desk.work(UNIT) as uow:
        assert summarised(references.get(uow, case.request_id).referees).answered == ()
        with pytest.raises(FieldInvalid):
            answering.save_answer(uow, laura.id, AnswerForm(ratings={"results": 2}), send=True, now=desk.now)


def test_past_the_day_who_did_not_answer_is_silent_and_the_summary_is_there(desk: Desk) -> None:
    case = asked(desk)
    laura, bruno = case.give(LAURA, BRUNO)
    case.answer(laura)
    with desk.work(UNIT) as uow:
        answering.save_answer(uow, bruno.id, AnswerForm(again="no"), send=False, now=desk.now)
        assert answering.end_due(uow, now=desk.now) == 0
    desk.now += timedelta(days=11)
    with desk.work(UNIT) as uow:
        assert answering.end_due(uow, now=desk.now) == 1
    case.hand_on()
    assert [one.state for one in case.referees] == ["answered", "silent"]
    assert len(desk.rows(select(ReferenceAnswer))) == 1  # a draft that was not sent was not said
    assert "1 de 2 contestaron" in case.mails(case.consultant.email)[-1].text
    assert {row.state for row in desk.rows(select(ScheduledNotice))} == {"cancelled"}


def test_a_no_is_told_and_may_become_a_yes(desk: Desk) -> None:
    case = asked(desk)
    with desk.work(UNIT) as uow:
        references.decline(uow, case.request_id, "telegram", now=desk.now)
    case.hand_on()
    assert case.request.state == "declined" and "prefiere no dar" in case.mails(case.consultant.email)[-1].text
    case.give(LAURA)
    assert case.request.state == "given" and len(case.mails("laura@example.com")) == 1


def test_a_consent_taken_back_ends_what_is_open(desk: Desk) -> None:
    case = asked(desk)
    laura, _ = case.give(LAURA, BRUNO)
    case.answer(laura)
    with desk.work(UNIT) as uow:
        references.decline(uow, case.request_id, "telegram", now=desk.now)
    case.hand_on()
    assert [one.state for one in case.referees] == ["answered", "dropped"]
    said = desk.rows(select(Consent).where(Consent.purpose == "references").order_by(Consent.at, Consent.id))
    assert [one.granted for one in said] == [True, False]
    assert {row.state for row in desk.rows(select(ScheduledNotice))} == {"cancelled"}
    with desk.work(UNIT) as uow, pytest.raises(RefereeAnswered):
        answering.save_answer(uow, case.referees[1].id, WHOLE, send=True, now=desk.now)


def test_never_again_holds_for_every_candidate_of_the_unit(desk: Desk) -> None:
    case, other = asked(desk), asked(desk)
    desk.execute("UPDATE unit_profiles SET email = 'otra@example.com' WHERE person_id = :p", p=other.person_id)
    laura, _ = case.give(LAURA, BRUNO)
    [again] = other.give(LAURA)
    with desk.work(UNIT) as uow:
        answering.opt_out(uow, laura.id, now=desk.now)
        answering.opt_out(uow, laura.id, now=desk.now)
    case.hand_on()

    for referee in (laura, again):
        kept = desk.one(Referee, referee.id)
        assert (kept.state, kept.email, kept.phone) == ("opted_out", "", "")
    assert other.request.state == "ready"
    waiting = desk.rows(select(ScheduledNotice).where(ScheduledNotice.state == "waiting"))
    assert [row.address for row in waiting] == ["bruno@example.com"]
    third = asked(desk)
    desk.execute("UPDATE unit_profiles SET email = 'mas@example.com' WHERE person_id = :p", p=third.person_id)
    sent = len(third.mails("laura@example.com"))
    [named] = third.give(replace(LAURA, email="LAURA@example.com"))
    assert (named.state, len(third.mails("laura@example.com"))) == ("opted_out", sent)


def test_a_yes_after_a_no_asks_only_who_had_not_answered(desk: Desk) -> None:
    case = asked(desk)
    laura, bruno = case.give(LAURA, BRUNO)
    case.answer(laura)
    with desk.work(UNIT) as uow:
        references.decline(uow, case.request_id, "telegram", now=desk.now)
    case.agree()
    with desk.work(UNIT) as uow:
        with pytest.raises(RefereeAnswered):
            references.remove_referee(uow, laura.id, now=desk.now)
        references.give(uow, case.request_id, now=desk.now)
    case.hand_on()
    assert [one.state for one in case.referees] == ["answered", "asked"]
    assert len(case.mails("bruno@example.com")) == 1  # nobody gets a second first mail
    case.answer(bruno)
    assert case.request.state == "ready"


def test_what_is_over_is_over(desk: Desk) -> None:
    case = asked(desk)
    case.give(LAURA)
    with desk.work(UNIT) as uow:
        references.cancel(uow, case.request_id, now=desk.now)
    case.hand_on()
    with desk.work(UNIT) as uow:
        for step in (references.agree, references.decline):
            with pytest.raises(ReferencesOver):
                step(uow, case.request_id, "telegram", now=desk.now)
    assert {row.state for row in desk.rows(select(ScheduledNotice))} == {"cancelled"}


def test_the_candidate_is_given_their_side_and_what_the_referee_allows(desk: Desk) -> None:
    case = asked(desk)
    laura, bruno = case.give(LAURA, BRUNO)
    case.answer(laura)
    case.answer(bruno, replace(WHOLE, texts={"strengths": "Solo para el equipo."}, may_share=False))
    with desk.work(UNIT) as uow:
        [told] = export_person(uow, case.person_id, now=desk.now)["references"]
    assert [one["name"] for one in told["referees"]] == ["Laura Méndez", "Bruno Gil"]
    assert told["referees"][0]["answer"]["strengths"] == "Ordena lo complejo."
    assert "answer" not in told["referees"][1] and "Solo para el equipo." not in str(told)


def test_how_a_referee_said_no_is_not_given_out(desk: Desk) -> None:
    case = asked(desk, wanted=3)
    laura, bruno, _ = case.give(LAURA, BRUNO, ROSA)
    with desk.work(UNIT) as uow:
        answering.refuse_to_answer(uow, laura.id, now=desk.now)
        answering.opt_out(uow, bruno.id, now=desk.now)
    desk.now += timedelta(days=20)
    with desk.work(UNIT) as uow:
        answering.end_due(uow, now=desk.now)
    with desk.work(UNIT) as uow:
        [told] = export_person(uow, case.person_id, now=desk.now)["references"]
    assert {(one["state"], one["email"], one["phone"]) for one in told["referees"]} == {("closed", "", "")}


def rows_of(desk: Desk) -> list[int]:
    return [len(desk.rows(select(table))) for table in (ReferenceRequest, Referee, ReferenceAnswer)]


def letters(desk: Desk) -> list[OutboxRow]:
    return [row for row in desk.outbox("email") if "Laura" in str(row.payload) or row.address == "laura@example.com"]


def test_erasure_takes_all_of_it_and_the_mails(desk: Desk) -> None:
    case = asked(desk)
    laura, _ = case.give(LAURA, BRUNO)
    case.answer(laura)
    assert letters(desk)
    with desk.work(UNIT) as uow:
        erase_person(uow, case.person_id, now=desk.now)
    case.hand_on()
    assert rows_of(desk) == [0, 0, 0] and letters(desk) == []
    assert [row for row in desk.rows(select(ScheduledNotice)) if row.state == "waiting" or row.values] == []


def test_what_ended_a_year_ago_is_deleted_with_its_mails(desk: Desk) -> None:
    case, kept = asked(desk), asked(desk)
    [laura] = case.give(LAURA)
    case.answer(laura)
    desk.now += timedelta(days=364)
    with desk.work(UNIT) as uow:
        assert purge(uow, now=desk.now).references == 0
    with desk.work(UNIT) as uow:
        assert purge(uow, now=desk.now + timedelta(days=2)).references == 1
    assert [one.id for one in desk.rows(select(ReferenceRequest))] == [kept.request_id]
    assert rows_of(desk) == [1, 0, 0] and letters(desk) == []


def test_a_division_sees_the_references_of_its_applications_only(desk: Desk) -> None:
    from contract.ids import new_id
    from huntred.units.models import Division

    mine, other = (Division(id=new_id(), unit=UNIT, code=code, name=code) for code in ("norte", "sur"))
    desk.add(mine, other)
    seen, hidden = asked(desk, division_id=mine.id), asked(desk, division_id=other.id)
    seen.answer(seen.give(LAURA)[0])
    hidden.give(replace(LAURA, email="l2@example.com"))
    with desk.work(UNIT, divisions=(mine.id,)) as uow:
        found = [one.id for one in uow.session.scalars(select(ReferenceRequest))]
        assert found == [seen.request_id]
        assert [one.request_id for one in uow.session.scalars(select(Referee))] == [seen.request_id]
        assert len(uow.session.scalars(select(ReferenceAnswer)).all()) == 1
    with desk.work("amigro") as uow:
        assert uow.session.scalars(select(ReferenceRequest)).all() == []


def test_references_rank_nobody() -> None:
    """What ranks, predicts or searches people imports nothing of them (import-linter), and the tables feed no index."""
    from tests.bed import ROOT

    for folder in ("huntred/matching", "huntred/predictions", "huntred/search", "huntred/shortlists", "ml"):
        for file in (ROOT / folder).rglob("*.py"):
            said = file.read_text("utf-8")
            assert "huntred.references" not in said and "reference_answers" not in said, file
    triggers = (ROOT / "huntred" / "db" / "search_functions.py").read_text("utf-8")
    assert "reference" not in triggers.replace("referenced", "")
