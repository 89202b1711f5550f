"""Starts the stand-ins: in a thread of a test, or as a process (`serve`)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.standins.app import create_app
from tests.standins.client import StandinsClient
from tests.standins.config import Config


@contextmanager
def running_standins(gateway_url: str, config: Config | None = None) -> Iterator[StandinsClient]:
    """Run them on free ports in a thread and give the client that steers them.

    gateway_url: where webhooks go; `client.reset(gateway_url=…)` changes it.
    """
    config = config or Config(gateway_url=gateway_url)
    listener = socket.create_server((config.host, config.port))
    server = uvicorn.Server(_uvicorn_config(config))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="standins", daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the stand-ins did not start; see their log above")
            time.sleep(0.01)
        port = listener.getsockname()[1]
        yield StandinsClient(f"http://{config.host}:{port}")
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def serve(config: Config) -> None:
    """Run until told to stop. Raises OSError where the port is taken."""
    listener = socket.create_server((config.host, config.port))
    port = listener.getsockname()[1]
    print(f"stand-ins: http://{config.host}:{port}/ · mail on port {config.smtp_port}", flush=True)
    print(f"webhooks go to {config.gateway_url}", flush=True)
    uvicorn.Server(_uvicorn_config(config)).run(sockets=[listener])


def _uvicorn_config(config: Config) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(config), log_level="warning", lifespan="on", ws="none", timeout_graceful_shutdown=1
    )
