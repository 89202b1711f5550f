"""To other recruiting systems: people, applications and vacancies under the heads of a mapping that is kept."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, g, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.lists.exchange import WHOLE
from backoffice.views.people_imports import SWITCH
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import FieldInvalid
from huntred.exchange import mappings, outgoing
from huntred.exchange.models import ExchangeMapping
from huntred.lists import service as lists


class ExchangeView(BaseView):
    """`/exchange`; for who runs a unit, and a division's consultants where their switch allows it."""

    @expose("/")
    def index(self) -> str:
        auth.needs(SWITCH)
        uow = work.current_work()
        kept = {direction: mappings.kept(uow, direction) for direction in (mappings.IN, mappings.OUT)}
        return self.render("exchange/index.html", kinds=mappings.KINDS, kept_in=kept["in"], kept_out=kept["out"])

    @expose("/new")
    def new(self) -> str:
        """Which fields, under which heads; those of a mapping where one is named."""
        auth.needs(SWITCH)
        uow = work.current_work()
        form = FormReader(request.args)
        named = form.id("mapping")
        mapping = mappings.get(uow, named) if named else None
        kind = mapping.kind if mapping else form.text("kind")
        if kind not in mappings.KINDS or (mapping and mapping.direction != mappings.OUT):
            abort(404)
        told = mapping.told if mapping else {"fields": outgoing.default_fields(kind), "dates": "iso", "format": "csv"}
        heads = {name: (at, head) for at, (name, head) in enumerate(told["fields"], 1)}
        ordered = sorted(outgoing.FIELDS[kind], key=lambda name: heads.get(name, (1_000, ""))[0])
        return self.render(
            "exchange/new.html", kind=kind, mapping=mapping, told=told, ordered=ordered, heads=heads,
            formats=outgoing.FORMATS, dates=outgoing.DATES, choices=_units(uow),
        )  # fmt: skip

    @expose("/export", methods=["POST"])
    def export(self) -> Response:
        """Have the worker write what this user may see, and keep the mapping where it was given a name."""
        auth.needs(SWITCH)
        form = FormReader(request.form)
        kind, unit = form.text("kind"), form.text("unit")
        uow = work.current_work()
        if kind not in mappings.KINDS or unit not in uow.scope.units:
            abort(404)
        target = url_for("exchange.new", kind=kind)
        with refusals_flashed():
            told = outgoing.told_of(kind, _fields(form, kind), form.text("dates"), form.text("format"))
            name = form.text("mapping_name", longest=200)
            mine = work.work_of(unit)
            if name:
                mappings.keep(mine, mappings.OUT, kind, name, told, user_id=auth.acting_user(), now=work.now())
            names = [name for name, _ in told["fields"]]
            asked = lists.request_export(
                UnitOfWork(uow.session, replace(uow.scope, units=(unit,))), kind, WHOLE[kind], names, told["format"],
                now=work.now(), told=told,
            )  # fmt: skip
            target = url_for("lists.exported", id=asked.id)
        return redirect(target)

    @expose("/mappings/<id>/forget", methods=["POST"])
    def forget(self, id: str) -> Response:
        mapping = _mapping(id)
        auth.needs(SWITCH)
        mappings.forget(work.work_of(mapping.unit), mapping.id)
        done("exchange_mapping_forgotten")
        return redirect(url_for("exchange.index"))


def _mapping(id: str) -> ExchangeMapping:
    return mappings.get(work.current_work(), id_or_404(id))


def _fields(form: FormReader, kind: str) -> list[tuple[str, str]]:
    """The ticked fields with their heads, by the number beside each."""
    chosen = []
    for at, name in enumerate(outgoing.FIELDS[kind]):
        if form.flag(f"take-{name}"):
            place = form.integer(f"place-{name}")
            if place is not None and not 0 <= place <= 1_000:
                raise FieldInvalid("fields", "out_of_range")
            chosen.append((place if place is not None else 1_000, at, name, form.text(f"head-{name}", longest=200)))
    return [(name, head) for _, _, name, head in sorted(chosen)]


def _units(uow: UnitOfWork) -> list[object]:
    return [unit for unit in g.units if unit.code in uow.scope.units]
