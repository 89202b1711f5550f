"""What each role opens of its own; every route, verb and foreign id stands in test_walk.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from contract.ids import new_id
from huntred.applications.models import Stage
from huntred.conversations.models import ConversationNote, NoteMention, QuickReply
from huntred.tracking import service as tracking
from huntred.units.models import Division
from tests.integration.backoffice.conftest import Office, post

SUPER_ONLY = (
    "/users/", "/users/new", "/units/", "/units/amigro", "/channels/", "/channels/new", "/records/audit/",
    "/messaging/quarantine", "/messaging/models", "/ranking/", "/resets/",
)  # fmt: skip
LISTS = (
    "/", "/today", "/vacancies/", "/people/", "/applications/", "/interviews/", "/conversations/",
    "/conversations/list", "/quick-replies/", "/announcements/waiting", "/companies/", "/records/templates/", "/records/referrals/", "/records/consents/", "/account/", "/about/", "/mentors/", "/mentors/sessions", "/mentors/new?unit=amigro", "/api-clients/", "/api-clients/new", "/webhooks/", "/webhooks/new", "/api/v1/docs", "/search/", "/lists/", "/interviews/list", "/interviews/?view=month", "/interviews/?view=day", "/interviews/?view=agenda", "/interviews/grid", "/interviews/rooms", "/search/list?text=ana", "/messaging/", "/messaging/aside", "/messaging/review", "/messaging/not-sent", "/board/", "/board/bulk", "/board/settings/", "/vacancies/new?unit=amigro", "/companies/new?unit=amigro", "/interviews/slots/new?unit=amigro", "/duplicates/", "/alike/", "/imports/", "/gains/", "/campaigns/", "/campaigns/campaigns.csv", "/campaigns/new?unit=amigro", "/fairness/", "/fairness/report.csv",
    "/dashboards/recruiting", "/dashboards/conversation", "/dashboards/recruiting/funnel.csv", "/dashboards/outlook",
    "/conversations/list", "/quick-replies/", "/announcements/waiting", "/companies/", "/records/templates/", "/records/referrals/", "/records/consents/", "/account/", "/about/", "/mentors/", "/mentors/sessions", "/mentors/new?unit=amigro", "/api-clients/", "/api-clients/new", "/webhooks/", "/webhooks/new", "/api/v1/docs", "/search/", "/lists/", "/interviews/list", "/interviews/?view=month", "/interviews/?view=day", "/interviews/?view=agenda", "/interviews/grid", "/interviews/rooms", "/search/list?text=ana", "/messaging/", "/messaging/aside", "/messaging/review", "/messaging/not-sent", "/board/", "/board/bulk", "/board/settings/", "/vacancies/new?unit=amigro", "/companies/new?unit=amigro", "/interviews/slots/new?unit=amigro", "/duplicates/", "/imports/", "/people-imports/", "/exchange/", "/exchange/new?kind=people", "/exchange/new?kind=applications", "/exchange/new?kind=vacancies", "/gains/", "/campaigns/", "/campaigns/campaigns.csv", "/campaigns/new?unit=amigro",
    "/dashboards/recruiting", "/dashboards/conversation", "/dashboards/recruiting/funnel.csv",
    "/dashboards/recruiting/funnel/rows", "/dashboards/recruiting/funnel/rows.csv", "/dashboards/conversation/flows.csv",
    "/dashboards/conversation/flows/rows", "/dashboards/conversation/flows/rows.csv", "/dashboards/report.pdf",
)  # fmt: skip


@dataclass
class Things:
    """One of each, in one unit."""

    vacancy: UUID
    company: UUID
    profile: UUID
    application: UUID
    interview: UUID
    slot: UUID
    conversation: UUID
    stage: UUID
    quick_reply: UUID
    mention: UUID
    campaign: UUID

    def pages(self) -> list[str]:
        return [
            f"/vacancies/{self.vacancy}", f"/vacancies/{self.vacancy}/edit", f"/candidates/{self.vacancy}",
            f"/candidates/{self.vacancy}/suggested", f"/attention/{self.vacancy}",
            f"/board/vacancy/{self.vacancy}/outlook", f"/board/vacancy/{self.vacancy}/hints",
            *(f"/vacancies/{self.vacancy}?tab={tab}" for tab in ("people", "shortlist", "applications", "history", "fairness")),
            f"/candidates/{self.vacancy}/person/{self.profile}",
            f"/candidates/{self.vacancy}/compare?person={self.profile}", f"/companies/{self.company}",
            f"/companies/{self.company}/edit", f"/campaigns/{self.campaign}", f"/campaigns/{self.campaign}/edit",
            f"/people/{self.profile}", f"/applications/{self.application}", f"/fairness/vacancy/{self.vacancy}.csv",
            f"/applications/{self.application}/move", f"/board/vacancy/{self.vacancy}",
            f"/interviews/{self.interview}", f"/interviews/slots/{self.slot}", f"/conversations/{self.conversation}",
            *(f"/conversations/{self.conversation}/{part}" for part in ("chat", "composer", "person")),
            f"/conversations/live-token?conversation={self.conversation}",
        ]  # fmt: skip


def things(office: Office, unit: str, **vacancy: Any) -> Things:
    from huntred.interviews.models import Interview

    desk = office.desk
    profile = desk.profile(unit, first_name="Rosa", last_name="Ibáñez")
    conversation = desk.chat(unit, "telegram")
    desk.execute(
        "UPDATE conversations SET person_id = :person WHERE id = :id", person=profile.person_id, id=conversation.id
    )
    application = desk.application(conversation, profile, **vacancy)
    user = desk.user(unit)
    slot = desk.slot(user, timedelta(hours=3), unit=unit, division_id=vacancy.get("division_id"))
    free = desk.slot(user, timedelta(hours=5), unit=unit, division_id=vacancy.get("division_id"))
    interview = Interview(
        id=new_id(), unit=unit, slot_id=slot.id, application_id=application.id, interviewer_id=user.id,
        division_id=vacancy.get("division_id"), booked_at=desk.now,
    )  # fmt: skip
    desk.add(interview)
    note = ConversationNote(
        id=new_id(), unit=unit, conversation_id=conversation.id, user_id=user.id, text="@ alguien"
    )
    mention = NoteMention(
        id=new_id(), unit=unit, note_id=note.id, conversation_id=conversation.id, user_id=user.id
    )
    quick_reply = QuickReply(id=new_id(), unit=unit, shortcut=f"demo-{note.id}", text="Hola, {nombre}.")
    desk.add(note, quick_reply)
    desk.add(mention)
    [company] = desk.rows(_company_of(application.vacancy_id))
    with desk.work(unit) as uow:
        campaign = tracking.create(uow, tracking.CampaignForm("Volante", "web"), user.id, now=desk.now)
        tracking.touch(uow, campaign.code, conversation.id, at=desk.now)
    return Things(
        application.vacancy_id, company, profile.id, application.id, interview.id, free.id, conversation.id,
        application.stage_id, quick_reply.id, mention.id, campaign.id,
    )  # fmt: skip


def _company_of(vacancy_id: UUID) -> Any:
    from sqlalchemy import select

    from huntred.vacancies.models import Vacancy

    return select(Vacancy.company_id).where(Vacancy.id == vacancy_id)


@pytest.mark.parametrize("role", ["super_admin", "consultant"])
def test_who_sees_the_unit_opens_everything_of_it(office: Office, role: str) -> None:
    own = things(office, "amigro")
    client = office.client(office.user(role))

    for path in (*LISTS, *own.pages()):
        assert client.get(path).status_code == 200, path
    for path in SUPER_ONLY:
        assert client.get(path).status_code == (200 if role == "super_admin" else 404), path


def test_a_division_consultant_sees_the_division_only_and_does_what_the_switches_say(office: Office) -> None:
    mine, other = _division(office, "norte"), _division(office, "sur")
    own, foreign = things(office, "amigro", division_id=mine.id), things(office, "amigro", division_id=other.id)
    client = office.client(_division_user(office, mine, ["move_applications"]))

    for path in own.pages():
        expected = 403 if path.endswith("/edit") else 200  # may move, may not edit
        assert client.get(path).status_code == expected, path
    for path in foreign.pages():
        if "companies" in path or "campaigns" in path:
            continue  # these are the whole unit's
        assert client.get(path).status_code == 404, path
    [next_stage] = office.desk.rows(select(Stage.id).where(Stage.unit == "amigro", Stage.kind == "screening"))
    moved = post(client, f"/applications/{own.application}/move", {"to_stage": next_stage, "expected_version": 0})
    assert moved.status_code == 302
    assert post(client, f"/vacancies/{own.vacancy}/pause").status_code == 403
    assert post(client, f"/conversations/{own.conversation}/take").status_code == 403


def test_what_a_division_consultant_makes_belongs_to_the_division(office: Office) -> None:
    mine = _division(office, "norte")
    user = _division_user(office, mine, ["edit_vacancies", "manage_slots"])
    own = things(office, "amigro", division_id=mine.id)
    client = office.client(user)
    vacancy = {"title": "Cajera", "company_id": str(own.company), "modality": "remote", "openings": "1"}
    day = (office.desk.now + timedelta(days=1)).date().isoformat()

    without = post(client, "/vacancies/new", vacancy)
    made = post(client, "/vacancies/new", vacancy | {"division_id": str(mine.id)})
    slots = post(
        client, "/interviews/slots/new",
        {"first_day": day, "from_time": "09:00", "to_time": "10:00", "modality": "in_person",
         "interviewer_id": str(user.id)},
    )  # fmt: skip

    assert "División hace falta" in without.text
    assert made.status_code == slots.status_code == 302
    # Two made now, one that the division had.
    assert client.get("/interviews/?view=agenda").text.count("Libre") == 3


def test_the_super_administrator_looks_at_one_unit(office: Office) -> None:
    own, other = things(office, "amigro"), things(office, "huntu")
    client = office.client(office.user("super_admin"))

    post(client, "/unit", {"unit": "amigro"})

    assert client.get(f"/vacancies/{own.vacancy}").status_code == 200
    assert client.get(f"/vacancies/{other.vacancy}").status_code == 404
    post(client, "/unit", {"unit": ""})
    assert client.get(f"/vacancies/{other.vacancy}").status_code == 200


def test_no_consultant_switches_units(office: Office) -> None:
    client = office.client(office.user())

    assert post(client, "/unit", {"unit": "huntu"}).status_code == 404


def _division(office: Office, code: str) -> Division:
    division = Division(id=new_id(), unit="amigro", code=code, name=code.title())
    office.desk.add(division)
    return division


def _division_user(office: Office, division: Division, permissions: list[str]) -> Any:
    from huntred.access.models import Grant

    user = office.user()
    office.desk.execute("DELETE FROM grants WHERE user_id = :id", id=user.id)
    office.desk.add(
        Grant(
            user_id=user.id, role="division_consultant", unit="amigro", division_id=division.id,
            permissions=permissions,
        )
    )  # fmt: skip
    return user
