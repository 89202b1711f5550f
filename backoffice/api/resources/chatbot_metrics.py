"""The assistant's figures (C17), of the same plots as the dashboards: answers, fallbacks, flows and where they end."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from backoffice import work
from backoffice.api import access
from backoffice.api.operations import operation
from backoffice.api.problems import Problem, texts
from backoffice.api.values import Channel, Line, Query, Told
from huntred.errors import FieldInvalid, NotFound
from huntred.reporting import repository, rules
from huntred.reporting.types import Bar, Figures, Period, Wanted
from huntred.units import service as units

_FIRST, _LAST = date(2020, 1, 1), date(2100, 1, 1)


class MetricsQuery(Query):
    """first_day, last_day: whole days in each unit's own zone; the last 30 where they are left out."""

    unit: Line = ""
    channel: Channel | Literal[""] = ""
    division: UUID | None = None
    first_day: date | None = Field(None, ge=_FIRST, le=_LAST)
    last_day: date | None = Field(None, ge=_FIRST, le=_LAST)


class AnswersTold(Told):
    """Half of the answers came within median_seconds, nine in ten within ninetieth_seconds."""

    count: int
    median_seconds: float | None
    ninetieth_seconds: float | None


class FallbackTold(Told):
    """rate: not understood, of the messages that the assistant read; null where there were none."""

    not_understood: int
    read: int
    rate: float | None


class FlowTold(Told):
    """left: ended before its end. silent: nobody went on for a day. rate: completed, of all that began."""

    flow: str
    completed: int
    left: int
    silent: int
    running: int
    rate: float | None


class DropOffTold(Told):
    """At which step so many flows ended that were not completed; the most first."""

    flow: str
    step: str
    left: int
    silent: int


class MetricsTold(Told):
    """conversations: in which a person wrote. team_answers: of people of the team."""

    units: list[str]
    channel: str
    first_day: date
    last_day: date
    messages: int
    conversations: int
    answers: AnswersTold
    team_answers: AnswersTold
    fallback: FallbackTold
    flows: list[FlowTold]
    drop_off: list[DropOffTold]


@operation("GET", "/api/chatbot/metrics/", "metrics:read", query=MetricsQuery, answer=MetricsTold)
def get_chat_metrics(query: MetricsQuery) -> MetricsTold:
    wanted = _wanted(query)
    found = {
        key: repository.figures(work.session, plot, wanted)
        for key, plot in repository.plots("conversation").items() if key != "handoffs"
    }  # fmt: skip
    missed, read = _sum(found["fallback"], "fallback"), _sum(found["fallback"], "read")
    return MetricsTold(
        units=list(wanted.zones), channel=wanted.channel, first_day=wanted.period.first,
        last_day=wanted.period.last, messages=found["messages"].count, conversations=found["channels"].count,
        answers=_answers(found["answer_time"], 1), team_answers=_answers(found["team_answer_time"], 60),
        fallback=FallbackTold(not_understood=missed, read=read, rate=_share(missed, read)),
        flows=[_flow(bar) for bar in found["flows"].bars],
        drop_off=[_drop_off(bar) for bar in found["drop_off"].bars],
    )  # fmt: skip


def _wanted(query: MetricsQuery) -> Wanted:
    """Raises NotFound for a unit or division that the token does not see, Problem for days that cannot be."""
    seen = access.caller().units
    if query.unit and query.unit not in seen:
        raise NotFound("unit")
    uow = work.current_work()
    zones = {code: units.get(uow, code).timezone for code in ([query.unit] if query.unit else sorted(seen))}
    if query.division and query.division not in {id_ for id_, _, _ in repository.divisions_of(work.session, zones)}:
        raise NotFound("division")
    return Wanted(
        zones, _period(query, next(iter(zones.values()))), work.now(), query.division, query.channel,
        generated=work.wiring().settings.environment != "production",
    )  # fmt: skip


def _period(query: MetricsQuery, zone: str) -> Period:
    today = work.now().astimezone(ZoneInfo(zone)).date()
    try:
        return rules.period_of(query.first_day, query.last_day, today=today)
    except FieldInvalid as error:
        told = {"parameter": error.field, "code": error.problem, "detail": texts()["faults"]["invalid"]}
        raise Problem("parameters_invalid", [told]) from None


def _sum(figures: Figures, series: str) -> int:
    return sum(_of(bar, series) for bar in figures.bars)


def _of(bar: Bar, series: str) -> int:
    return sum(cell.count for cell in bar.cells if cell.series == series)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _answers(figures: Figures, seconds: int) -> AnswersTold:
    """seconds: of one unit of the plot's values."""
    median, ninetieth = (
        None if value is None else round(value * seconds, 3) for value in (figures.median, figures.ninetieth)
    )
    return AnswersTold(count=figures.count, median_seconds=median, ninetieth_seconds=ninetieth)


def _flow(bar: Bar) -> FlowTold:
    counts = {series: _of(bar, series) for series in ("completed", "left", "silent", "running")}
    return FlowTold(flow=bar.key, **counts, rate=_share(counts["completed"], sum(counts.values())))


def _drop_off(bar: Bar) -> DropOffTold:
    flow, _, step = bar.key.partition(":")
    return DropOffTold(flow=flow, step=step, left=_of(bar, "left"), silent=_of(bar, "silent"))
