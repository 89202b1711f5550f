"""What a unit weighs when it ranks: the super administrator changes it, and sees first what that would change.

What was learned from the unit's decisions stands beside it, and is published only where it did better.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader
from backoffice.queries.conversations import user_names
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.matching import versions
from huntred.matching import weights as service
from huntred.matching.combining import FEATURES, default_weights


class RankingView(BaseView):
    """`/ranking`"""

    def is_accessible(self) -> bool:
        auth.needs_super()
        return True

    @expose("/")
    def index(self) -> str:
        uow = _named_unit()
        return self._page(uow, service.weights_of(uow))

    @expose("/preview", methods=["POST"])
    def preview(self) -> str:
        """What would change on open vacancies of today; nothing is saved."""
        uow = _named_unit()
        try:
            weights = _posted()
            found = service.preview(uow, work.wiring().ranker, weights)
            seen = FormReader(request.form).id("version")
        except FieldInvalid as error:
            # As it was typed, so that it can be mended.
            return self._page(uow, {name: request.form.get(f"weight_{name}", "") for name in FEATURES}, error=error)
        return self._page(uow, weights, found=found, seen=seen)

    @expose("/save", methods=["POST"])
    def save(self) -> Response:
        uow = _named_unit()
        with refusals_flashed() as refused:
            service.set_weights(uow, _posted(), auth.acting_user(), now=work.now())
        if not refused:
            done("ranking_saved")
        return redirect(url_for("ranking.index", unit=uow.unit))

    @expose("/default", methods=["POST"])
    def default(self) -> Response:
        """Weigh as the platform comes."""
        uow = _named_unit()
        service.back_to_default(uow, auth.acting_user(), now=work.now())
        done("ranking_default")
        return redirect(url_for("ranking.index", unit=uow.unit))

    @expose("/publish", methods=["POST"])
    def publish(self) -> Response:
        """Weigh as was learned; only what did better is offered."""
        uow = _named_unit()
        if not work.wiring().settings.enable_ml_features:
            abort(404)
        form = FormReader(request.form)
        with refusals_flashed() as refused:
            versions.publish(uow, form.required(form.id("version"), "version"), auth.acting_user(), now=work.now())
        if not refused:
            done("ranking_published")
        return redirect(url_for("ranking.index", unit=uow.unit))

    @expose("/back", methods=["POST"])
    def back(self) -> Response:
        """Weigh as before the current weights."""
        uow = _named_unit()
        if versions.can_go_back(uow):
            versions.back(uow, auth.acting_user(), now=work.now())
            done("ranking_back")
        return redirect(url_for("ranking.index", unit=uow.unit))

    def _page(
        self,
        uow: UnitOfWork,
        values: Mapping[str, float | str | None],
        *,
        found: list[service.Preview] | None = None,
        error: FieldInvalid | None = None,
        seen: UUID | None = None,
    ) -> str:
        saved, settings = service.saved_weights(uow), work.wiring().settings
        history = versions.of_unit(uow)
        return self.render(
            "ranking/index.html",
            unit_code=uow.unit,
            choices=work.current_work().scope.units,
            features=FEATURES,
            values={f"weight_{feature}": values[feature] for feature in FEATURES},
            defaults=default_weights(uow.unit),
            saved=saved,
            names=user_names(uow.session, [one.user_id for one in (*history, saved) if one]),
            today=service.weights_of(uow),
            learned=versions.latest_learned(uow),
            seen=seen,
            history=[one for one in history if one.origin != "learned" or one.in_force_at],
            can_go_back=versions.can_go_back(uow),
            learns=settings.enable_ml_features,
            needed=settings.ml_min_data_points,
            previews=found,
            error=error,
        )


def _posted() -> dict[str, float | None]:
    form = FormReader(request.form)
    return {feature: form.coordinate(f"weight_{feature}") for feature in FEATURES}


def _named_unit() -> UnitOfWork:
    """The work of the unit that is named, else of the first."""
    units = work.current_work().scope.units
    code = request.values.get("unit") or next(iter(units), "")
    return work.work_of(code) if code in units else abort(404)
