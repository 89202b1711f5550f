"""The stand-ins as a process: started, steered, ended; a wrong setting is one line."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.error import URLError

import pytest

from tests.standins.process import ROOT, standins_process


def test_a_process_answers_and_ends() -> None:
    with standins_process("http://127.0.0.1:9") as client:
        client.switch(webhooks=False)
        client.send_text("42", "telegram:sexsi", "hola")
        assert client.transcript("42", "telegram:sexsi") == "→: hola"

    with pytest.raises(URLError):
        client.violations


def test_a_wrong_port_is_one_line() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.standins"],
        cwd=ROOT,
        env={**os.environ, "STANDINS_PORT": "mail"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 78
    assert ended.stderr == "stand-ins: STANDINS_PORT: 'mail' is not a port between 0 and 65535\n"
