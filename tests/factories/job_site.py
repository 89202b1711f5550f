"""A web site on this machine with pages that a test writes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

POSTING: dict[str, Any] = {
    "@context": "https://schema.org", "@type": "JobPosting", "title": "Auxiliar contable",
    "description": "<p>Llevarás las pólizas.</p><p>Requisitos:</p><ul><li>Excel avanzado</li><li>2 años de experiencia</li>"
    "<li>SAP (deseable)</li></ul>",
    "hiringOrganization": {"@type": "Organization", "name": "Despacho Sur"},
    "jobLocation": {"@type": "Place", "address": {"addressLocality": "Puebla", "addressRegion": "Puebla"}},
    "baseSalary": {"currency": "MXN", "value": {"minValue": 9500, "maxValue": "11000.50", "unitText": "MONTH"}},
    "employmentType": "FULL_TIME", "datePosted": "2026-01-05",
}  # fmt: skip


def page_of(*data: Any, body: str = "") -> str:
    # As pages write it: a "</script>" inside the data would end it.
    told = [json.dumps(one).replace("</", "<\\/") for one in data]
    scripts = "".join(f'<script type="application/ld+json">{one}</script>' for one in told)
    return f"<!doctype html><html><head><meta charset=utf-8>{scripts}</head><body>{body}</body></html>"


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/html; charset=utf-8"})
    # One byte of the body each so many seconds, or one line of the head.
    drip_seconds: float = 0.0
    drip_head: bool = False


@dataclass
class Site:
    """pages: path → what is answered. asked: paths with the headers that came, in order."""

    host: str = ""
    pages: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/vacante") -> str:
        return f"http://{self.host}{path}"

    def shows(self, html: str, path: str = "/vacante") -> str:
        self.pages[path] = Reply(html.encode())
        return self.url(path)

    def leads(self, to: str, path: str) -> str:
        self.pages[path] = Reply(status=302, headers={"location": to})
        return self.url(path)

    def robots(self, text: str, status: int = 200) -> None:
        self.pages["/robots.txt"] = Reply(text.encode(), status, {"content-type": "text/plain"})

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def job_site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            reply = site.pages.get(self.path, Reply(status=404))
            try:
                self._answer(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self, reply: Reply) -> None:
            if reply.drip_head:
                self.wfile.write(b"HTTP/1.0 200 OK\r\n")
                while not site.ends.wait(reply.drip_seconds):
                    self.wfile.write(b"x-more: 1\r\n")
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not reply.drip_seconds:
                self.wfile.write(reply.body)
                return
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                if site.ends.wait(reply.drip_seconds):
                    return

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.ends.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
