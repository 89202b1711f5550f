"""The process `backoffice`: pages, public links and the live stream on one port. `python -m runtime.backoffice`"""

from __future__ import annotations

import uvicorn

from backoffice.server import THREADS, create_server
from huntred.settings import AppSettings, read_app_settings
from runtime.collector import settle
from runtime.entry import run_entry
from runtime.wiring import wire


def main(settings: AppSettings) -> None:
    server = create_server(wire(settings, pool_size=THREADS))
    settle()
    uvicorn.run(
        server,
        host=settings.bind_host,
        port=settings.backoffice_port,
        log_level=settings.log_level.lower(),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    run_entry("backoffice", read_app_settings, main)
