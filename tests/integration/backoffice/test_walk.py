"""Every route × verb × role: a route that stands in no table here fails the walk.

Who may not see a thing gets 404 for it, as for what was never there: by an id in the address, in a filter, in a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from contract.ids import new_id
from huntred.access import rules
from huntred.alike.models import VacancyMerge
from huntred.api_clients import service as api_clients
from huntred.applications.models import RejectReason
from huntred.conversations import resetting
from huntred.conversations.models import ChannelAccount, Conversation, Quarantined
from huntred.cv import shelf
from huntred.cv.models import CvFile
from huntred.exchange.models import ExchangeMapping, PeopleImport
from huntred.families import service as families
from huntred.gains.models import Reward, RewardRequest
from huntred.importing.models import ImportJob
from huntred.interviews.models import InterviewProposal, Room
from huntred.learning.models import LearningStep
from huntred.lists.models import ListExport, SavedView
from huntred.mentoring.models import Mentor, MentorSession
from huntred.people.models import PersonMerge, UnitProfile
from huntred.push.models import PushDevice
from huntred.references.models import Referee, ReferenceRequest
from huntred.shortlists.models import ShortlistEntry, ShortlistShare
from huntred.units.models import Division
from huntred.vacancies.models import Vacancy
from huntred.webhooks import service as webhooks
from huntred.webhooks.service import SubscriptionForm
from tests.factories import letters
from tests.factories.files import sent_file
from tests.integration.backoffice.conftest import Office, csrf_of
from tests.integration.backoffice.test_access import Things, _division, _division_user, things
from tests.integration.backoffice.test_messaging import came, went
from tests.integration.backoffice.test_workbench import bench

ROLES = ("super_admin", "consultant", "division_consultant")
NOWHERE = "0190a0a0-0000-7000-8000-000000000000"


@dataclass
class Place:
    """One of everything in one unit, and what only one user may see."""

    things: Things
    ids: dict[str, Any]


# Reached without a log-in; by signed links (test_public) or the log-in's own pages (test_sign_in).
PUBLIC = {"public.calendar_feed", "public.campaign_link", "public.mentor", "public.references", "public.referee", "public.referee_out", "public.shortlist", "public.interviewer", "public.private", "public.profile", "public.privacy", "static", "push_worker", "home.static", "public.statistics",
          "security.static"}  # fmt: skip
SIGN_IN = {"security.login", "security.logout", "security.change_password", "security.two_factor_rescue",
           "security.tf_select", "security.two_factor_setup", "security.two_factor_setup_validate",
           "security.two_factor_token_validation", "security.verify"}  # fmt: skip
# Whoever is signed in, about what their scope holds.
EVERYBODY = {
    "home.index": "/", "home.today": "/today", "vacancies.index": "/vacancies/", "people.index": "/people/",
    "applications.index": "/applications/", "interviews.index": "/interviews/", "interviews.table": "/interviews/list",
    "interviews.grid": "/interviews/grid",
    "conversations.index": "/conversations/", "conversations.list": "/conversations/list",
    "conversations.live_token": "/conversations/live-token", "companies.index": "/companies/",
    "templates.index": "/records/templates/", "referrals.index": "/records/referrals/",
    "consents.index": "/records/consents/", "account.index": "/account/", "about.index": "/about/", "search.index": "/search/?text=rosa",
    "search.list": "/search/list?text=rosa", "board.index": "/board/", "board.bulk": "/board/bulk",
    "quick_replies.index": "/quick-replies/", "announcements.index": "/announcements/", "devices.index": "/devices/", "own_calendar.index": "/own-calendar/",
    "announcements.waiting": "/announcements/waiting", "dashboards.index": "/dashboards/",
    "dashboards.board": "/dashboards/recruiting", "dashboards.rows": "/dashboards/recruiting/funnel/rows",
    "dashboards.rows_file": "/dashboards/recruiting/funnel/rows.csv",
    "dashboards.figures_file": "/dashboards/recruiting/funnel.csv", "dashboards.report": "/dashboards/report.pdf", "lists.index": "/lists/", "mass.index": "/mass/",
    "references.index": "/references/", "mentors.index": "/mentors/", "mentors.sessions": "/mentors/sessions", "gains.index": "/gains/",
    "campaigns.index": "/campaigns/", "campaigns.file": "/campaigns/campaigns.csv",
    "fairness.index": "/fairness/", "fairness.file": "/fairness/report.csv",
    "learning.index": "/learning/", "candidates.index": "/candidates/", "shortlists.index": "/shortlists/", "attention.index": "/attention/",
}  # fmt: skip
SWITCHED = {
    "people_imports.index": "/people-imports/", "exchange.index": "/exchange/", "exchange.new": "/exchange/new?kind=people",
    "vacancies.new": "/vacancies/new", "mentors.new": "/mentors/new",
    "companies.new": "/companies/new", "campaigns.new": "/campaigns/new",
    "interviews.new_slots": "/interviews/slots/new",
}
# Likewise, and only to be posted: about one's own pages.
POSTED = {
    "announcements.presence": "/announcements/presence", "announcements.choices": "/announcements/choices",
    "announcements.telegram": "/announcements/telegram/end",
    "devices.add": "/devices/new", "devices.which": "/devices/which", "own_calendar.connect": "/own-calendar/connect",
    "own_calendar.choose": "/own-calendar/choose", "own_calendar.disconnect": "/own-calendar/disconnect",
    "account.zone": "/account/zone", "account.language": "/account/language", "account.new_link": "/account/calendar",
}  # fmt: skip
# Who answers for a whole unit.
HEADS = {
    "board_settings.index": "/board/settings/", "board_settings.stages": "/board/settings/stages",
    "board_settings.add_reason": "/board/settings/reasons",
    "messaging.index": "/messaging/", "messaging.now": "/messaging/now", "messaging.aside": "/messaging/aside",
    "messaging.review": "/messaging/review", "messaging.not_sent": "/messaging/not-sent",
    "interviews.rooms": "/interviews/rooms", "duplicates.index": "/duplicates/", "alike.index": "/alike/",
    "imports.index": "/imports/", "imports.template": "/imports/template.csv",
    "messaging.live_token": "/messaging/live-token", "api_clients.index": "/api-clients/",
    "api_clients.new": "/api-clients/new", "webhooks.index": "/webhooks/",
}  # fmt: skip
SUPER = {
    "units.index": "/units/", "units.details": "/units/amigro", "users.index": "/users/", "users.new": "/users/new", "channels.index": "/channels/", "channels.new": "/channels/new",
    "audit.index": "/records/audit/", "messaging.quarantine": "/messaging/quarantine",
    "messaging.models": "/messaging/models", "ranking.index": "/ranking/", "ranking.preview": "/ranking/preview",
    "resets.index": "/resets/",
    "ranking.save": "/ranking/save", "ranking.default": "/ranking/default", "ranking.publish": "/ranking/publish", "ranking.back": "/ranking/back", "gains.rule": "/gains/rules/profile_completed",
    "gains.levels": "/gains/levels", "gains.new_reward": "/gains/rewards",
    # Of designers too: what they see, and that they see nothing else, stands in test_workbench.py.
    "workbench.index": "/workbench/", "workbench.changes": "/workbench/changes/",
    "workbench.new_change": "/workbench/changes/new", "workbench.models": "/workbench/models",
    "workbench.flows": "/workbench/flows/", "workbench.live_token": "/workbench/live-token",
    "workbench.assign": f"/workbench/groups/{NOWHERE}/assign",
}  # fmt: skip
# By an id in the address: another's is not there. The names in braces are those of Place.ids.
BY_ID = {
    "vacancies.details": "/vacancies/{vacancy}", "candidates.ranked": "/candidates/{vacancy}",
    "candidates.person": "/candidates/{vacancy}/person/{profile}",
    "candidates.compare": "/candidates/{vacancy}/compare?person={profile}",
    "candidates.suggested": "/candidates/{vacancy}/suggested", "shortlists.add_many": "/shortlists/{vacancy}/add-many",
    "attention.vacancy": "/attention/{vacancy}", "attention.dismiss": "/attention/{vacancy}/no_consultant/dismiss",
    "attention.recall": "/attention/{vacancy}/no_consultant/recall", "board.hints": "/board/vacancy/{vacancy}/hints",
    "candidates.export": "/candidates/{vacancy}/export", "shortlists.add": "/shortlists/{vacancy}/add",
    "shortlists.step": "/shortlists/entries/{entry}/up", "shortlists.share": "/shortlists/{vacancy}/share",
    "shortlists.client_word": "/shortlists/entries/{entry}/client/yes", "shortlists.revoke": "/shortlists/shares/{share}/revoke",
    "references.ask": "/references/application/{application}/ask", "references.details": "/references/{references}",
    "references.summary": "/references/{references}/summary.pdf", "references.cancel": "/references/{references}/cancel",
    "references.seen": "/references/{references}/seen", "references.record": "/references/referees/{referee}/answer",
    "references.refused": "/references/referees/{referee}/refused",
    "mentors.outcome": "/mentors/sessions/{mentor_session}/outcome",
    "mentors.cancel_session": "/mentors/sessions/{mentor_session}/cancel",
    "learning.add": "/learning/person/{profile}/add", "learning.step": "/learning/steps/{learning_step}/done",
    "gains.decide": "/gains/requests/{reward_request}/decide",
    "fairness.vacancy_file": "/fairness/vacancy/{vacancy}.csv",
    "vacancies.edit": "/vacancies/{vacancy}/edit", "vacancies.step": "/vacancies/{vacancy}/pause",
    "people_imports.details": "/people-imports/{people_import}", "people_imports.progress": "/people-imports/{people_import}/progress",
    "people_imports.choose": "/people-imports/{people_import}/columns", "people_imports.start": "/people-imports/{people_import}/start",
    "people_imports.go_on": "/people-imports/{people_import}/go-on", "people_imports.undo": "/people-imports/{people_import}/undo",
    "people_imports.faulty": "/people-imports/{people_import}/faulty.csv",
    "people.details": "/people/{profile}", "people.timeline": "/people/{profile}/timeline",
    "people.family": "/people/{profile}/family",
    "people.upload_cv": "/people/{profile}/cvs", "people.cv": "/people/cv/{cv}", "people.cv_file": "/people/cv/{cv}/archivo",
    "people.cv_read_again": "/people/cv/{cv}/read-again",
    "applications.details": "/applications/{application}",
    "applications.move": "/applications/{application}/move", "applications.chance": "/applications/{application}/chance",
    "board.show": "/board/vacancy/{vacancy}", "board.columns": "/board/vacancy/{vacancy}/columns",
    "board.column": "/board/vacancy/{vacancy}/column?stage={stage}", "board.stamp": "/board/vacancy/{vacancy}/stamp",
    "board.outlook": "/board/vacancy/{vacancy}/outlook", "interviews.details": "/interviews/{interview}",
    "interviews.propose": "/interviews/{interview}/propose", "interviews.withdraw": "/interviews/proposals/{proposal}/withdraw",
    "interviews.slot": "/interviews/slots/{slot}", "interviews.change_slot": "/interviews/slots/{slot}/change",
    "interviews.cancel": "/interviews/{interview}/cancel",
    "interviews.outcome": "/interviews/{interview}/outcome", "interviews.cancel_slot": "/interviews/slots/{slot}/cancel",
    "conversations.details": "/conversations/{conversation}", "conversations.chat": "/conversations/{conversation}/chat",
    "conversations.file": "/conversations/{conversation}/archivo/{file}",
    "conversations.take": "/conversations/{conversation}/take", "conversations.reply": "/conversations/{conversation}/reply",
    "conversations.composer": "/conversations/{conversation}/composer",
    "conversations.person": "/conversations/{conversation}/person",
    "conversations.template": "/conversations/{conversation}/template",
    "conversations.note": "/conversations/{conversation}/note",
    "conversations.give_back": "/conversations/{conversation}/give-back",
    "conversations.close": "/conversations/{conversation}/close",
}  # fmt: skip
# Companies and quick replies are the whole unit's: a division sees them.
OF_UNIT = {
    "mentors.details": "/mentors/{mentor}", "mentors.edit": "/mentors/{mentor}/edit",
    "companies.details": "/companies/{company}", "companies.edit": "/companies/{company}/edit",
    "companies.add_contact": "/companies/{company}/contacts",
    "campaigns.details": "/campaigns/{campaign}", "campaigns.edit": "/campaigns/{campaign}/edit",
    "campaigns.qr": "/campaigns/{campaign}/qr.png", "campaigns.step": "/campaigns/{campaign}/pause",
    "exchange.forget": "/exchange/mappings/{mapping}/forget",
    "quick_replies.edit": "/quick-replies/{quick_reply}/edit",
    "quick_replies.remove": "/quick-replies/{quick_reply}/remove",
}  # fmt: skip
OF_HEADS = {
    "imports.details": "/imports/{imported}", "imports.progress": "/imports/{imported}/progress",
    "imports.columns": "/imports/{imported}/columns", "imports.complete": "/imports/{imported}/complete",
    "imports.start": "/imports/{imported}/start",
    "duplicates.compare": "/duplicates/{profile}/{double}", "duplicates.different": "/duplicates/{profile}/{double}/different",
    "duplicates.merge": "/duplicates/{profile}/{double}/merge", "duplicates.undo": "/duplicates/merges/{merge}/undo",
    "imports.mail": "/imports/mails/{mail}", "imports.mail_file": "/imports/mails/{mail}/files/1",
    "imports.mail_step": "/imports/mails/{mail}/dismiss",
    "alike.compare": "/alike/{vacancy}/{like}", "alike.different": "/alike/{vacancy}/{like}/different",
    "alike.merge": "/alike/{vacancy}/{like}/merge", "alike.undo": "/alike/merges/{vacancy_merge}/undo",
    "people.export": "/people/{profile}/export", "people.erase": "/people/{profile}/erase",
    "messaging.replay": "/messaging/aside/{aside}/replay",
    "messaging.decide": "/messaging/review/{review}/drop",
    "board_settings.change_reason": "/board/settings/reasons/{reason}",
    "interviews.use_room": "/interviews/rooms/{room}/use",
    "api_clients.details": "/api-clients/{client}", "api_clients.secret": "/api-clients/{client}/secret",
    "api_clients.revoke": "/api-clients/{client}/revoke", "webhooks.details": "/webhooks/{webhook}",
    "webhooks.secret": "/webhooks/{webhook}/secret", "webhooks.test": "/webhooks/{webhook}/test",
    "webhooks.remove": "/webhooks/{webhook}/remove",
    "webhooks.redeliver": "/webhooks/{webhook}/deliveries/{delivery}/redeliver",
}
OF_SUPER = {
    "gains.change_reward": "/gains/rewards/{reward}", "resets.progress": "/resets/{reset}/progress", "resets.ask": "/resets/{unit}",
    "users.details": "/users/{user}", "users.grants": "/users/{user}/grants", "users.active": "/users/{user}/deactivate",
    "users.password": "/users/{user}/password", "users.two_factor": "/users/{user}/two-factor",
    "channels.details": "/channels/{account}", "channels.app_secrets": "/channels/apps/{app}",
    "messaging.use_model": "/messaging/models/{model}/use", "messaging.body": "/messaging/quarantine/{body}",
    "messaging.read_again": "/messaging/quarantine/{body}/replay", "switch_unit": "/unit",
    "workbench.set_aside": "/workbench/groups/{group}/set-aside", "workbench.change": "/workbench/changes/{change}",
    "workbench.tests": "/workbench/changes/{change}/tests", "workbench.patch": "/workbench/changes/{change}/patch",
    "workbench.add_example": "/workbench/changes/{change}/examples",
    "workbench.remove_example": "/workbench/examples/{example}/remove",
    "workbench.close_change": "/workbench/changes/{change}/close", "workbench.test": "/workbench/changes/{change}/test",
    "workbench.cancel": "/workbench/tests/{test}/cancel", "workbench.publish": "/workbench/tests/{test}/publish",
    "workbench.use_model": "/workbench/models/{model}/use", "workbench.take_back": "/workbench/models/{unit}/take-back",
}  # fmt: skip
# One user's own, whatever the role.
OWN = {
    "lists.delete_view": "/lists/vacancies/views/{view}/delete", "lists.exported": "/lists/exports/{export}",
    "lists.progress": "/lists/exports/{export}/progress",
    "devices.test": "/devices/{device}/test", "devices.remove": "/devices/{device}/remove",
    "announcements.seen": "/announcements/mentions/{mention}/seen", "lists.file": "/lists/exports/{export}/file",
}  # fmt: skip
# By ids in a filter or a form: the address, and what is sent besides.
BY_FORM: dict[str, list[tuple[str, dict[str, str]]]] = {
    "mass.vacancies_preview": [("/mass/vacancies/preview", {"action": "pause", "id": "{vacancy}"})],
    "mass.vacancies_apply": [("/mass/vacancies/apply", {"action": "pause", "id": "{vacancy}"})],
    "board.bulk_move": [("/board/bulk/move", {"card": "{application}:0", "to_stage": "{stage}"})],
    "board.undo": [(f"/board/undo/{NOWHERE}", {"unit": "{unit}"})],
    "webhooks.new": [("/webhooks/new", {"unit": "{unit}", "url": "https://example.com/", "events": "vacancy.closed"})],
    "people_imports.upload": [("/people-imports/upload", {"unit": "{unit}"})],
    "exchange.export": [("/exchange/export", {"kind": "people", "unit": "{unit}"})],
    "imports.upload": [("/imports/upload", {"unit": "{unit}"})],
    "imports.page": [("/imports/page", {"unit": "{unit}", "page_url": "https://example.com/"})],
    "quick_replies.new": [("/quick-replies/new", {"unit": "{unit}", "shortcut": "x", "quick_text": "y"})],
    "lists.save_view": [("/lists/vacancies/views", {"view_name": "x", "view": "{view}"})],
    "lists.columns": [("/lists/vacancies/columns", {"column": "title", "view": "{view}"})],
    "lists.export": [
        ("/lists/vacancies/export", {"format": "csv", "view": "{view}"}),
        ("/lists/vacancies/export", {"format": "csv", "company": "{company}"}),
        ("/lists/applications/export", {"format": "xlsx", "vacancy": "{vacancy}"}),
    ],
}
FILTERS = (
    "/vacancies/?company={company}", "/applications/?vacancy={vacancy}", "/vacancies/?view={view}",
    "/conversations/live-token?conversation={conversation}", "/vacancies/{vacancy}?tab=shortlist",
)  # fmt: skip
TABLES: tuple[Any, ...] = (
    PUBLIC, SIGN_IN, EVERYBODY, SWITCHED, POSTED, HEADS, SUPER, BY_ID, OF_UNIT, OF_HEADS, OF_SUPER, OWN, BY_FORM,
)  # fmt: skip


def place(office: Office, unit: str, **vacancy: Any) -> Place:
    desk = office.desk
    made = things(office, unit, **vacancy)
    stranger = office.user(unit=unit)
    conversation = desk.one(Conversation, made.conversation)
    view = SavedView(id=new_id(), user_id=stranger.id, list_name="vacancies", name="Suya")
    export = ListExport(
        id=new_id(), user_id=stranger.id, list_name="companies", columns=["name"], units=[unit], format="csv",
        expires_at=desk.now + timedelta(days=1),
    )  # fmt: skip
    body = Quarantined(channel="telegram", app="main", reason="not a webhook", body=b"{}")
    reason = RejectReason(id=new_id(), unit=unit, name=f"Motivo {new_id()}", ord=99)
    room = Room(id=new_id(), unit=unit, name=f"Sala {new_id()}")
    later = desk.slot(stranger, timedelta(days=2), unit=unit, division_id=vacancy.get("division_id"))
    proposal = InterviewProposal(
        id=new_id(), unit=unit, division_id=vacancy.get("division_id"), interview_id=made.interview, slot_id=later.id,
        proposed_by=stranger.id, proposed_at=desk.now, expires_at=desk.now + timedelta(hours=1),
    )  # fmt: skip
    mentor = Mentor(id=new_id(), unit=unit, name="Laura Méndez", email="laura@example.com", fields=["finance"])
    desk.add(mentor)
    mentor_session = MentorSession(
        id=new_id(), unit=unit, mentor_id=mentor.id, person_id=desk.one(UnitProfile, made.profile).person_id,
        starts_at=desk.now + timedelta(days=3), ends_at=desk.now + timedelta(days=3, hours=1), asked_at=desk.now,
        answer_until=desk.now + timedelta(days=1),
    )  # fmt: skip
    learning_step = LearningStep(
        id=new_id(), unit=unit, person_id=mentor_session.person_id, ord=1, skill="Excel", skill_key="excel"
    )
    desk.add(mentor_session, learning_step)
    entry = ShortlistEntry(id=new_id(), unit=unit, vacancy_id=made.vacancy, profile_id=made.profile, ord=1)
    share = ShortlistShare(
        id=new_id(), unit=unit, vacancy_id=made.vacancy, expires_at=desk.now + timedelta(days=1)
    )
    with desk.work(unit) as uow:
        families.start(uow, desk.one(UnitProfile, made.profile).person_id, "whatsapp", now=desk.now)
    references = ReferenceRequest(
        id=new_id(), unit=unit, application_id=made.application, person_id=desk.one(UnitProfile, made.profile).person_id,
        wanted=1, due_at=desk.now + timedelta(days=9), state="given", asked_at=desk.now,
    )  # fmt: skip
    referee = Referee(
        id=new_id(), unit=unit, request_id=references.id, ord=1, name="Laura Méndez", relation="boss", company="Norte",
        phone="+525555550134", from_year=2019, state="asked",
    )  # fmt: skip
    desk.add(references)
    desk.add(referee)
    reward = desk.rows(select(Reward).where(Reward.unit == unit))[0]
    asked = RewardRequest(
        id=new_id(), unit=unit, person_id=desk.one(UnitProfile, made.profile).person_id, reward_id=reward.id,
        name=reward.name, cost_points=reward.cost_points,
    )  # fmt: skip
    device = PushDevice(
        id=new_id(), user_id=stranger.id, endpoint_hash=str(new_id()), endpoint_sealed="https://push.example.com/x",
        p256dh_sealed="k", auth_sealed="a",
    )  # fmt: skip
    desk.add(view, export, body, reason, room, device, proposal, entry, share, asked)
    desk.execute("INSERT INTO published_models (unit, name, sha256, content) VALUES (:unit, 'a', 'a', 'x')", unit=unit)
    model = desk.rows(text("SELECT max(id) FROM published_models"))[0]
    account = desk.rows(select(ChannelAccount).where(ChannelAccount.unit == unit))[0]
    with desk.work(unit) as uow:
        client, _ = api_clients.create_client(uow, "Nómina", [unit], ["people:read"], stranger.id, now=desk.now)
        webhook, _ = webhooks.subscribe(uow, SubscriptionForm("https://example.com/", ["vacancy.closed"]), now=desk.now)
        delivery = webhooks.send_test(uow, webhook.id, now=desk.now)
    with desk.work(unit) as uow:
        reset = resetting.ask(uow, unit, None, now=desk.now)
    ids = vars(made) | {
        "reset": reset.id, "device": device.id, "references": references.id, "referee": referee.id,
        "learning_step": learning_step.id, "mentor": mentor.id, "mentor_session": mentor_session.id, "client": client.id, "webhook": webhook.id, "delivery": delivery.id,
        "view": view.id, "export": export.id, "user": stranger.id, "body": body.id, "model": model,
        "reason": reason.id, "room": room.id, "reward": reward.id, "reward_request": asked.id, "proposal": proposal.id, "entry": entry.id, "share": share.id, "unit": unit, "account": account.id, "app": account.app_id, "aside": came(desk, conversation, "aside").id,
        "review": went(desk, conversation, "review").id, "file": sent_file(desk, conversation, office.shelf),
        "cv": cv(office, made).id, "double": desk.profile(unit).id, "merge": one_of_two(office, made).id,
        "mail": letters.came(desk, letters.written("Hola", files=(("a.txt", "text/plain", b"a"),)), unit=unit, state="review").id,
        "like": like(office, made).id, "vacancy_merge": one_vacancy_of_two(office, made).id,
        "imported": imported(office, unit, stranger.id).id, **exchanged(office, unit, stranger.id, vacancy.get("division_id")), **bench(desk, unit, stranger.id),
    }  # fmt: skip
    return Place(made, ids)


def imported(office: Office, unit: str, user_id: Any) -> ImportJob:
    row = ImportJob(
        id=new_id(), unit=unit, kind="vacancies", user_id=user_id, file_name="a.csv", heads=["Puesto"],
        rows_sealed='[["Cajera"]]', created_at=office.desk.now,
    )  # fmt: skip
    office.desk.add(row)
    return row


def exchanged(office: Office, unit: str, user_id: Any, division_id: Any) -> dict[str, Any]:
    """A file of people, and a mapping that was kept."""
    told = {"columns": {"first_name": "Nombre"}, "values": {}, "dates": "dmy", "system": "other"}
    row = PeopleImport(
        id=new_id(), unit=unit, division_id=division_id, user_id=user_id, file_name="a.csv", system="other",
        heads=["Nombre"], told=told, declaration="Declaro", declared_at=office.desk.now, created_at=office.desk.now,
    )  # fmt: skip
    mapping = ExchangeMapping(id=new_id(), unit=unit, direction="in", kind="people", name=f"A {row.id}", told=told)
    office.desk.add(row, mapping)
    return {"people_import": row.id, "mapping": mapping.id}


def one_of_two(office: Office, made: Things) -> PersonMerge:
    profile = office.desk.one(UnitProfile, made.profile)
    row = PersonMerge(
        id=new_id(), unit=profile.unit, kept_person_id=profile.person_id, kept_profile_id=profile.id,
        other_person_id=office.desk.profile(profile.unit).person_id, other_profile_id=new_id(),
        merged_at=office.desk.now,
    )  # fmt: skip
    office.desk.add(row)
    return row


def like(office: Office, made: Things) -> Vacancy:
    """Another vacancy of the same company."""
    first = office.desk.one(Vacancy, made.vacancy)
    row = Vacancy(
        id=new_id(), unit=first.unit, company_id=first.company_id, title=first.title, city=first.city, state="open"
    )
    office.desk.add(row)
    return row


def one_vacancy_of_two(office: Office, made: Things) -> VacancyMerge:
    other = like(office, made)
    row = VacancyMerge(
        id=new_id(), unit=other.unit, kept_id=made.vacancy, other_id=other.id, merged_at=office.desk.now
    )
    office.desk.add(row)
    return row


def cv(office: Office, made: Things) -> CvFile:
    profile = office.desk.one(UnitProfile, made.profile)
    stored = shelf.keep(office.shelf, b"Ana\n", "cv.txt")  # type: ignore[attr-defined]
    row = CvFile(
        id=new_id(), unit=profile.unit, person_id=profile.person_id, source="upload", sha256=stored.sha256,
        stored_name=stored.stored_name, content_type="text/plain", name="cv.txt", size=4,
    )  # fmt: skip
    office.desk.add(row)
    return row


def filled(told: Any, ids: dict[str, Any]) -> Any:
    """The address or the form with the ids in their places."""
    if isinstance(told, dict):
        return {name: value.format(**ids) for name, value in told.items()}
    return told.format(**ids)


class Visitor:
    """A client that sends its token with every post, as a page's form does."""

    def __init__(self, client: FlaskClient, page: str = "/account/") -> None:
        self._client, self._token = client, csrf_of(client, page)

    def status(self, verb: str, path: str, form: dict[str, str] | None = None) -> int:
        if verb == "GET":
            return self._client.get(path, buffered=True).status_code
        data = {"csrf_token": self._token, **(form or {})}
        return self._client.open(path, method=verb, data=data, buffered=True).status_code


@pytest.fixture
def walked(office: Office, tmp_path: Path) -> Office:
    wiring = office.app.extensions["wiring"]
    object.__setattr__(wiring.settings, "media_dir", str(tmp_path))
    office.shelf = tmp_path  # type: ignore[attr-defined]
    return office


def verbs(office: Office) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in office.app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            continue  # entered with a token alone: api/test_walk_api.py
        found.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def visitor(office: Office, role: str, division: Division) -> Visitor:
    if role == "division_consultant":
        everything = list(rules.PERMISSIONS)
        return Visitor(office.client(_division_user(office, division, everything)))
    found = Visitor(office.client(office.user(role)))
    if role == "super_admin":
        # Who looks at one unit sees one.
        assert found.status("POST", "/unit", {"unit": "amigro"}) == 302
    return found


def test_every_route_stands_in_the_walk_and_nothing_else_does(office: Office) -> None:
    named = [name for table in TABLES for name in table]

    assert sorted(named) == sorted(set(named)), "a route stands in two tables"
    assert set(named) == set(verbs(office)), "say in a table of this file who may open the new route"


def test_without_a_log_in_nothing_opens(walked: Office) -> None:
    own = place(walked, "amigro")
    client = Visitor(walked.client(), "/login")

    for endpoint, allowed in verbs(walked).items():
        if endpoint in PUBLIC | SIGN_IN:
            continue
        path = _path(endpoint, own)
        for verb in allowed:
            assert client.status(verb, path) == 302, (endpoint, verb)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_opens_their_own(walked: Office, role: str) -> None:
    division = _division(walked, "norte")
    own = place(walked, "amigro", division_id=division.id)
    client = visitor(walked, role, division)

    for endpoint, path in (EVERYBODY | SWITCHED).items():
        assert client.status("GET", path) in {200, 302}, endpoint
    for endpoint, path in POSTED.items():
        assert client.status("POST", path) in {200, 204, 302, 422}, endpoint
    for table, allowed in ((HEADS, role != "division_consultant"), (SUPER, role == "super_admin")):
        for endpoint, path in table.items():
            for verb in verbs(walked)[endpoint]:
                status = client.status(verb, path)
                assert (status != 404) if allowed else (status == 404), (endpoint, verb, status)
    for endpoint, path in (BY_ID | OF_UNIT).items():
        for verb in verbs(walked)[endpoint]:
            status = client.status(verb, filled(path, own.ids))
            assert status in {200, 302, 400, 422}, (endpoint, verb, status)
    for path in FILTERS[:2]:
        assert client.status("GET", filled(path, own.ids)) == 200, path


@pytest.mark.parametrize("where", ["another unit", "another division", "nowhere"])
@pytest.mark.parametrize("role", ROLES)
def test_what_is_not_theirs_is_not_there(walked: Office, role: str, where: str) -> None:
    mine, other = _division(walked, "norte"), _division(walked, "sur")
    place(walked, "amigro", division_id=mine.id)
    foreign = place(walked, *("huntu",) if where != "another division" else ("amigro",), **(
        {"division_id": other.id} if where == "another division" else {}))  # fmt: skip
    ids = dict.fromkeys(foreign.ids, NOWHERE) if where == "nowhere" else foreign.ids
    client = visitor(walked, role, mine)
    whole_unit = where == "another division"

    hidden: dict[str, str] = dict(OWN)
    if not whole_unit or role == "division_consultant":
        hidden |= BY_ID | OF_HEADS
    if not whole_unit:
        hidden |= OF_UNIT
    if role != "super_admin":
        hidden |= OF_SUPER
    for endpoint, path in hidden.items():
        for verb in verbs(walked)[endpoint]:
            assert client.status(verb, filled(path, ids)) == 404, (endpoint, verb)
    for endpoint, posts in BY_FORM.items():
        for path, form in posts:
            of_a_user = any("{view}" in value for value in form.values())
            of_the_unit = any(name in value for value in form.values() for name in ("{company}", "{unit}"))
            if of_a_user or not whole_unit or (role == "division_consultant" and not of_the_unit):
                assert client.status("POST", path, filled(form, ids)) == 404, (endpoint, form)
    for path in FILTERS:
        if "{view}" in path or not whole_unit or (role == "division_consultant" and "{company}" not in path):
            assert client.status("GET", filled(path, ids)) == 404, path


def test_nothing_of_another_unit_is_named_by_a_form(walked: Office) -> None:
    """Foreign keys look past row-level security, so the services look themselves."""
    own, foreign = place(walked, "amigro"), place(walked, "huntu")
    user = walked.user()
    client = Visitor(walked.client(user))
    strange = _division_of(walked, "huntu")
    vacancy = {"title": "Cajera", "company_id": str(own.ids["company"]), "modality": "remote", "openings": "1"}
    slots = {"first_day": (walked.desk.now + timedelta(days=1)).date().isoformat(), "from_time": "09:00",
             "to_time": "10:00", "modality": "in_person", "interviewer_id": str(user.id)}  # fmt: skip
    before = counted(walked)

    for path, form, named in (
        ("/vacancies/new", vacancy, {"company_id": foreign.ids["company"]}),
        ("/vacancies/new", vacancy, {"division_id": strange}),
        ("/vacancies/new", vacancy, {"consultant_id": foreign.ids["user"]}),
        (f"/vacancies/{own.ids['vacancy']}/edit", vacancy, {"company_id": foreign.ids["company"]}),
        ("/interviews/slots/new", slots, {"vacancy_id": foreign.ids["vacancy"]}),
        (f"/applications/{own.ids['application']}/move", {"expected_version": "0"},
         {"to_stage": foreign.ids["stage"]}),
        ("/vacancies/new", vacancy | {"unit": "huntu"}, {}),
        (f"/shortlists/{own.ids['vacancy']}/add", {}, {"profile": foreign.ids["profile"]}),
    ):  # fmt: skip
        given = form | {name: str(value) for name, value in named.items()}
        assert client.status("POST", path, given) == 404, (path, named)
    # Who interviews is one of the unit's colleagues; the form is shown again, and nothing is made.
    assert client.status("POST", "/interviews/slots/new", slots | {"interviewer_id": str(foreign.ids["user"])}) == 200
    assert client.status("POST", "/interviews/slots/new", slots | {"room_id": str(foreign.ids["room"])}) == 200
    assert counted(walked) == before


def counted(office: Office) -> list[int]:
    return [
        office.desk.rows(text(f"SELECT count(*) FROM {table}"))[0]  # our own tables
        for table in ("vacancies", "interview_slots", "application_moves", "interviews", "shortlist_entries")
    ]


def _division_of(office: Office, unit: str) -> Any:
    division = Division(id=new_id(), unit=unit, code="lejos", name="Lejos")
    office.desk.add(division)
    return division.id


def _path(endpoint: str, own: Place) -> str:
    for table in (EVERYBODY, SWITCHED, POSTED, HEADS, SUPER, BY_ID, OF_UNIT, OF_HEADS, OF_SUPER, OWN):
        if endpoint in table:
            return str(filled(table[endpoint], own.ids))
    return BY_FORM[endpoint][0][0]
