"""The worker: Celery with threads (the work is waiting for PostgreSQL), and a heartbeat beside it."""

from __future__ import annotations

from huntred.events.registry import load_handlers
from huntred.settings import AppSettings, read_app_settings
from runtime.celery_app import make_celery
from runtime.entry import run_entry
from runtime.heartbeat import Heartbeat
from runtime.tasks import register
from runtime.wiring import wire

_THREADS = 4


def main(settings: AppSettings) -> None:
    wiring = wire(settings, pool_size=_THREADS, shares_vectors=True)
    _ = wiring.embedder, wiring.next_embedder  # models that are not here are told at the start
    load_handlers()
    app = make_celery(settings)
    register(app, wiring)
    name = f"worker-{settings.instance}" if settings.instance else "worker"
    with Heartbeat(wiring.redis, name):
        app.worker_main(
            [
                "worker", f"--hostname={name}@%h", "--pool=threads", f"--concurrency={_THREADS}",
                "--without-gossip", "--without-mingle", "--without-heartbeat", f"--loglevel={settings.log_level}",
            ]
        )  # fmt: skip


if __name__ == "__main__":
    run_entry("worker", read_app_settings, main)
