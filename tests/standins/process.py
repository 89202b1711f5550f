"""The stand-ins as a process of their own: for tests that run in Rasa's environment, which has no Starlette."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from tests.standins.client import StandinsClient

ROOT = Path(__file__).resolve().parents[2]
APP_PYTHON = ROOT / ".venv" / "app" / "bin" / "python"


@contextmanager
def standins_process(gateway_url: str, timeout: float = 30.0) -> Iterator[StandinsClient]:
    """Start them on free ports and give the client that steers them. Raises RuntimeError if they don't start."""
    environment = {
        **os.environ,
        "GATEWAY_URL": gateway_url,
        "STANDINS_PORT": str(_free_port()),
        "STANDINS_SMTP_PORT": "0",
    }
    process = subprocess.Popen(
        [str(APP_PYTHON), "-m", "tests.standins"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    client = StandinsClient(f"http://127.0.0.1:{environment['STANDINS_PORT']}")
    try:
        _wait_until_healthy(process, client, timeout)
        yield client
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], client: StandinsClient, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the stand-ins ended with status {process.returncode}; see their error above")
        try:
            if client.smtp_url:
                return
        except URLError:
            time.sleep(0.05)
    raise RuntimeError(f"the stand-ins did not answer within {timeout} s")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
