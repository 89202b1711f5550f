"""A mailbox over IMAP: pymap, a server that others wrote, as a process of its own, in memory."""

from __future__ import annotations

import imaplib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PYMAP = Path(__file__).resolve().parents[2] / ".venv" / "app" / "bin" / "pymap"


@dataclass
class Mailbox:
    """One running server with one user. Mail enters as a mail server delivers it, by APPEND."""

    port: int
    user: str
    password: str
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    def start(self, timeout: float = 20.0) -> None:
        """Start it, empty. Raises RuntimeError where it does not answer."""
        self._process = subprocess.Popen(
            [str(PYMAP), "--host", "127.0.0.1", "--port", str(self.port), "--no-tls", "dict",
             "--demo-user", self.user, "--demo-password", self.password],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                with self._session():
                    return
            except OSError:
                if self._process.poll() is not None:
                    raise RuntimeError("pymap ended: is it installed in the app environment?") from None
                time.sleep(0.1)
        raise RuntimeError(f"pymap did not answer within {timeout} s")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def deliver(self, raw: bytes) -> None:
        with self._session() as session:
            status, answer = session.append("INBOX", "", "", raw)
            assert status == "OK", answer

    def unread(self) -> int:
        return self._count("UNSEEN")

    def read(self) -> int:
        return self._count("SEEN")

    def _count(self, what: str) -> int:
        with self._session() as session:
            session.select("INBOX", readonly=True)
            _, found = session.search(None, what)
            return len((found[0] or b"").split())

    @contextmanager
    def _session(self) -> Iterator[imaplib.IMAP4]:
        session = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        try:
            session.login(self.user, self.password)
            yield session
        finally:
            session.logout()


@contextmanager
def mailbox(user: str = "amigro@demo.example", password: str = "demo-mailbox") -> Iterator[Mailbox]:
    """A running mailbox on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    found = Mailbox(port, user, password)
    found.start()
    try:
        yield found
    finally:
        found.stop()
