"""From Enter in the inbox to the candidate's screen at the stand-in: `python -m benchmarks.reply [--units amigro]`

The floor is a bare HTTP round trip to the stand-in in the same minutes: what this machine gives at best.
"""

from __future__ import annotations

import time

from benchmarks.latency import floor_milliseconds
from benchmarks.platform import chosen_units, measured, new_numbers, percentile, show, vendors_of
from tests.e2e.browser import Browser
from tests.e2e.candidate import Candidate
from tests.e2e.office import open_office
from tests.e2e.roads import open_and_accept

_REPLIES = 30
_ACCOUNT = "whatsapp:amigro"


def main() -> None:
    with measured(chosen_units(__doc__)) as platform, Browser.open() as browser:
        vendors = vendors_of(platform)
        office = open_office(platform, "amigro")
        candidate = Candidate(vendors, _ACCOUNT, next(new_numbers()), "Ana")
        open_and_accept(candidate)
        candidate.says("quiero hablar con una persona", "equipo")
        taken: list[float] = []
        floors: list[float] = []
        with browser.signed_in(platform.url("backoffice"), office.email) as page:
            page.goto(platform.url("backoffice") + "/conversations/?handling=queued")
            page.locator(".inbox-row").first.click()
            page.get_by_role("button", name="Tomar").click()
            box = page.get_by_label("Tu respuesta")
            for number in range(_REPLIES + 1):
                before = len(candidate.received)
                box.fill(f"respuesta {number}")
                began = time.time()
                box.press("Enter")
                shown = vendors.wait_for_reply(candidate.user, _ACCOUNT, f"respuesta {number}", before)
                if number:  # with the first one everything is loaded that is loaded lazily
                    taken.append((shown.at - began) * 1000)
                    floors.append(floor_milliseconds(vendors.base_url))
                time.sleep(0.5)
    floor = percentile(floors, 0.5)
    show(
        replies=len(taken), reply_p50_ms=percentile(taken, 0.5), reply_p95_ms=percentile(taken, 0.95),
        reply_max_ms=max(taken), floor_http_p50_ms=floor, reply_p50_over_floor=percentile(taken, 0.5) / floor,
    )  # fmt: skip


if __name__ == "__main__":
    main()
