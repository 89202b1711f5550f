"""Pages over real HTTP: politely, within bounds, and never what is inside."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from huntred.importing.errors import PageUnreadable
from huntred.importing.ports import HostBusy
from huntred.importing.providers.polite import MOST_BYTES, PolitePages
from huntred.importing.turns import host_turn
from tests.factories.desk import Desk
from tests.factories.job_site import POSTING, Reply, Site, job_site, page_of


@pytest.fixture
def site() -> Iterator[Site]:
    with job_site() as made:
        yield made


@pytest.fixture
def other() -> Iterator[Site]:
    with job_site() as made:
        yield made


def pages(*sites: Site, **values: Any) -> PolitePages:
    values = {"inside": {one.host for one in sites}, "pause_seconds": 0.0} | values
    return PolitePages(lambda host: nullcontext(), "https://office.example", **values)


def problem(reader: PolitePages, url: str) -> str:
    with pytest.raises(PageUnreadable) as refused:
        reader.fetch(url)
    return refused.value.problem


def test_a_page_is_read_after_its_robots_and_by_somebody_who_says_who(site: Site) -> None:
    url = site.shows(page_of(POSTING))
    page = pages(site).fetch(url + "#arriba")
    assert page.url == url and "JobPosting" in page.html
    assert site.paths() == ["/robots.txt", "/vacante"]
    assert {told["user-agent"] for _, told in site.asked} == {"huntRED-JobPages/1.0 (+https://office.example)"}
    assert {told["host"] for _, told in site.asked} == {site.host} and "cookie" not in site.asked[1][1]


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        ("User-agent: *\nDisallow: /vac", False),
        ("User-agent: *\nDisallow: /*te$", False),
        ("User-agent: huntRED-JobPages\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\nAllow: /vacante", True),
        ("User-agent: OtherBot\nDisallow: /", True),
        ("\x00 no rules at all", True),
    ],
)
def test_what_robots_forbid_is_not_asked_for(site: Site, robots: str, allowed: bool) -> None:
    url = site.shows(page_of(POSTING))
    site.robots(robots)
    if allowed:
        assert pages(site).fetch(url).url == url
    else:
        assert problem(pages(site), url) == "robots"
        assert site.paths() == ["/robots.txt"]


def test_a_site_that_cannot_say_what_it_allows_is_left_alone(site: Site) -> None:
    url = site.shows(page_of(POSTING))
    for status in (500, 503, 429):
        site.robots("", status)
        assert problem(pages(site), url) == "robots_unknown"
    site.robots("", 403)
    assert pages(site).fetch(url).url == url, "RFC 9309: whoever has none forbids nothing"


def test_redirects_are_followed_three_times_and_each_is_checked(site: Site, other: Site) -> None:
    last = other.shows(page_of(POSTING))
    site.leads(last, "/c")
    site.leads("/c", "/b")
    assert pages(site, other).fetch(site.leads("/b", "/a")).url == last
    assert "/robots.txt" in other.paths(), "the other site's robots are asked too"
    assert problem(pages(site, other), site.leads("/a", "/0")) == "too_many_redirects"
    other.robots("User-agent: *\nDisallow: /")
    assert problem(pages(site, other), site.url("/a")) == "robots"


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/", "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest",
        "http://10.0.0.8/", "http://[::ffff:10.0.0.8]/", "https://8.8.8.8:8443/", "http://2130706433/", "http://0x7f.1/",
        "http://dentro.example/",
    ],
)  # fmt: skip
def test_a_redirect_never_leads_inside(site: Site, other: Site, to: str) -> None:
    def resolve(host: str, port: int) -> list[str]:
        # As a resolver answers for odd writings of 127.0.0.1 and for a name that was pointed inside.
        return {"dentro.example": ["8.8.8.8", "192.168.0.4"]}.get(host, ["127.0.0.1"])

    url = site.leads(to.format(port=other.host.partition(":")[2]), "/a")
    assert problem(pages(site, resolve=resolve), url) == "not_public"
    assert other.asked == [], "not even its robots"


def test_robots_that_lead_inside_are_not_followed(site: Site, other: Site) -> None:
    url = site.shows(page_of(POSTING))
    site.leads(other.url("/robots.txt"), "/robots.txt")
    assert problem(pages(site), url) == "not_public"
    assert other.asked == []


def test_a_name_that_changes_its_address_meanwhile_gains_nothing(site: Site) -> None:
    """What was checked is what is called: the socket's peer is the checked address, whatever the name says later."""
    port = site.host.partition(":")[2]
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    site.shows(page_of(POSTING))
    named = f"empleos.invalid:{port}"
    page = pages(site, inside={named}, resolve=resolve).fetch(f"http://{named}/vacante")
    assert "JobPosting" in page.html, "no second look-up: this name does not exist"
    assert asked == ["empleos.invalid"] * 2 and site.asked[1][1]["host"] == named


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"x" * (MOST_BYTES + 1)), "too_large"),
        (Reply(gzip.compress(b"x" * (MOST_BYTES + 1)), headers={"content-type": "text/html", "content-encoding": "gzip"}), "too_large"),
        (Reply(b"\x1f\x8bno", headers={"content-type": "text/html", "content-encoding": "gzip"}), "not_html"),
        (Reply(b"%PDF-1.7", headers={"content-type": "application/pdf"}), "not_html"),
        (Reply(b"<html>", headers={}), "not_html"),
        (Reply(status=404), "not_found"), (Reply(status=410), "not_found"), (Reply(status=403), "forbidden"),
        (Reply(status=500), "unreachable"), (Reply(status=302, headers={}), "too_many_redirects"),
        (Reply(status=302, headers={"location": "javascript:alert(1)"}), "unreachable"),
        (Reply(status=302, headers={"location": "file:///etc/passwd"}), "not_a_url"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_told(site: Site, reply: Reply, told: str) -> None:
    site.pages["/vacante"] = reply
    assert problem(pages(site), site.url()) == told


@pytest.mark.parametrize("reply", [Reply(b"x" * 500, drip_seconds=0.1), Reply(drip_seconds=0.1, drip_head=True)])
def test_a_slow_one_is_left_in_time_in_its_head_and_its_body(site: Site, reply: Reply) -> None:
    site.pages["/vacante"] = reply
    began = time.monotonic()
    assert problem(pages(site, seconds=1.0), site.url()) == "too_slow"
    assert time.monotonic() - began < 3


def test_letters_of_older_pages_and_packed_ones_are_read(site: Site) -> None:
    html = "<html><meta charset='iso-8859-1'>Años</html>"
    site.pages["/vacante"] = Reply(html.encode("latin-1"), headers={"content-type": "text/html"})
    assert "Años" in pages(site).fetch(site.url()).html
    packed = {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip"}
    site.pages["/vacante"] = Reply(gzip.compress("Años".encode()), headers=packed)
    assert pages(site).fetch(site.url()).html == "Años"
    site.pages["/vacante"] = Reply("Años".encode(), headers={"content-type": "text/html; charset=zlib"})
    assert pages(site).fetch(site.url()).html == "Años"


def test_a_site_is_read_by_one_at_a_time_and_has_its_pause(site: Site, desk: Desk) -> None:
    url = site.shows(page_of(POSTING))
    site.robots("User-agent: *\nCrawl-delay: 1")
    reader = PolitePages(lambda host: host_turn(desk.app, host), "https://office.example", inside={site.host})
    with host_turn(desk.app, "127.0.0.1"), pytest.raises(HostBusy):
        reader.fetch(url)
    assert site.asked == []
    began = time.monotonic()
    assert reader.fetch(url).url == url
    assert time.monotonic() - began >= 1
    with host_turn(desk.app, "127.0.0.1"):
        pass
