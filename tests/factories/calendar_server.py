"""Radicale, a CalDAV server that others wrote, in a process of its own: two calendars of one user, and what stands there.

    with CalendarStandin.started(folder) as server: server.url, server.entries("trabajo")
"""

from __future__ import annotations

import base64
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from icalendar import Calendar, Event

from runtime.ports import free_ports

USERNAME, PASSWORD = "ana", "contraseña de aplicación"
_CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
[logging]
level = error
"""
_CALENDAR = (
    '<?xml version="1.0" encoding="utf-8"?><c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    "<d:set><d:prop><d:displayname>{name}</d:displayname><c:supported-calendar-component-set>"
    '<c:comp name="{kind}"/></c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>'
)


@dataclass
class CalendarStandin:
    url: str
    folder: Path

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[CalendarStandin]:
        (port,) = free_ports(1)
        (folder / "users").write_text(f"{USERNAME}:{PASSWORD}\n", encoding="utf-8")
        (folder / "config").write_text(_CONFIG.format(port=port, folder=folder), encoding="utf-8")
        process = subprocess.Popen([sys.executable, "-m", "radicale", "--config", str(folder / "config")])
        server = cls(f"http://127.0.0.1:{port}", folder)
        try:
            server._wait(process)
            yield server
        finally:
            process.kill()
            process.wait()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                assert process.poll() is None, "radicale ended"
                time.sleep(0.1)
        raise AssertionError("radicale did not start")

    def make(self, path: str, name: str, kind: str = "VEVENT") -> str:
        """Make a calendar; return its address."""
        url = f"{self.url}/{USERNAME}/{path}/"
        self._ask("MKCALENDAR", url, _CALENDAR.format(name=name, kind=kind).encode())
        return url

    def entries(self, path: str) -> list[Event]:
        """Its events by time, read from the server's own files."""
        files = (self.folder / "collections" / "collection-root" / USERNAME / path).glob("*.ics")
        events = []
        for file in files:
            with suppress(FileNotFoundError):  # taken away meanwhile
                events += Calendar.from_ical(file.read_text(encoding="utf-8")).walk("VEVENT")
        return sorted(events, key=lambda event: event["dtstart"].dt)

    def _ask(self, method: str, url: str, body: bytes) -> None:
        secret = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/xml"}
        urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=30).close()
