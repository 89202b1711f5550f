"""CURP and birth date: typed on a page behind a signed link, kept encrypted, and read by nobody in a chat."""

from __future__ import annotations

import re

from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.town import Town

CURP, WRONG = "BOXW310820HNERXN09", "BOXW310820HNERXN08"


def test_the_page_takes_it_and_the_chat_never_has_it(town: Town, julia: Candidate, browser: Browser) -> None:
    offered = julia.presses("Agregar mi CURP", "página segura")
    link = re.search(r"https?://\S+/p/\S+", offered.text + " ".join(part["url"] for part in offered.links))
    assert link, offered
    with browser.page(width=390, height=800) as page:
        page.goto(link.group())
        page.get_by_label("CURP").fill(WRONG)
        page.get_by_role("button", name="Guardar").click()
        page.get_by_role("alert").first.wait_for()
        assert kept(town, julia) == [(False, False)]
        page.get_by_label("CURP").fill(CURP)
        page.get_by_role("button", name="Guardar").click()
        page.get_by_text("Ya la tenemos").first.wait_for()
        assert CURP not in page.content()
        # A link that somebody changed opens nothing.
        refused = page.goto(link.group()[:-3] + "AAA")
        assert refused is not None and refused.status == 404
    assert kept(town, julia) == [(True, True)]

    # Typed into the chat all the same: what is kept of it is masked, in every place.
    julia.says(f"mi CURP es {CURP}")
    julia.settles()
    for table, column in (
        ("inbox", "payload"), ("inbox", "raw"), ("inbox", "parse"), ("messages", "text"), ("messages", "payload"),
        ("tracker_events", "event"), ("unit_profiles", "curp_sealed"),
    ):  # fmt: skip
        found = town.rows(f"SELECT count(*) AS n FROM {table} WHERE {column}::text LIKE %s", f"%{CURP}%")
        assert found == [{"n": 0}], (table, column)


def kept(town: Town, person: Candidate) -> list[tuple[bool, bool]]:
    """Whether this person's CURP is there, and whether what is stored of it is anything but plain text."""
    rows = town.rows(
        "SELECT curp_hash IS NOT NULL AS known, curp_sealed IS NOT NULL AND curp_sealed NOT LIKE %s AS sealed "
        "FROM unit_profiles WHERE email = %s", f"%{CURP}%", f"julia{person.user}@example.com",
    )  # fmt: skip
    return [(row["known"], row["sealed"]) for row in rows]
