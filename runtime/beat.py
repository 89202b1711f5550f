"""The clock of the tasks: redbeat keeps its times in Redis, and a lock lets one beat only send them."""

from __future__ import annotations

import redis

from huntred.settings import AppSettings, read_app_settings
from runtime.celery_app import make_celery
from runtime.entry import run_entry
from runtime.heartbeat import Heartbeat


def main(settings: AppSettings) -> None:
    client: redis.Redis = redis.Redis.from_url(settings.redis_url, socket_timeout=5)
    app = make_celery(settings)
    with Heartbeat(client, "beat"):
        app.start(["beat", "--scheduler=redbeat.RedBeatScheduler", f"--loglevel={settings.log_level}"])


if __name__ == "__main__":
    run_entry("beat", read_app_settings, main)
