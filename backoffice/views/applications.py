"""Applications: list, one with its answers and history, and the move to another stage with its reason."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, outlook, work
from backoffice.errors import done, flash_refusal
from backoffice.formats import local
from backoffice.forms import FormReader, id_or_404
from backoffice.lists import listing
from backoffice.lists.catalogue import read_application_filter
from backoffice.moving import back_to, read_step
from backoffice.queries import applications as queries
from backoffice.queries import board as board_queries
from huntred.applications import board_settings, farewell, moves, service
from huntred.applications.errors import MovedMeanwhile
from huntred.applications.models import Application
from huntred.conversations.language import language_of
from huntred.db.unit_of_work import UnitOfWork
from huntred.disclosures import service as disclosures
from huntred.errors import FieldInvalid, NotFound, RuleBroken
from huntred.interviews import service as interviews
from huntred.languages import MAIN
from huntred.references import service as references


class ApplicationsView(BaseView):
    """`/applications`"""

    @expose("/")
    def index(self) -> str:
        return self.render(
            "applications/index.html",
            listing=listing.show("applications"),
            wanted=read_application_filter(FormReader(request.args)),
            kinds=queries.KINDS,
            last=board_queries.last_batch(work.session, auth.acting_user(), now=work.now()),
            may_move=auth.may("move_applications"),
            back_to_page=url_for("applications.index"),
        )

    @expose("/<id>")
    def details(self, id: str) -> str:
        uow = work.current_work()
        application = service.get(uow, id_or_404(id))
        unit_work = work.work_of(application.unit)
        return self.render(
            "applications/details.html",
            **move_facts(unit_work, application),
            back=url_for("applications.details", id=id),
            standing=disclosures.standing(unit_work, application.vacancy_id, application.person_id),
            moves=queries.moves(uow.session, application.id),
            ahead=interviews.ahead_of_applications(unit_work, [application.id], now=None).get(application.id),
            earlier=queries.interviews_of(uow.session, application.id),
            **_references(unit_work, application),
        )

    @expose("/<id>/chance")
    def chance(self, id: str) -> str:
        """The chance of a hire and the cases that it rests on; a part of the page, loaded behind it."""
        application = service.get(work.current_work(), id_or_404(id))
        found = outlook.of_applications(application.unit, [application])
        return self.render(
            "applications/_chance.html",
            application=application,
            summary=found.summary,
            forecast=found.by_id.get(application.id),
            **_next(application),
        )

    @expose("/<id>/move", methods=["GET", "POST"])
    def move(self, id: str) -> str | Response | tuple[str, int]:
        """Ask where to and why, then do it. A board asks for the form alone and is told of a refusal by the status."""
        application = service.get(work.current_work(), id_or_404(id))
        auth.needs("move_applications")
        form = FormReader(request.values)
        if request.method == "GET":
            return self._move_form(application, form.id("to_stage"))
        application_id, unit, alone = application.id, application.unit, "HX-Request" in request.headers
        refused = None
        try:
            version = form.required(form.integer("expected_version"), "to_stage")
            moved = moves.move(work.work_of(unit), application_id, read_step(form), version, now=work.now())
            if moved.version == version:
                # A note that was written with it would be lost unseen.
                raise FieldInvalid("to_stage", "same_stage")
            work.session.flush()
        except NotFound:
            raise
        except RuleBroken as error:
            work.refuse()
            refused = error
        if refused is None:
            if alone:
                return ""
            done("application_moved")
            return redirect(back_to(form))
        application = service.get(work.current_work(), application_id)
        if isinstance(refused, MovedMeanwhile):
            by = board_queries.latest_move(work.session, application_id)
            if alone:
                return self.render("board/_conflict.html", application=application, by=by), 409
            flash_refusal(refused)
            return redirect(url_for("applications.details", id=id))
        page = self._move_form(application, form.id("to_stage"), refused)
        return page, 422

    def _move_form(
        self, application: Application, to_stage: UUID | None, refused: RuleBroken | None = None
    ) -> str:
        unit_work = work.work_of(application.unit)
        alone = "HX-Request" in request.headers
        return self.render(
            "applications/_move.html" if alone else "applications/move.html",
            alone=alone,
            back=back_to(FormReader(request.values)),
            **move_facts(unit_work, application),
            to_stage=to_stage,
            refused=refused,
            form=request.values if refused else {},
        )


def _references(uow: UnitOfWork, application: Application) -> dict[str, object]:
    """Those of this application, and when they are usually due: two weeks from now."""
    return {
        "references": references.of_application(uow, application.id),
        "asks_references": references.settings(uow, application.unit).asked,
        "references_until": (local(work.now()).date() + timedelta(days=14)).isoformat(),
    }


def _next(application: Application) -> dict[str, object]:
    """Where it is likely to go next, or why that is not told."""
    steps = outlook.steps_of(application.unit, [application])
    step = steps.by_application.get(application.id)
    names = {stage.id: stage.name for stage in service.stages(work.work_of(application.unit))}
    return {
        "step": step,
        "step_summary": steps.by_stage.get(application.stage_id),
        "step_name": names.get(step.to_stage_id, "") if step else "",
    }


def move_facts(uow: UnitOfWork, application: Application) -> dict[str, object]:
    """What the form to move an application shows."""
    reasons, conversation = board_settings.reasons(uow), farewell.reachable(uow, application)
    language = language_of(uow, conversation)
    return {
        "application": application,
        "stages": service.stages(uow),
        "reasons": reasons,
        "drafts": {reason.id: farewell.drafted(reason.message, application, language) for reason in reasons},
        "reachable": conversation,
        "other_language": None if language == MAIN else language,
        "longest": farewell.LONGEST,
    }
