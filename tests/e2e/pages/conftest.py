"""The back office's own process in a thread, over a seeded database, and Chromium before it."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page

from backoffice.server import create_server
from huntred.access.passwords import hash_password
from huntred.clock import utc_now
from huntred.settings import read_app_settings
from runtime.ports import free_port
from runtime.wiring import Wiring
from tests.e2e.browser import Browser
from tests.e2e.office import PASSWORD
from tests.factories.desk import Desk, desk, keys

__all__ = ["desk", "keys"]

SALT = "the salt of these tests"
VAPID_KEY = b"v" * 32

# By how much a page is wider than the screen, and what of it has no name.
# By how much the page is wider than the window, and what sticks out; empty where it is not.
WIDER = """() => {
    const seen = document.documentElement.clientWidth, by = document.documentElement.scrollWidth - seen;
    const out = [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > seen + 1);
    return by <= 0 ? [] : [`${by} px`, ...out.map(e => e.outerHTML.slice(0, 100))];
}"""
NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a')]
  .filter(e => !e.closest('template') && e.offsetParent !== null && !e.closest('.ts-wrapper'))
  .filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim())
  .map(e => 'nameless ' + e.outerHTML.slice(0, 120))"""

_ALONE = {"/today", "/conversations/list", "/announcements/waiting", "/search/list?text=ana", "/interviews/grid"}


def is_page(path: str) -> bool:
    """Whether a browser shows it by itself: no part of a page, no token, no file."""
    ends = ("/chat", "/composer", "/person", "/timeline", "/archivo", ".csv", ".pdf", "/outlook", "/hints")
    if path.startswith("/attention/"):
        return False
    if path.startswith("/candidates/") and "/compare" not in path:
        return False
    if path == "/dashboards/outlook":
        return True
    return path not in _ALONE and not path.endswith(ends) and "live-token" not in path



@dataclass
class Site:
    """Where the pages are, and who may enter."""

    url: str
    desk: Desk

    def user(self, role: str = "consultant", unit: str | None = "amigro") -> str:
        """Return the address of a new user."""
        user = self.desk.user(
            unit if role != "super_admin" else None, role, password=hash_password(PASSWORD, SALT)
        )
        return user.email


@pytest.fixture
def now() -> Any:
    """Pages in a browser live in the present: its clock cannot be told."""
    return utc_now()


@pytest.fixture
def site(desk: Desk, database: Any, redis_url: str) -> Iterator[Site]:
    key, port = base64.b64encode(b"k" * 32).decode(), free_port()
    settings = read_app_settings(
        {
            "DATABASE_URL": database.url("app"), "REDIS_URL": redis_url, "ENVIRONMENT": "development",
            "ENCRYPTION_KEYS": f"test:{key}", "LOOKUP_KEY": key, "LINK_SECRET": desk.links.secret,
            "FLASK_SECRET_KEY": "the flask secret of these tests", "SECURITY_PASSWORD_SALT": SALT,
            "ACTIONS_SECRET": "the actions secret of these tests",
            "VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(VAPID_KEY).decode(), "WEBHOOKS_ALLOW_LOOPBACK": "true",
        }
    )  # fmt: skip
    server = uvicorn.Server(
        uvicorn.Config(
            create_server(Wiring(settings, desk.app)), port=port, log_level="warning", timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
        assert thread.is_alive()
    yield Site(f"http://127.0.0.1:{port}", desk)
    server.should_exit = True
    thread.join(15)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with Browser.open() as browser:
        yield browser


def complaints(page: Page) -> list[str]:
    """Collect what the console says against a page, policy violations among it."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None)
    return heard
