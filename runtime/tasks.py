"""The tasks of the worker: each opens its own units of work, one unit of the group at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

from celery import Celery
from sqlalchemy import select

from huntred.alike import finding as alike
from huntred.api_clients import service as api_clients
from huntred.attention import service as attention
from huntred.calendars import syncing as calendar_writing
from huntred.conversations import escalation, handoff, resetting, sentiment
from huntred.cv import reading, telling
from huntred.db.session import Scope
from huntred.db.unit_of_work import UnitOfWork, unit_of_work
from huntred.duplicates import finding
from huntred.events import service as events
from huntred.exchange import service as exchange
from huntred.exchange import working as people_imports
from huntred.importing import job_pages, mails
from huntred.importing import service as importing
from huntred.importing import writing as imports
from huntred.interviews import proposals
from huntred.matching import encoding
from huntred.matching.shelving import PEOPLE, VACANCIES, Kind
from huntred.mentoring import service as mentoring
from huntred.notifications import attention_notices, profile_reminders
from huntred.notifications import service as notifications
from huntred.privacy import archive, files, retention
from huntred.push import queue as push_queue
from huntred.push import sending as push_sending
from huntred.references import answering as references
from huntred.search import service as search
from huntred.units.models import Unit
from huntred.webhooks import sending as webhook_sending
from huntred.webhooks import service as webhooks
from huntred.workbench import collecting
from runtime import celery_app, ranking
from runtime.wiring import Wiring

_MOVING_SECONDS = 60.0
_ENCODING_SECONDS = 50.0
_READING_SECONDS = 20.0
_COMPARING_SECONDS = 40.0
_COMPARING_VACANCIES_SECONDS = 15.0
_WATCHING_SECONDS = 40.0
_IMPORTING_SECONDS = 20.0

logger = logging.getLogger(__name__)


class SomeFailed(ExceptionGroup[Exception]):  # noqa: F821  # Python 3.11: the app side's
    """What could be done is done and committed; these could not."""


def register(app: Celery, wiring: Wiring) -> None:
    """Register the tasks with the application of this process, and with no other that may stand in it."""
    task = partial(app.task, shared=False)

    @task(name=celery_app.HANDLE_EVENT)
    def handle_event(event_id: int, unit: str) -> None:
        events.handle(wiring.engine, event_id, unit, wiring.context())

    @task(name=celery_app.RELEASE_NOTICES)
    def release_notices() -> None:
        faults: list[Exception] = []

        def release(uow: UnitOfWork) -> None:
            faults.extend(notifications.release_due(uow, now=wiring.clock()).faults)

        _each_unit(wiring, release, faults)

    @task(name=celery_app.TIME_OUT_HANDOFFS)
    def time_out_handoffs() -> None:
        _each_unit(wiring, lambda uow: handoff.time_out(uow, now=wiring.clock()), [])

    @task(name=celery_app.ESCALATE_HANDOFFS)
    def escalate_handoffs() -> None:
        _each_unit(wiring, lambda uow: escalation.escalate(uow, now=wiring.clock()), [])

    @task(name=celery_app.EXPIRE_PROPOSALS)
    def expire_proposals() -> None:
        _each_unit(wiring, lambda uow: proposals.expire(uow, now=wiring.clock()), [])
        _each_unit(wiring, lambda uow: mentoring.expire(uow, now=wiring.clock()), [])
        _each_unit(wiring, lambda uow: references.end_due(uow, now=wiring.clock()), [])

    @task(name=celery_app.READ_SENTIMENT)
    def read_sentiment() -> None:
        _each_unit(wiring, lambda uow: sentiment.read_new(uow, wiring.sentiment), [])

    reading_cvs = threading.Lock()

    @task(name=celery_app.READ_CVS)
    def read_cvs() -> None:
        # One thread reads; the others would only wait for the same reader.
        if not reading_cvs.acquire(blocking=False):
            return
        try:
            _read_cvs(wiring)
        finally:
            reading_cvs.release()

    @task(name=celery_app.REMIND_PROFILES)
    def remind_profiles() -> None:
        _each_unit(wiring, lambda uow: profile_reminders.remind(uow, wiring.links, now=wiring.clock()), [])

    @task(name=celery_app.PURGE)
    def purge() -> None:
        faults: list[Exception] = []
        try:
            _each_unit(wiring, lambda uow: retention.purge(uow, now=wiring.clock()), faults)
            _each_unit(wiring, lambda uow: webhooks.forget_old(uow, now=wiring.clock()), faults)
            _each_unit(wiring, lambda uow: push_queue.forget_old(uow, now=wiring.clock()), faults)
            _each_unit(wiring, lambda uow: importing.forget_rows(uow, now=wiring.clock()), faults)
            _each_unit(wiring, lambda uow: exchange.forget_old(uow, now=wiring.clock()), faults)
        finally:
            with unit_of_work(wiring.engine, Scope()) as uow:
                files.sweep(uow, Path(wiring.settings.media_dir), now=wiring.clock())
            with unit_of_work(wiring.engine, Scope()) as uow:
                archive.forget_unowned(uow, now=wiring.clock())
            with unit_of_work(wiring.engine, Scope(login=True)) as uow:
                api_clients.forget_ended(uow, now=wiring.clock())

    @task(name=celery_app.ARCHIVE)
    def move_old_rows() -> None:
        settings = wiring.settings
        _move_out(wiring, "inbox", settings.archive_days)
        _move_out(wiring, "outbox", settings.archive_days)
        _move_out(wiring, "tracker_events", settings.archive_tracker_days)

    @task(name=celery_app.ENCODE_VACANCIES)
    def encode_vacancies() -> None:
        _encode_vacancies(wiring)

    encoding_people = threading.Lock()

    @task(name=celery_app.ENCODE_PEOPLE)
    def encode_people() -> None:
        # A first run goes on for longer than a minute: the next one would encode the same people.
        if not encoding_people.acquire(blocking=False):
            return
        try:
            _encode_people(wiring)
        finally:
            encoding_people.release()

    @task(name=celery_app.WRITE_EXPORTS)
    def write_exports() -> None:
        # Flask comes with it: only the worker that writes one pays for that.
        from backoffice.lists import exporting

        while exporting.write_next(wiring.engine, Path(wiring.settings.media_dir), wiring.clock):
            pass

    @task(name=celery_app.SEND_WEBHOOKS)
    def send_webhooks() -> None:
        for unit in _units(wiring):
            webhook_sending.send_due(wiring.engine, unit, wiring.webhook_caller, wiring.clock)

    @task(name=celery_app.SEND_PUSHES)
    def send_pushes() -> None:
        if wiring.push is None:
            return
        for unit in _units(wiring):
            push_sending.send_due(wiring.engine, unit, wiring.push, wiring.clock)

    @task(name=celery_app.WRITE_CALENDARS)
    def write_calendars() -> None:
        calendar_writing.write_due(wiring.engine, wiring.calendar_server, wiring.links, wiring.clock)

    @task(name=celery_app.RESET_UNITS)
    def reset_units() -> None:
        for unit in _units(wiring):
            while resetting.work_next(wiring.engine, unit, wiring.clock):
                pass

    @task(name=celery_app.WRITE_IMPORTS)
    def write_imports() -> None:
        for unit in _units(wiring):
            while imports.write_next(wiring.engine, unit, wiring.clock):
                pass

    @task(name=celery_app.IMPORT_PEOPLE)
    def import_people() -> None:
        _import_people(wiring)

    @task(name=celery_app.FETCH_JOB_PAGES)
    def fetch_job_pages() -> None:
        for unit in _units(wiring):
            while job_pages.fetch_next(wiring.engine, unit, wiring.job_pages, wiring.advert_reader, wiring.clock):
                pass

    @task(name=celery_app.READ_INTAKE)
    def read_intake() -> None:
        for unit in _units(wiring):
            while mails.read_next(wiring.engine, unit, wiring.cv_reader, wiring.advert_reader, wiring.clock):
                pass

    @task(name=celery_app.FIND_DUPLICATES)
    def find_duplicates() -> None:
        _find_duplicates(wiring)

    @task(name=celery_app.COLLECT_TURNS)
    def collect_turns() -> None:
        _each_unit(wiring, lambda uow: collecting.collect(uow, wiring.sentences, now=wiring.clock()), [])

    @task(name=celery_app.RETRAIN_RANKING)
    def retrain_ranking() -> None:
        faults: list[Exception] = []
        for unit in _units(wiring):
            try:
                logger.info("%s: %s", unit, ranking.told(ranking.retrain_unit(wiring, unit)))
            except Exception as error:  # raised below, once the other units have had their turn
                error.add_note(f"unit {unit}")
                faults.append(error)
        if faults:
            raise SomeFailed("some of the weights could not be learned", faults)

    watched: dict[str, UUID | None] = {}

    @task(name=celery_app.WATCH_VACANCIES)
    def watch_vacancies() -> None:
        _watch_vacancies(wiring, watched)

    @task(name=celery_app.TEND_LISTS)
    def tend_lists() -> None:
        from backoffice.lists import exporting

        exporting.forget_expired(wiring.engine, Path(wiring.settings.media_dir), now=wiring.clock())
        with unit_of_work(wiring.engine, Scope()) as uow:
            search.forget_unused(uow)


def _encode_vacancies(wiring: Wiring) -> None:
    """Batch by batch, each in a transaction of its own; what is not done in this time waits for the next one."""
    ends = time.monotonic() + _ENCODING_SECONDS
    searching, replacing = wiring.embedder, wiring.next_embedder
    models = [searching] if replacing is None else [searching, replacing]
    faults: list[Exception] = []

    def forget(uow: UnitOfWork) -> None:
        encoding.forget_models(uow, [model.name for model in models])

    _each_unit(wiring, forget, faults)
    for model in models:
        for unit in _units(wiring):
            encoded = 1
            while encoded and time.monotonic() < ends:
                with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
                    encoded = encoding.encode_waiting(uow, model)
                    told = encoding.progress(uow, model.name)
                if encoded:
                    logger.info("%s: %d of %d vacancies are encoded with %s", unit, told.encoded, told.of, told.model)
    _mirror(wiring, VACANCIES)


def _encode_people(wiring: Wiring) -> None:
    """Likewise. What people wrote is encoded here and shared with nobody."""
    ends = time.monotonic() + _ENCODING_SECONDS
    _each_unit(wiring, encoding.forget_silent, [])
    for model in wiring.people_embedders:
        for unit in _units(wiring):
            encoded = 1
            while encoded and time.monotonic() < ends:
                with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
                    encoded = encoding.encode_people(uow, model, wiring.people_ranker)
                    told = encoding.progress_of_people(uow, model.name)
                if encoded:
                    logger.info("%s: %d of %d people are encoded with %s", unit, told.encoded, told.of, told.model)
    _mirror(wiring, PEOPLE)


def _mirror(wiring: Wiring, kind: Kind) -> None:
    """Bring a vector database, where one is set, to what was encoded."""
    mirror = wiring.mirror
    if mirror is None:
        return
    names = [model.name for model in (wiring.embedder, wiring.next_embedder) if model is not None]
    mirror.forget_models(kind, names)
    for unit in _units(wiring):
        for name in names:
            put = mirror.keep(wiring.engine, unit, kind, name, now=wiring.clock())
            if put:
                logger.info("%s: %d vectors of %s went to the vector database", unit, put, kind.name)


def _watch_vacancies(wiring: Wiring, watched: dict[str, UUID | None]) -> None:
    """Batch by batch, each in a transaction of its own; the next round goes on where this one's time was over.

    watched: of each unit whose round is not done, the last vacancy that was looked at.
    """
    ends = time.monotonic() + _WATCHING_SECONDS
    waiting = list(_units(wiring))
    while waiting and time.monotonic() < ends:
        # A batch of each unit, then around again: a heap of one unit's holds up no other.
        for unit in waiting:
            with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
                watched[unit] = attention.keep(uow, watched.get(unit), now=wiring.clock())
        waiting = [unit for unit in waiting if watched[unit] is not None]
    _each_unit(wiring, lambda uow: attention_notices.tell(uow, wiring.links, now=wiring.clock()), [])


def _import_people(wiring: Wiring) -> None:
    """A batch of each unit in turn, so that a large file holds up nobody; the next run goes on with what is left."""
    ends = time.monotonic() + _IMPORTING_SECONDS
    waiting = list(_units(wiring))
    while waiting and time.monotonic() < ends:
        waiting = [unit for unit in waiting if people_imports.work_next(wiring.engine, unit, wiring.clock)]


def _find_duplicates(wiring: Wiring) -> None:
    """People, then vacancies, batch by batch, each in a transaction of its own; the rest waits for the next time."""
    ends = time.monotonic() + _COMPARING_SECONDS
    for unit in _units(wiring):
        compared = 1
        while compared and time.monotonic() < ends:
            with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
                compared = finding.compare_new(uow, now=wiring.clock())
    ends = time.monotonic() + _COMPARING_VACANCIES_SECONDS
    for unit in _units(wiring):
        compared = 1
        while compared and time.monotonic() < ends:
            with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
                compared = alike.compare_new(uow, wiring.title_reader, now=wiring.clock())


def _read_cvs(wiring: Wiring) -> None:
    """One CV after another, each unit in turn; what is not read in this time waits for the next one."""
    ends = time.monotonic() + _READING_SECONDS
    folder = Path(wiring.settings.media_dir)
    waiting = list(_units(wiring))
    while waiting and time.monotonic() < ends:
        # One of each unit, then around again: a heap of one unit's holds up no other.
        waiting = [
            unit
            for unit in waiting
            if reading.read_next(wiring.engine, unit, wiring.cv_reader, folder, wiring.clock)
        ]
    _each_unit(wiring, lambda uow: telling.tell_read(uow, now=wiring.clock()), [])


def _move_out(wiring: Wiring, table: archive.Archived, days: int) -> None:
    """Batch by batch, each in a transaction of its own; what is not done in this time waits for the next one."""
    ends = time.monotonic() + _MOVING_SECONDS
    place: archive.Place | None = archive.first_place(table)
    while place is not None and time.monotonic() < ends:
        with unit_of_work(wiring.engine, Scope()) as uow:
            _, place = archive.move_out(uow, table, place, days=days, now=wiring.clock())


def _each_unit(wiring: Wiring, work: Callable[[UnitOfWork], object], faults: list[Exception]) -> None:
    """Work in each unit that runs here; one that fails holds up no other. Raises SomeFailed at the end."""
    for unit in _units(wiring):
        try:
            with unit_of_work(wiring.engine, Scope(units=(unit,))) as uow:
                work(uow)
        except Exception as error:  # raised below, once the other units have had their turn
            error.add_note(f"unit {unit}")
            faults.append(error)
    if faults:
        raise SomeFailed("some of the work failed", faults)


def _units(wiring: Wiring) -> Iterator[str]:
    with unit_of_work(wiring.engine, Scope()) as uow:
        known = set(uow.session.scalars(select(Unit.code)))
    yield from (unit for unit in wiring.settings.units if unit in known)
