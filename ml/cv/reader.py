"""The port's implementation: hands each file to the sandbox and waits for its answer, never longer than a bound."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO

from huntred.cv import errors, wire
from huntred.cv.errors import CvDamaged, CvReaderBusy, CvRefused, CvTooLarge
from huntred.cv.ports import Cv
from ml.cv import sandbox
from ml.cv.bounds import MAX_BYTES, VERSION

# The first file waits for spaCy and the taxonomy too.
_START_SECONDS = 60
_ROOT = Path(__file__).resolve().parents[2]


class SandboxedCvReader:
    """One sandbox process, started at the first file; one file at a time. It ends by itself when nobody needs it."""

    version = VERSION

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, content: bytes, *, today: date) -> Cv:
        if len(content) > MAX_BYTES:
            raise CvTooLarge
        with self._lock:
            raw = self._ask(content, today)
        answer = json.loads(raw)
        if "error" in answer:
            raise _ERRORS.get(answer["error"], CvDamaged)()
        try:
            return wire.decoded(answer["cv"])
        except (KeyError, TypeError, ValueError) as error:
            raise CvDamaged from error

    def close(self) -> None:
        """End the sandbox; the next file starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def _ask(self, content: bytes, today: date) -> bytes:
        # One that ended while idle is noticed here and replaced; a new one that ends is an outage.
        for attempt in range(2):
            process, fresh = self._started()
            assert process.stdin is not None and process.stdout is not None
            try:
                process.stdin.write(sandbox.request(content, today))
                process.stdin.flush()
                wait = sandbox.WALL_SECONDS + 5 + (_START_SECONDS if fresh else 0)
                answer = _answered(process.stdout, wait)
            except (BrokenPipeError, OSError):
                answer = b""
            if answer:
                return answer
            self.close()
            if fresh and attempt:
                break
        raise CvReaderBusy("the reading process ended")

    def _started(self) -> tuple[subprocess.Popen[bytes], bool]:
        if self._process is not None and self._process.poll() is None:
            return self._process, False
        self.close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ml.cv.sandbox"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT,
            env=_environment(), start_new_session=True,
        )  # fmt: skip
        return self._process, True


def _answered(stream: IO[bytes], seconds: float) -> bytes:
    if not select.select([stream], [], [], seconds)[0]:
        return b""
    return sandbox.read_answer(stream)  # type: ignore[arg-type]


def _environment() -> dict[str, str]:
    """Only what Python needs to start: no secret of this process reaches the one that reads strangers' files."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
        if name in os.environ
    }
    return kept | {"PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}


def _kinds(kind: type[CvRefused]) -> Iterator[type[CvRefused]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


_ERRORS = {kind.code: kind for kind in _kinds(errors.CvRefused)}
