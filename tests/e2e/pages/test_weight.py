"""The first view of each page: what comes over the wire with nothing cached, and whether anything jumps while it loads."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page
from sqlalchemy import text

from runtime.demo.load import load
from tests.e2e.browser import Browser
from tests.e2e.pages.conftest import SALT, Site, is_page
from tests.integration.backoffice.test_access import LISTS, SUPER_ONLY, things

KIB = 1024
MOST, MOST_WITH_PLOTS = 300 * KIB, 700 * KIB
# On a machine at rest it is 0 but for the board (0.03, 0.13 on a phone: what foretells comes behind it). On a busy one
# the font may come after the first layout, which moves a line or two; what is guarded against is more than that.
MOST_SHIFT = 0.15
# Scripts of a page run under its policy; this one is the browser's.
_WATCH = """window.__shifts = [];
const of = node => node ? node.className || node.nodeName : 'gone';
new PerformanceObserver(list => { for (const one of list.getEntries())
  if (!one.hadRecentInput) window.__shifts.push([one.value, ...one.sources.map(source => of(source.node))]);
}).observe({type: 'layout-shift', buffered: true});"""


class Wire:
    """Counts the bytes that a page's requests bring, as they come over the wire."""

    def __init__(self, page: Page) -> None:
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("Network.enable")
        self._urls: dict[str, str] = {}
        self.parts: dict[str, int] = {}
        self._cdp.on("Network.requestWillBeSent", self._began)
        self._cdp.on("Network.loadingFinished", self._finished)

    def _began(self, told: dict[str, Any]) -> None:
        self._urls[told["requestId"]] = told["request"]["url"]

    def _finished(self, told: dict[str, Any]) -> None:
        url = self._urls.get(told["requestId"], "")
        self.parts[url] = self.parts.get(url, 0) + int(told["encodedDataLength"])

    def forget(self) -> None:
        """As a browser that has never been here."""
        self._cdp.send("Network.clearBrowserCache")
        self.parts = {}

    @property
    def total(self) -> int:
        return sum(self.parts.values())


def full(site: Site) -> list[str]:
    """The pages of the demo's busiest vacancy, person and conversation."""
    def busiest(column: str, table: str) -> Any:
        query = f"SELECT {column} FROM {table} WHERE unit = 'amigro' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        return site.desk.rows(text(query))[0]

    vacancy, profile = busiest("vacancy_id", "applications"), busiest("profile_id", "applications")
    conversation = busiest("conversation_id", "messages")
    return [
        f"/vacancies/{vacancy}", f"/vacancies/{vacancy}?tab=people", f"/vacancies/{vacancy}?tab=applications",
        f"/board/vacancy/{vacancy}", f"/people/{profile}", f"/conversations/{conversation}", "/duplicates/", "/alike/", "/imports/",
    ]  # fmt: skip


def test_the_first_view_is_light_and_nothing_jumps(site: Site, chromium: Browser) -> None:
    own = things(type("Office", (), {"desk": site.desk})(), "amigro")  # type: ignore[arg-type]
    load(site.desk.admin, now=site.desk.now, password_salt=SALT)
    email = site.user("super_admin")
    paths = [*filter(is_page, (*LISTS, *SUPER_ONLY, *own.pages(), *full(site), "/privacidad/amigro"))]
    told: list[str] = []
    for size in ({"width": 1280, "height": 900}, {"width": 390, "height": 844}):
        with chromium.signed_in(site.url, email, **size) as page:
            page.set_default_timeout(60_000)  # what it takes is no matter here
            page.add_init_script(_WATCH)
            wire = Wire(page)
            told += [f"{size['width']} px {fault}" for path in paths for fault in faults(site, page, wire, path)]
    assert told == [], "\n".join(told)


def faults(site: Site, page: Page, wire: Wire, path: str) -> list[str]:
    """Open a page as somebody who has never been here; return what is wrong with its first view."""
    page.goto("about:blank")
    wire.forget()
    page.goto(site.url + path)
    page.wait_for_timeout(700)
    shifts = page.evaluate("window.__shifts")
    moved = sum(one[0] for one in shifts)
    most = MOST_WITH_PLOTS if page.locator("[data-plots]").count() else MOST
    found = []
    if wire.total > most:
        heaviest = sorted(wire.parts.items(), key=lambda part: -part[1])[:3]
        found.append(f"{path}: {wire.total / KIB:.0f} KiB, most of it {heaviest}")
    if moved > MOST_SHIFT:
        found.append(f"{path}: shifts by {moved:.3f}: {shifts}")
    return found
