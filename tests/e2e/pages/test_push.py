"""Web push in Chromium: the program registers under our policy, one is told by a click, and all of it by keyboard.

Headless Chromium reaches no push service: `pushManager.subscribe` and the leave that it asks for are answered by the
test, everything else (registration, keys, the form, the row, the program) is real. That a message is encrypted and
taken is shown over real HTTP in tests/integration/huntred/push.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from huntred.clock import utc_now
from huntred.push.models import PushDevice, PushMessage
from huntred.push.providers.standard import StandardPush
from huntred.push.sending import send_due
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import VAPID_KEY, Site, complaints
from tests.factories.push_service import PushStandin

# What a browser that may be told answers; the leave is asked for on the click only.
_ANSWERS = """given => {
  window.asked = 0;
  Notification.requestPermission = () => { window.asked += 1; return Promise.resolve("granted"); };
  PushManager.prototype.subscribe = function (wanted) {
    const key = btoa(String.fromCharCode(...wanted.applicationServerKey));
    if (!wanted.userVisibleOnly || wanted.applicationServerKey.length !== 65) throw new Error("options " + key);
    return Promise.resolve({ endpoint: given.endpoint, toJSON: () => ({ endpoint: given.endpoint, keys: given.keys }) });
  };
}"""


@pytest.fixture
def standin(site: Site) -> Iterator[PushStandin]:
    service = PushStandin(StandardPush(VAPID_KEY, "a@example.mx", utc_now).public_key, utc_now().timestamp())
    service.start()
    yield service
    service.stop()


def _tab_to(page: Page, name: str) -> None:
    """Go there as somebody without a mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if name in (page.evaluate("document.activeElement.innerText || ''")):
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_one_is_told_on_this_device_by_keyboard(site: Site, chromium: Browser, standin: PushStandin) -> None:
    with chromium.signed_in(site.url, site.user()) as page:
        heard = complaints(page)
        given = standin.subscription()
        page.add_init_script(
            f"({_ANSWERS})({json.dumps({'endpoint': given.endpoint, 'keys': {'p256dh': given.p256dh, 'auth': given.auth}})})"
        )
        page.goto(f"{site.url}/account/")
        assert page.evaluate("window.asked") == 0
        _tab_to(page, "Avisarme en este equipo")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Listo: te avisaremos en este equipo.")).to_be_visible()

        (device,) = site.desk.rows(select(PushDevice))
        assert device.endpoint_sealed == given.endpoint
        worker = page.evaluate(
            "navigator.serviceWorker.ready.then(r => [r.scope, r.active.scriptURL, r.active.state])"
        )
        assert worker[:2] == [f"{site.url}/", f"{site.url}/push-worker.js"]

        _tab_to(page, "Probar")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Enviamos un aviso de prueba")).to_be_visible()
        ours = StandardPush(VAPID_KEY, "a@example.mx", utc_now, allow_loopback=True, seconds=90)
        # A worker's own thread has no event loop; that of the browser does.
        with ThreadPoolExecutor(1) as worker_of_ours:
            assert worker_of_ours.submit(send_due, site.desk.app, "amigro", ours, utc_now).result(30) == 1
        assert standin.wrong == [] and standin.shown[0]["title"] == "huntRED: los avisos llegan"

        page.reload()
        expect(page.get_by_text("Último aviso")).to_be_visible()
        _tab_to(page, "Quitar")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Ya no avisamos en ese equipo.")).to_be_visible()
        assert site.desk.rows(select(PushDevice)) == [] and site.desk.rows(select(PushMessage)) == []
        assert heard == []


def test_the_program_shows_what_it_is_told_and_opens_it(site: Site, chromium: Browser) -> None:
    """The real program, given a message as a browser gives it one."""
    with chromium.signed_in(site.url, site.user()) as page:
        heard = complaints(page)
        page.context.grant_permissions(["notifications"])
        page.goto(f"{site.url}/account/")
        told = {"title": "Alguien espera en Amigro", "body": "Lo acaba de pedir.", "path": "/conversations/", "tag": "t"}
        page.evaluate("navigator.serviceWorker.register('/push-worker.js', {scope: '/'}).then(() => navigator.serviceWorker.ready)")
        running = page.context.service_workers
        worker = running[0] if running else page.context.wait_for_event("serviceworker")
        shown = worker.evaluate(
            """told => new Promise(done => {
                 self.registration.showNotification = (title, options) => { done([title, options]); return Promise.resolve(); };
                 self.dispatchEvent(new PushEvent("push", { data: JSON.stringify(told) }));
               })""",
            told,
        )
        assert shown[0] == told["title"]
        assert (shown[1]["body"], shown[1]["tag"], shown[1]["data"]) == (told["body"], "t", {"path": "/conversations/"})
        assert heard == []


def test_who_blocked_it_reads_what_to_do(site: Site, chromium: Browser) -> None:
    with chromium.signed_in(site.url, site.user()) as page:
        page.add_init_script("Notification.requestPermission = () => Promise.resolve('denied')")
        page.goto(f"{site.url}/account/")
        page.get_by_role("button", name="Avisarme en este equipo").click()
        expect(page.get_by_text("Bloqueaste los avisos de esta página")).to_be_visible()
        assert site.desk.rows(select(PushDevice)) == []


def test_the_inbox_hints_until_it_is_put_away(site: Site, chromium: Browser) -> None:
    with chromium.signed_in(site.url, site.user()) as page:
        page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'default' })")
        page.goto(f"{site.url}/conversations/")
        expect(page.get_by_text("Que te avise este equipo")).to_be_visible()
        page.get_by_role("button", name="No mostrar más").click()
        expect(page.get_by_text("Que te avise este equipo")).to_be_hidden()
        page.reload()
        expect(page.get_by_text("Que te avise este equipo")).to_be_hidden()
