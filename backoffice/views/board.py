"""The board: one of a vacancy and one of a consultant, with what is moved together and taken back.

One application is moved by `applications.move`, wherever that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from werkzeug.wrappers import Response

from backoffice import auth, live_tokens, outlook, work
from backoffice.errors import done, refusals_flashed
from backoffice.forms import FormReader, id_or_404
from backoffice.moving import back_to, read_seen, read_step, units_with_board
from backoffice.queries import board as queries
from backoffice.queries import board_cards
from backoffice.queries.board_filter import AGES, ORDERS, BoardFilter
from huntred.applications import board_settings, farewell, moves, rules, service
from huntred.applications.models import Application, Stage
from huntred.applications.rules import ENDED_KINDS
from huntred.applications.types import Step
from huntred.attention import service as attention
from huntred.attention.types import Attention
from huntred.db.unit_of_work import UnitOfWork
from huntred.errors import NotFound
from huntred.interviews import service as interviews
from huntred.interviews.models import Interview
from huntred.pages import Page
from huntred.predictions.types import Forecast
from huntred.vacancies import service as vacancies
from huntred.vacancies.models import Vacancy

_PAGE = 40
_ENDED_PAGE = 10
_MOST_SHOWN = 400
_MOST_LOOKED_AT = 60
_KIND = "<any(vacancy, consultant):kind>"


@dataclass(frozen=True)
class BoardOf:
    """Which board. kind: `vacancy` or `consultant`; title: of the vacancy or the name of the consultant.

    vacancy: the only one, of a vacancy's board.
    """

    kind: str
    id: UUID
    unit: str
    title: str
    vacancy_ids: tuple[UUID, ...]
    vacancy: Vacancy | None = None

    @property
    def worked_on(self) -> Vacancy | None:
        """Its vacancy, while somebody works on it."""
        return self.vacancy if self.vacancy and self.vacancy.state in queries.WORKING else None

    def url(self, part: str, **values: object) -> str:
        """The address of the board or of a part of it; the unit is named where the path does not."""
        if self.kind == "consultant":
            values["unit"] = self.unit
        return url_for(f"board.{part}", kind=self.kind, id=self.id, **values)  # type: ignore[arg-type]

    def more_url(self, stage_id: UUID, shown: int, wanted: BoardFilter) -> str:
        """The whole page with more cards of one stage, for a browser without scripts."""
        return self.url("show", **{f"shown_{stage_id}": shown}, **wanted.args)

    def ordered_url(self, order: str, wanted: BoardFilter) -> str:
        """The same board in another order."""
        return self.url("show", **{**wanted.args, "order": order})


@dataclass(frozen=True)
class Column:
    """One stage with the cards that are shown of it."""

    stage: Stage
    ended: bool
    count: queries.StageCount
    page: Page[Application]


class BoardView(BaseView):
    """`/board`"""

    @expose("/")
    def index(self) -> str:
        """One's own."""
        return self._page(self._of_consultant(auth.acting_user()))

    @expose(f"/{_KIND}/<id>")
    def show(self, kind: str, id: str) -> str:
        return self._page(self._board(kind, id))

    @expose(f"/{_KIND}/<id>/columns")
    def columns(self, kind: str, id: str) -> str:
        """The columns alone, with as many cards as are open on the page: what is fetched after a change."""
        shown = {name: value for name, value in request.args.items() if name.startswith("shown_")}
        board = self._board(kind, id)
        return self.render("board/_columns.html", **self._columns(board), hints_of=shown)

    @expose(f"/{_KIND}/<id>/hints")
    def hints(self, kind: str, id: str) -> str:
        """Where the cards are likely to go next, put into their places; fetched behind columns that are new."""
        board = self._board(kind, id)
        return self.render("board/_hints.html", board=board, ahead_of=self._ahead_of(board))

    @expose(f"/{_KIND}/<id>/column")
    def column(self, kind: str, id: str) -> str:
        """The next cards of one column."""
        board, wanted = self._board(kind, id), _filter()
        form = FormReader(request.args)
        stage = self._stage(board, form.required(form.id("stage"), "to_stage"))
        return self.render(
            "board/_cards.html",
            board=board,
            wanted=wanted,
            column=_read(board, [stage], {stage.id: _PAGE}, wanted, form.text("cursor"))[0],
            hinted=frozenset(),
            **self._around(board, [stage]),
        )

    @expose(f"/{_KIND}/<id>/stamp")
    def stamp(self, kind: str, id: str) -> str:
        """Changes when the board does: what the live stream makes a page look at."""
        board = self._board(kind, id)
        return self.render("board/_stamp.html", stamp=queries.stamp(work.session, board.vacancy_ids))

    @expose(f"/{_KIND}/<id>/outlook")
    def outlook(self, kind: str, id: str) -> str:
        """What the unit's own past says of the board; a part of the page, loaded behind it.

        room: the page's cards have a place for where they are likely to go next.
        """
        board = self._board(kind, id)
        return self.render(
            "board/_outlook.html",
            board=board,
            wanted=_filter(),
            outlook=outlook.of_vacancy(board.worked_on) if board.worked_on else None,
            order=outlook.of_applications(board.unit, []).summary if board.unit else None,
            told=_wanting(board),
            ahead_of=self._ahead_of(board),
            room="room" in request.args,
        )

    @expose("/bulk")
    def bulk(self) -> str:
        """What moving the chosen ones together would do, before anything is done."""
        auth.needs("move_applications")
        form = FormReader(request.args)
        seen = read_seen(form)
        chosen = [service.get(work.current_work(), one.application_id) for one in seen]
        if not chosen:
            return self.render("board/bulk.html", chosen=[], back=back_to(form), stages=[], batch=None)
        uow = work.work_of(chosen[0].unit)
        stages = service.stages(uow)
        named = form.id("to_stage")
        target = next((stage for stage in stages if stage.id == named), None) if named else None
        over_limit = form.flag("over_limit")
        step = Step(target.id, auth.acting_user(), over_limit=over_limit) if target else None
        return self.render(
            "board/bulk.html",
            chosen={application.id: application for application in chosen},
            seen=seen,
            stages=stages,
            target=target,
            over_limit=over_limit,
            batch=moves.preview(uow, seen, step) if step else None,
            reasons=board_settings.reasons(uow),
            reachable=_reachable(uow, chosen) if target and target.kind == "rejected" else set(),
            back=back_to(form),
            longest=farewell.LONGEST,
        )

    @expose("/bulk/move", methods=["POST"])
    def bulk_move(self) -> Response:
        form = FormReader(request.form)
        seen = read_seen(form)
        auth.needs("move_applications")
        batch = None
        with refusals_flashed() as refused:
            form.required(tuple(seen) or None, "cards")
            unit = service.get(work.current_work(), seen[0].application_id).unit
            batch = moves.move_many(work.work_of(unit), seen, read_step(form), now=work.now())
        if not refused and batch is not None:
            done(f"board_moved:{len(batch.moves)}:{len(batch.stays)}")
        return redirect(back_to(form))

    @expose("/undo/<id>", methods=["POST"])
    def undo(self, id: str) -> Response:
        batch_id, form = id_or_404(id), FormReader(request.form)
        unit = form.text("unit")
        if unit not in work.current_work().scope.units:
            abort(404)
        auth.needs("move_applications")
        batch = None
        with refusals_flashed() as refused:
            batch = moves.undo(work.work_of(unit), batch_id, auth.acting_user(), now=work.now())
        if not refused and batch is not None:
            done(f"board_undone:{len(batch.moves)}:{len(batch.stays)}")
        return redirect(back_to(form))

    def _board(self, kind: str, id: str) -> BoardOf:
        if kind == "consultant":
            return self._of_consultant(id_or_404(id))
        vacancy = vacancies.get(work.current_work(), id_or_404(id))
        return BoardOf("vacancy", vacancy.id, vacancy.unit, vacancy.title, (vacancy.id,), vacancy)

    def _of_consultant(self, user_id: UUID) -> BoardOf:
        user = queries.user(work.session, user_id)
        if user is None:
            raise NotFound(f"user {user_id}")
        named, known = request.args.get("unit", ""), units_with_board()
        if named and named not in known:
            abort(404)
        found: list[UUID] = []
        unit = named or next(iter(known), "")
        for code in [named] if named else known:
            found = queries.vacancy_ids_of(work.session, user_id, code)
            if found:
                unit = code
                break
        return BoardOf("consultant", user.id, unit, user.name or user.email, tuple(found))

    def _stage(self, board: BoardOf, stage_id: UUID) -> Stage:
        for stage in service.stages(work.current_work(), board.unit):
            if stage.id == stage_id:
                return stage
        raise NotFound(f"stage {stage_id}")

    def _page(self, board: BoardOf) -> str:
        uow = work.current_work()
        return self.render(
            "board/index.html",
            foreseen=self._foreseen(board),
            # People are suggested for one vacancy, while it is worked on.
            suggests=board.worked_on is not None,
            choices=units_with_board(),
            vacancies=queries.vacancies(uow.session, board.unit),
            consultants=queries.consultants(uow.session, board.unit),
            live=live_tokens.for_units(),
            mine=board.id == auth.acting_user(),
            runs_unit=auth.runs_unit(),
            **self._columns(board),
        )

    def _foreseen(self, board: BoardOf) -> list[str]:
        """What the part that comes behind the page will speak of: its room is kept, so that nothing jumps."""
        if not board.unit:
            return []
        if not outlook.terms().enabled:
            return ["todo"]
        return [*(["chance", "days"] if board.worked_on else []), "order", "step", "todo"]

    def _columns(self, board: BoardOf) -> dict[str, object]:
        uow, wanted = work.current_work(), _filter()
        stages = service.stages(uow, board.unit) if board.unit else []
        counts = queries.counts(uow.session, board.vacancy_ids, stages, wanted, now=work.now())
        columns = _read(board, stages, {stage.id: _shown(stage) for stage in stages}, wanted, counts=counts)
        chances: dict[UUID, Forecast] = {}
        if wanted.order == "chance" and board.unit:
            going_on = [application for column in columns if not column.ended for application in column.page.items]
            chances = outlook.of_applications(board.unit, going_on).by_id
            columns = [
                column if column.ended else replace(column, page=outlook.ranked(column.page, chances))
                for column in columns
            ]
        shown = [application.id for column in columns for application in column.page.items]
        return {
            "board": board,
            "wanted": wanted,
            "columns": columns,
            "ahead": _ahead(board, shown),
            "chances": chances,
            "stamp": queries.stamp(uow.session, board.vacancy_ids),
            "hinted": outlook.hinted(board.unit),
            "last": queries.last_batch(uow.session, auth.acting_user(), now=work.now()),
            **self._around(board, stages),
        }

    def _ahead_of(self, board: BoardOf) -> outlook.StepsAhead | None:
        if not board.unit:
            return None
        stages = service.stages(work.current_work(), board.unit)
        going = [stage for stage in stages if stage.kind not in ENDED_KINDS]
        columns = _read(board, going, {stage.id: _shown(stage) for stage in going}, _filter())
        cards = [card for column in columns for card in column.page.items]
        return outlook.steps_ahead(board.unit, cards, stages)

    def _around(self, board: BoardOf, stages: list[Stage]) -> dict[str, object]:
        return {
            "may_move": auth.may("move_applications"),
            "ageing": {stage.id: stage.ageing_days for stage in stages},
            "age": rules.ageing,
        }


def _read(
    board: BoardOf, stages: list[Stage], lengths: dict[UUID, int], wanted: BoardFilter, cursor: str = "",
    *, counts: Mapping[UUID, queries.StageCount] = MappingProxyType({}),
) -> list[Column]:  # fmt: skip
    """The columns of these stages, as many cards of each as are wanted; all at once."""
    ranked = wanted.order == "chance"
    asked = [
        (stage, outlook.MOST_RANKED if ranked and stage.kind not in ENDED_KINDS else lengths[stage.id])
        for stage in stages
    ]
    pages = board_cards.cards(work.session, board.vacancy_ids, asked, wanted, cursor, now=work.now())
    none = queries.StageCount(0, 0)
    return [
        Column(stage, stage.kind in ENDED_KINDS, counts.get(stage.id, none), pages[stage.id]) for stage in stages
    ]


def _wanting(board: BoardOf) -> list[Attention] | None:
    """What the facts of the board's vacancies want; of very many, of the newest."""
    if not board.unit:
        return None
    uow = work.work_of(board.unit)
    among = vacancies.by_ids(uow, sorted(board.vacancy_ids, reverse=True)[:_MOST_LOOKED_AT])
    return list(attention.of_all(uow, list(among.values()), now=work.now()).values())


def _reachable(uow: UnitOfWork, chosen: list[Application]) -> set[UUID]:
    """Who may be told."""
    return {application.id for application in chosen if farewell.reachable(uow, application)}


def _ahead(board: BoardOf, application_ids: list[UUID]) -> dict[UUID, Interview]:
    return interviews.ahead_of_applications(work.work_of(board.unit), application_ids, now=None) if board.unit else {}


def _filter() -> BoardFilter:
    form = FormReader(request.args)
    age, order = form.text("age"), form.text("order")
    return BoardFilter(
        text=form.text("text", longest=100),
        age=age if age in AGES else "",
        least_score=min(100, max(0, form.integer("score") or 0)),
        passed=form.flag("passed"),
        order=order if order in ORDERS else "wait",
    )


def _shown(stage: Stage) -> int:
    """How many cards of the stage are open on the page."""
    first = _ENDED_PAGE if stage.kind in ENDED_KINDS else _PAGE
    return min(_MOST_SHOWN, max(first, FormReader(request.args).integer(f"shown_{stage.id}") or 0))
