"""People who came by a file agreed to nothing: nobody writes to them, and what is theirs goes with them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, text

from huntred.applications import moves
from huntred.applications.models import Application, Stage
from huntred.applications.types import Step
from huntred.duplicates import merging
from huntred.events.models import StoredEvent
from huntred.exchange.models import ImportedPerson, ImportedRow
from huntred.gains.models import Gain
from huntred.notifications import profile_reminders
from huntred.people.models import Consent, UnitProfile
from huntred.privacy import service as privacy
from huntred.privacy.erasure import erase_person
from huntred.privacy.export import as_json, export_person
from tests.factories.desk import Desk
from tests.integration.huntred.exchange.test_importing_people import WORDS, imported, rows, uploaded, vacancy, written

WHOLE = (
    "Id,Nombre,Apellido paterno,Correo,Celular,Ciudad,Habilidades,Vacante,Etapa\n"
    "1,Xochi,Paz,xochi@example.com,5512345601,Saltillo,caja y ventas,Cajera,Nuevo\n"
    "2,Ana,López,,5512345602,Saltillo,,Cajera,Nuevo\n"
)


def _both(desk: Desk) -> tuple[UnitProfile, UnitProfile]:
    vacancy(desk, "Cajera")
    written(desk, uploaded(desk, WHOLE))
    whole, half = imported(desk)
    return whole, half


def test_nothing_is_sent_before_they_agree(desk: Desk) -> None:
    whole, half = _both(desk)
    assert whole.completed_at is not None and half.completed_at is None
    before = len(desk.outbox())
    rejected = next(one for one in desk.rows(select(Stage).where(Stage.unit == "amigro")) if one.kind == "rejected")
    with desk.work() as uow:
        for profile in (whole, half):
            assert not privacy.has_accepted(uow, profile.person_id) and not privacy.may_mail_first(uow, profile.person_id)
        profile_reminders.remind(uow, desk.links, now=desk.now + timedelta(days=30))
        (application,) = desk.rows(select(Application).where(Application.person_id == whole.person_id))
        step = Step(rejected.id, desk.user().id, reason="Ya se cubrió", message="Gracias por tu interés en {puesto}.")
        moves.move(uow, application.id, step, application.version, now=desk.now)
    assert len(desk.outbox()) == before
    assert desk.rows(text("SELECT count(*) FROM scheduled_notices")) == [0]
    assert desk.rows(select(Consent)) == [], "nothing is agreed to in their name"
    told = set(desk.rows(select(StoredEvent.name)))
    assert not {"ProfileCompleted", "ApplicationReceived", "NoticeAccepted"} & told
    assert desk.rows(select(Gain)) == [], "nor are there points for what somebody else typed"


def test_once_they_agree_they_are_like_everybody(desk: Desk) -> None:
    whole, _ = _both(desk)
    with desk.work() as uow:
        privacy.accept_notice(uow, whole.person_id, "web", now=desk.now)
        assert privacy.may_mail_first(uow, whole.person_id)


def test_whoever_asks_is_told_whence_we_have_them(desk: Desk) -> None:
    whole, _ = _both(desk)
    with desk.work() as uow:
        exported = export_person(uow, whole.person_id, now=desk.now)
    (origin,) = exported["imports"]
    assert (origin["legal_basis"], origin["external_id"], origin["declaration"]) == ("notice_pending", "1", WORDS)
    assert "candidatos.csv" in as_json(exported)


def test_an_erasure_takes_the_origin_and_the_rows_also_of_whom_they_were_merged_with(desk: Desk) -> None:
    whole, half = _both(desk)
    written(desk, uploaded(desk, WHOLE.replace("5512345602", "5512345603")))
    assert desk.rows(text("SELECT count(*) FROM people_import_rows WHERE before_sealed IS NOT NULL")) == [1]
    with desk.work() as uow:
        merging.merge(uow, whole.id, half.id, {}, user_id=None, now=desk.now)
    assert {one.person_id for one in desk.rows(select(ImportedPerson))} == {whole.person_id}
    with desk.work() as uow:
        erase_person(uow, whole.person_id, now=desk.now)
    assert desk.rows(select(ImportedPerson)) == []
    left = "SELECT count(*) FROM people_import_rows WHERE before_sealed IS NOT NULL OR cells_sealed IS NOT NULL OR keys <> '{}'"
    assert desk.rows(text(left)) == [0]


def test_whom_somebody_merged_since_is_not_taken_back(desk: Desk) -> None:
    from huntred.exchange import service
    from tests.integration.huntred.exchange.test_importing_people import worked

    vacancy(desk, "Cajera")
    found = written(desk, uploaded(desk, WHOLE))
    whole, half = imported(desk)
    with desk.work() as uow:
        merging.merge(uow, whole.id, half.id, {}, user_id=None, now=desk.now)
        service.undo(uow, found.id, user_id=found.user_id, now=desk.now)
    worked(desk, found)
    assert [row.undone for row in rows(desk, found)] == ["kept", "kept"]
    assert desk.one(UnitProfile, whole.id).email == "xochi@example.com"
    assert len(desk.rows(select(ImportedRow))) == 2
