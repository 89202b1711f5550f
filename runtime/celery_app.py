"""Celery over Redis: what may wait. Messages carry ids only; the truth stands in PostgreSQL, so Redis may be flushed.

Tasks stand in runtime/tasks.py; the relay and beat send them by name and load nothing else.
"""

from __future__ import annotations

from celery import Celery
from celery.schedules import crontab

from huntred.settings import AppSettings

QUEUE = "huntred"
HANDLE_EVENT = "huntred.handle_event"
RELEASE_NOTICES = "huntred.release_notices"
TIME_OUT_HANDOFFS = "huntred.time_out_handoffs"
ESCALATE_HANDOFFS = "huntred.escalate_handoffs"
EXPIRE_PROPOSALS = "huntred.expire_proposals"
READ_SENTIMENT = "huntred.read_sentiment"
REMIND_PROFILES = "huntred.remind_profiles"
PURGE = "huntred.purge"
ARCHIVE = "huntred.archive"
ENCODE_VACANCIES = "huntred.encode_vacancies"
ENCODE_PEOPLE = "huntred.encode_people"
WRITE_EXPORTS = "huntred.write_exports"
TEND_LISTS = "huntred.tend_lists"
READ_CVS = "huntred.read_cvs"
SEND_WEBHOOKS = "huntred.send_webhooks"
SEND_PUSHES = "huntred.send_pushes"
WRITE_CALENDARS = "huntred.write_calendars"
RESET_UNITS = "huntred.reset_units"
WRITE_IMPORTS = "huntred.write_imports"
IMPORT_PEOPLE = "huntred.import_people"
FETCH_JOB_PAGES = "huntred.fetch_job_pages"
READ_INTAKE = "huntred.read_intake"
FIND_DUPLICATES = "huntred.find_duplicates"
COLLECT_TURNS = "huntred.collect_turns"
RETRAIN_RANKING = "huntred.retrain_ranking"
WATCH_VACANCIES = "huntred.watch_vacancies"

# A task that nobody took within this time is of no use any more: beat has sent the next one.
_SOON = {"expires": 60}


def make_celery(settings: AppSettings) -> Celery:
    """Return the application; nothing is connected yet."""
    app = Celery("huntred", broker=settings.redis_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        # An event whose worker dies is handed on again by the relay; its handlers run in one transaction.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 3600, "socket_keepalive": True},
        task_time_limit=600,
        timezone="UTC",
        beat_max_loop_interval=2,
        redbeat_redis_url=settings.redis_url,
        redbeat_key_prefix="huntred:beat:",
        # A beat that was killed is followed by the next one within this time.
        redbeat_lock_timeout=30,
        beat_schedule={
            "release-notices": {"task": RELEASE_NOTICES, "schedule": 10.0, "options": {"expires": 10}},
            "time-out-handoffs": {"task": TIME_OUT_HANDOFFS, "schedule": 60.0, "options": _SOON},
            "expire-proposals": {"task": EXPIRE_PROPOSALS, "schedule": 30.0, "options": _SOON},
            "escalate-handoffs": {"task": ESCALATE_HANDOFFS, "schedule": 30.0, "options": _SOON},
            "read-cvs": {"task": READ_CVS, "schedule": 3.0, "options": {"expires": 3}},
            "read-sentiment": {"task": READ_SENTIMENT, "schedule": 10.0, "options": {"expires": 10}},
            "remind-profiles": {"task": REMIND_PROFILES, "schedule": 3600.0, "options": _SOON},
            "purge": {"task": PURGE, "schedule": 3600.0, "options": _SOON},
            "encode-vacancies": {"task": ENCODE_VACANCIES, "schedule": 60.0, "options": _SOON},
            "encode-people": {"task": ENCODE_PEOPLE, "schedule": 60.0, "options": _SOON},
            "write-exports": {"task": WRITE_EXPORTS, "schedule": 5.0, "options": {"expires": 5}},
            "send-webhooks": {"task": SEND_WEBHOOKS, "schedule": 3.0, "options": {"expires": 3}},
            "send-pushes": {"task": SEND_PUSHES, "schedule": 3.0, "options": {"expires": 3}},
            "write-calendars": {"task": WRITE_CALENDARS, "schedule": 5.0, "options": {"expires": 5}},
            "reset-units": {"task": RESET_UNITS, "schedule": 5.0, "options": {"expires": 5}},
            "write-imports": {"task": WRITE_IMPORTS, "schedule": 5.0, "options": {"expires": 5}},
            "import-people": {"task": IMPORT_PEOPLE, "schedule": 3.0, "options": {"expires": 3}},
            "fetch-job-pages": {"task": FETCH_JOB_PAGES, "schedule": 3.0, "options": {"expires": 3}},
            "read-intake": {"task": READ_INTAKE, "schedule": 5.0, "options": {"expires": 5}},
            "find-duplicates": {"task": FIND_DUPLICATES, "schedule": 60.0, "options": _SOON},
            "collect-turns": {"task": COLLECT_TURNS, "schedule": 60.0, "options": _SOON},
            # Sundays before dawn in Mexico: what was decided in the week is in, and nobody waits for the processor.
            "retrain-ranking": {
                "task": RETRAIN_RANKING, "schedule": crontab(minute=0, hour=9, day_of_week="sun"),
                "options": {"expires": 3600},
            },
            "watch-vacancies": {"task": WATCH_VACANCIES, "schedule": 300.0, "options": _SOON},
            "tend-lists": {"task": TEND_LISTS, "schedule": 3600.0, "options": _SOON},
            "archive": {"task": ARCHIVE, "schedule": 600.0, "options": _SOON},
        },
    )
    return app
