"""The workbench of conversation designers: turns, proposed changes and their tests, models, the map of the flows.

For designers of a unit and the super administrator; for everybody else it is not there.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from flask import Response as FlaskResponse
from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, flow_map, live_tokens, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from huntred.conversations import published
from huntred.errors import FieldInvalid, NotFound
from huntred.workbench import changes, flows, jobs
from huntred.workbench.masking import invented

_REASONS = ("unsure", "corrected", "handed_over")
_BIGGEST = 2**63 - 1


class WorkbenchView(BaseView):
    """`/workbench`. What changes as rows is audited by the session; models by their service."""

    def is_accessible(self) -> bool:
        auth.needs_designer()
        return True

    @expose("/")
    def index(self) -> str:
        """The turns that wait, grouped by likeness."""
        asked = FormReader(request.args)
        uow = work.current_work()
        unit, reason, intent = asked.text("unit"), asked.text("reason"), asked.text("intent")
        units = (unit,) if unit in uow.scope.design else uow.scope.design
        reason = reason if reason in _REASONS else ""
        try:
            wanted = asked.integer("page") or 1
        except FieldInvalid:
            wanted = 1
        page = changes.waiting_turns(uow, units=units, reason=reason, intent=intent, page=min(wanted, 10_000))
        return self.render(
            "workbench/index.html", page=page, reasons=_REASONS,
            chosen={"unit": unit, "reason": reason, "intent": intent}, intents=changes.intents(_root()),
            changes=_open_changes(), written=invented, **_tabs("index"),
        )  # fmt: skip

    @expose("/groups/<id>/assign", methods=["POST"])
    def assign(self, id: str) -> Response:
        """The ticked turns of a group become examples of one intent in a change."""
        form, uow, user = FormReader(request.form), work.current_work(), auth.acting_user()
        ticked = [id_or_404(raw) for raw in form.texts("turn")]
        with refusals_flashed() as refused:
            if not ticked:
                raise FieldInvalid("id", "nothing_ticked")
            change_id = _change_of_form(form, ticked[0])
            for turn_id in ticked:
                changes.assign(
                    uow, turn_id, change_id, form.text("intent"), form.text(f"text-{turn_id}"), _root(), user,
                    now=work.now(),
                )  # fmt: skip
        if not refused:
            done("turns_assigned")
        return redirect(url_for("workbench.index", **_filters(form)))

    @expose("/groups/<id>/set-aside", methods=["POST"])
    def set_aside(self, id: str) -> Response:
        changes.set_aside(work.current_work(), id_or_404(id), auth.acting_user(), now=work.now())
        done("turns_set_aside")
        return redirect(url_for("workbench.index", **_filters(FormReader(request.form))))

    @expose("/changes/")
    def changes(self) -> str:
        uow = work.current_work()
        return self.render(
            "workbench/changes.html", found=changes.changes(uow, units=uow.scope.design), **_tabs("changes")
        )

    @expose("/changes/new", methods=["POST"])
    def new_change(self) -> Response:
        form, uow = FormReader(request.form), work.current_work()
        made = None
        with refusals_flashed() as refused:
            unit = form.text("unit") or (uow.scope.design[0] if len(uow.scope.design) == 1 else "")
            made = changes.begin_change(uow, unit, form.text("change_title"), auth.acting_user(), now=work.now())
        if refused or made is None:
            return redirect(url_for("workbench.changes"))
        done("change_begun")
        return redirect(url_for("workbench.change", id=made.id))

    @expose("/changes/<id>")
    def change(self, id: str) -> str:
        uow = work.current_work()
        change = changes.get_change(uow, id_or_404(id))
        return self.render(
            "workbench/change.html", change=change, examples=changes.examples(uow, change.id),
            patch=changes.patch_of(uow, change, _root()), intents=changes.intents(_root()),
            live=live_tokens.for_workbench(), **_tests(change.id), **_tabs("changes"),
        )  # fmt: skip

    @expose("/changes/<id>/tests")
    def tests(self, id: str) -> str:
        """The tests alone: what the live stream refreshes."""
        change = changes.get_change(work.current_work(), id_or_404(id))
        return self.render("workbench/_tests.html", change=change, **_tests(change.id))

    @expose("/live-token")
    def live_token(self) -> dict[str, str]:
        """A fresh token for a page that stays open."""
        return {"token": live_tokens.for_workbench()}

    @expose("/changes/<id>/patch")
    def patch(self, id: str) -> Response:
        """The change as `git apply` takes it."""
        uow = work.current_work()
        change = changes.get_change(uow, id_or_404(id))
        answer = FlaskResponse(changes.patch_of(uow, change, _root()), mimetype="text/x-patch")
        answer.headers["Content-Disposition"] = f'attachment; filename="{change.unit}-{change.id}.patch"'
        return answer

    @expose("/changes/<id>/examples", methods=["POST"])
    def add_example(self, id: str) -> Response:
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            changes.add_example(
                work.current_work(), id_or_404(id), form.text("intent"), form.text("example_text"), _root(),
                auth.acting_user(), now=work.now(),
            )  # fmt: skip
        if not refused:
            done("example_added")
        return redirect(url_for("workbench.change", id=id))

    @expose("/examples/<id>/remove", methods=["POST"])
    def remove_example(self, id: str) -> Response:
        change_id = None
        with refusals_flashed() as refused:
            change_id = changes.remove_example(work.current_work(), id_or_404(id))
        if refused or change_id is None:
            return redirect(url_for("workbench.changes"))
        done("example_removed")
        return redirect(url_for("workbench.change", id=change_id))

    @expose("/changes/<id>/close", methods=["POST"])
    def close_change(self, id: str) -> Response:
        with refusals_flashed() as refused:
            changes.close_change(work.current_work(), id_or_404(id), now=work.now())
        if not refused:
            done("change_closed_now")
        return redirect(url_for("workbench.change", id=id))

    @expose("/changes/<id>/test", methods=["POST"])
    def test(self, id: str) -> Response:
        with refusals_flashed() as refused:
            jobs.ask_for_test(work.current_work(), id_or_404(id), _root(), auth.acting_user(), now=work.now())
        if not refused:
            done("test_asked")
        return redirect(url_for("workbench.change", id=id))

    @expose("/tests/<id>/cancel", methods=["POST"])
    def cancel(self, id: str) -> Response:
        change_id = jobs.cancel(work.current_work(), id_or_404(id), now=work.now())
        done("test_cancelled")
        return redirect(url_for("workbench.change", id=change_id))

    @expose("/tests/<id>/publish", methods=["POST"])
    def publish(self, id: str) -> Response:
        uow, job_id = work.current_work(), id_or_404(id)
        change_id = jobs.get(uow, job_id).change_id
        with refusals_flashed() as refused:
            jobs.publish(uow, job_id, auth.acting_user(), auth.acting_name(), now=work.now())
        if not refused:
            g.audited = True
            done("model_published")
        return redirect(url_for("workbench.change", id=change_id))

    @expose("/models")
    def models(self) -> str:
        uow = work.current_work()
        found = published.list_models(uow, units=uow.scope.design)
        standing = {unit: [m for m in found if m.unit == unit and m.taken_back_at is None] for unit in uow.scope.design}
        return self.render(
            "workbench/models.html", models=found, queue=jobs.queue(uow, units=uow.scope.design),
            can_go_back={unit for unit, rows in standing.items() if len(rows) > 1 and rows[1].kept}, **_tabs("models"),
        )  # fmt: skip

    @expose("/models/<id>/use", methods=["POST"])
    def use_model(self, id: str) -> Response:
        uow = work.current_work()
        if not (id.isascii() and id.isdigit()) or int(id[:20]) > _BIGGEST:
            raise NotFound("model")
        published.make_current(uow, int(id), auth.acting_user(), now=work.now(), units=uow.scope.design)
        g.audited = True
        done("model_chosen")
        return redirect(url_for("workbench.models"))

    @expose("/models/<unit>/take-back", methods=["POST"])
    def take_back(self, unit: str) -> Response:
        with refusals_flashed() as refused:
            jobs.take_back(work.current_work(), unit, auth.acting_user(), now=work.now())
        if not refused:
            g.audited = True
            done("model_taken_back")
        return redirect(url_for("workbench.models"))

    @expose("/flows/")
    def flows(self) -> str:
        """The map of a unit's flows, drawn from its rules and stories."""
        uow, asked = work.current_work(), FormReader(request.args)
        unit = asked.text("unit") or uow.scope.design[0]
        if unit not in uow.scope.design:
            abort(404)
        found = flows.search(flows.read(_root(), unit), asked.text("text", longest=80))
        return self.render(
            "workbench/flows.html", unit=unit, parts=flow_map.drawn(found), text=asked.text("text", longest=80),
            count=len(found), **_tabs("flows"),
        )  # fmt: skip


def _tests(change_id: UUID) -> dict[str, object]:
    uow = work.current_work()
    found = jobs.tests_of(uow, change_id)
    current = {m.id for m in published.list_models(uow, units=uow.scope.design) if m.current}
    return {"tests": found, "publishable": jobs.publishable, "current_models": current}


def _tabs(chosen: str) -> dict[str, object]:
    return {"tab": chosen, "design_units": work.current_work().scope.design}


def _open_changes() -> list[object]:
    uow = work.current_work()
    return [change for change, _ in changes.changes(uow, units=uow.scope.design) if change.closed_at is None]


def _change_of_form(form: FormReader, turn_id: UUID) -> UUID:
    """The change that was chosen, or a new one of the turn's unit under the title that was written."""
    chosen = form.id("change_id")
    if chosen is not None:
        return chosen
    uow = work.current_work()
    unit = form.text("turns_unit")
    return changes.begin_change(uow, unit, form.text("change_title"), auth.acting_user(), now=work.now()).id


def _filters(form: FormReader) -> dict[str, str]:
    return {name: form.text(f"filter_{name}") for name in ("unit", "reason", "page") if form.text(f"filter_{name}")}


def _root() -> Path:
    return work.wiring().root
