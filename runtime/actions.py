"""The action server's process. `python -m runtime.actions`"""

from __future__ import annotations

import uvicorn

from actions.server import THREADS, create_app
from huntred.settings import AppSettings, read_app_settings
from runtime.collector import settle
from runtime.entry import run_entry
from runtime.wiring import wire


def main(settings: AppSettings) -> None:
    wiring = wire(settings, pool_size=THREADS)
    _ = wiring.nearest  # a model that is not here is told at the start, not to who searches
    app = create_app(wiring)
    settle()
    uvicorn.run(
        app,
        host=settings.bind_host,
        port=settings.actions_port,
        log_level=settings.log_level.lower(),
        log_config=None,
        access_log=False,
        # Longer than Rasa's client keeps an idle connection (15 s): a call that met the close would count as an outage.
        timeout_keep_alive=60,
    )


if __name__ == "__main__":
    run_entry("actions", read_app_settings, main)
