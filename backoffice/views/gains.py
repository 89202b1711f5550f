"""Points and rewards: what waits to be granted, what was, and what a unit gives points for and offers for them."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.queries import gains as queries
from backoffice.queries import people
from backoffice.queries.conversations import user_names
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.gains import offers, service
from huntred.gains.rules import EVENTS
from huntred.units import service as units

# One more than there are may be added at a time.
_MOST_LEVELS = 10


class GainsView(BaseView):
    """`/gains`: everybody sees it, whoever answers candidates decides, the super administrator edits."""

    @expose("/")
    def index(self) -> str:
        uow = _named_unit()
        waiting = queries.requests(uow.session, uow.unit, waiting=True)
        decided = queries.requests(uow.session, uow.unit, waiting=False)
        return self.render(
            "gains/index.html",
            unit_code=uow.unit,
            choices=_units(),
            waiting=waiting,
            decided=decided,
            user_names=user_names(uow.session, [one.request.decided_by for one in decided]),
            events=EVENTS,
            rules=offers.rules_of(uow),
            levels=offers.levels_of(uow),
            most_levels=_MOST_LEVELS,
            rewards=offers.rewards_of(uow),
        )

    @expose("/requests/<id>/decide", methods=["POST"])
    def decide(self, id: str) -> Response:
        """Grant or decline what somebody asked for; they are told in their chat."""
        found = queries.request(work.current_work().session, id_or_404(id))
        if found is None:
            abort(404)
        auth.needs("reply")
        form = FormReader(request.form)
        granted = form.flag("granted")
        with refusals_flashed() as refused:
            service.decide(
                work.work_of(found.unit), found.id, granted, auth.acting_user(), form.text("note"), now=work.now()
            )
        if not refused:
            done("reward_granted" if granted else "reward_declined")
        profile = people.profile_of(work.current_work().session, found.unit, found.person_id)
        return redirect(
            url_for("people.details", id=profile.id) if profile else url_for("gains.index", unit=found.unit)
        )

    @expose("/rules/<event>", methods=["POST"])
    def rule(self, event: str) -> Response:
        auth.needs_super()
        uow, form = _named_unit(), FormReader(request.form)
        with refusals_flashed() as refused:
            offers.save_rule(
                uow, event,
                offers.RuleForm(
                    form.required(form.integer("points"), "points"), form.text("badge"),
                    form.integer("badge_after") or 1, form.flag("active"),
                ),
            )  # fmt: skip
        return _back(uow, bool(refused), "gain_rule_saved")

    @expose("/levels", methods=["POST"])
    def levels(self) -> Response:
        """All levels of the unit at once; one whose name is empty is left out."""
        auth.needs_super()
        uow = _named_unit()
        with refusals_flashed() as refused:
            offers.save_levels(uow, _posted_levels())
        return _back(uow, bool(refused), "gain_levels_saved")

    @expose("/rewards", methods=["POST"])
    def new_reward(self) -> Response:
        auth.needs_super()
        uow = _named_unit()
        with refusals_flashed() as refused:
            offers.save_reward(uow, _posted_reward())
        return _back(uow, bool(refused), "reward_saved")

    @expose("/rewards/<id>", methods=["POST"])
    def change_reward(self, id: str) -> Response:
        auth.needs_super()
        reward = queries.reward(work.current_work().session, id_or_404(id))
        if reward is None:
            abort(404)
        uow = work.work_of(reward.unit)
        with refusals_flashed() as refused:
            offers.save_reward(uow, _posted_reward(), reward.id)
        return _back(uow, bool(refused), "reward_saved")


def _posted_reward() -> offers.RewardForm:
    form = FormReader(request.form)
    return offers.RewardForm(
        form.text("reward"), " ".join(form.text("description").split()),
        form.required(form.integer("cost_points"), "cost_points"), form.decimal("cost_amount"), form.flag("active"),
    )  # fmt: skip


def _posted_levels() -> list[tuple[str, int]]:
    form = FormReader(request.form)
    levels = []
    for name, points in zip(form.texts("level"), form.texts("from_points"), strict=False):
        if not name:
            continue
        try:
            levels.append((name, int(points)))
        except ValueError:
            raise FieldInvalid("from_points", "not_a_number") from None
    return levels


def _back(uow: UnitOfWork, refused: bool, code: str) -> Response:
    if not refused:
        done(code)
    return redirect(url_for("gains.index", unit=uow.unit))


def _units() -> list[str]:
    """The units of this request in which people apply."""
    uow = work.current_work()
    found = [
        code for code in uow.scope.units if units.get(uow, code).settings.get("takes_applications", True)
    ]  # fmt: skip
    return found or list(uow.scope.units)


def _named_unit() -> UnitOfWork:
    """The work of the unit that is named, else of the first."""
    choices = _units()
    code = request.values.get("unit") or next(iter(choices), "")
    return work.work_of(code) if code in choices else abort(404)
