"""Users and their roles; for the super administrator."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from huntred.access import rules, service
from huntred.access.models import User
from huntred.access.service import GrantForm
from huntred.errors import FieldInvalid, NotFound
from huntred.units.models import Division


class UsersView(BaseView):
    """`/users`"""

    def is_accessible(self) -> bool:
        auth.needs_super()
        return True

    @expose("/")
    def index(self) -> str:
        users = work.current_work().session.scalars(select(User).order_by(User.active.desc(), User.name)).all()
        return self.render("users/index.html", users=users, divisions=_divisions_by_id())

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> str | Response:
        if request.method == "GET":
            return self._form({}, [], None)
        form = FormReader(request.form)
        user = None
        with refusals_flashed() as refused:
            user = service.create_user(
                work.current_work(),
                email=form.text("email", longest=200),
                name=form.text("name", longest=200),
                grants=_read_grants(),
                now=work.now(),
                password=request.form.get("password", ""),
                password_salt=work.wiring().settings.password_salt,
                phone=form.text("phone", longest=40),
            )
        if refused or user is None:
            return self._form(request.form, [], refused.error)
        done("user_created")
        return redirect(url_for("users.details", id=user.id))

    @expose("/<id>")
    def details(self, id: str) -> str:
        user = _user(id)
        return self.render(
            "users/details.html",
            user=user,
            divisions=_divisions_by_id(),
            all_divisions=_divisions(),
            rules=rules,
            is_me=user.id == auth.acting_user(),
        )

    @expose("/<id>/grants", methods=["POST"])
    def grants(self, id: str) -> Response:
        user = _user(id)
        with refusals_flashed() as refused:
            service.change_grants(work.current_work(), user.id, _read_grants(), now=work.now())
        return self._back(id, refused.happened, "user_saved")

    @expose("/<id>/<any(activate, deactivate):step>", methods=["POST"])
    def active(self, id: str, step: str) -> Response:
        user = _user(id)
        with refusals_flashed() as refused:
            service.set_active(work.current_work(), user.id, step == "activate", now=work.now())
        return self._back(id, refused.happened, f"user_{step}d")

    @expose("/<id>/password", methods=["POST"])
    def password(self, id: str) -> Response:
        user = _user(id)
        with refusals_flashed() as refused:
            service.set_password(
                work.current_work(),
                user.id,
                request.form.get("password", ""),
                password_salt=work.wiring().settings.password_salt,
            )
        return self._back(id, refused.happened, "password_set")

    @expose("/<id>/two-factor", methods=["POST"])
    def two_factor(self, id: str) -> Response:
        user = _user(id)
        service.remove_two_factor(work.current_work(), user.id)
        return self._back(id, False, "two_factor_removed")

    def _back(self, id: str, refused: bool, code: str) -> Response:
        if not refused:
            done(code)
        return redirect(url_for("users.details", id=id))

    def _form(self, values: Any, grants: list[Any], error: Exception | None) -> str:
        return self.render(
            "users/new.html", values=values, grants=grants, error=error, all_divisions=_divisions(), rules=rules
        )


def _user(id: str) -> User:
    user = work.current_work().session.get(User, id_or_404(id))
    if user is None:
        raise NotFound("user")
    return user


def _divisions() -> list[Division]:
    return list(work.current_work().session.scalars(select(Division).order_by(Division.unit, Division.name)))


def _divisions_by_id() -> dict[Any, Division]:
    return {division.id: division for division in _divisions()}


def _read_grants() -> list[GrantForm]:
    """One role for each user: over everything, or over the units or the division that were marked."""
    form = FormReader(request.form)
    role = form.text("role")
    if role == rules.SUPER_ADMIN:
        return [GrantForm(role)]
    if role in {rules.CONSULTANT, rules.DESIGNER}:
        units = [unit for unit in form.texts("units") if unit]
        if not units:
            raise FieldInvalid("grants", "missing")
        return [GrantForm(role, unit=unit) for unit in units]
    if role == rules.DIVISION_CONSULTANT:
        division_id = form.required(form.id("division_id"), "division_id")
        division = work.current_work().session.get(Division, division_id)
        if division is None:
            raise FieldInvalid("division_id", "unknown")
        return [GrantForm(role, division.unit, division.id, tuple(form.texts("permissions")))]
    raise FieldInvalid("role", "missing")
