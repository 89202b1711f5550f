"""From a webhook in to the reply at the stand-in, one user at a time: `python -m benchmarks.latency [--units amigro]`

The floor is a bare HTTP round trip to the stand-in in the same minutes: what this machine gives at best.
"""

from __future__ import annotations

import time
import urllib.request

from benchmarks.platform import chosen_units, measured, new_numbers, percentile, show, vendors_of
from tests.standins.client import StandinsClient

_PEOPLE, _ROUNDS = 6, 3  # few messages to each: WhatsApp takes 45 in a row to one person, then one in 6 s
# A digression, a menu, a search that ranks: each is answered by one message of its own.
_SAID = ("¿me van a cobrar algo?", "menú", "busco trabajo de cocina", "¿cuánto tarda el proceso?", "¿dónde están?")
_ACCOUNT = "whatsapp:amigro"


def reply_milliseconds(vendors: StandinsClient, user: str, text: str) -> float:
    """Say it, and take the stand-in's own times of both bubbles."""
    before = len(vendors.messages(user, _ACCOUNT))
    said = vendors.send_text(user, _ACCOUNT, text)
    shown = vendors.wait_for_reply(user, _ACCOUNT, "", before, timeout=30)
    return (shown.at - said.at) * 1000


def floor_milliseconds(url: str) -> float:
    start = time.perf_counter()
    with urllib.request.urlopen(url + "/health", timeout=10) as answer:
        answer.read()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    with measured(chosen_units(__doc__)) as platform:
        vendors = vendors_of(platform)
        numbers = new_numbers()
        replies: list[float] = []
        floors: list[float] = []
        for person in range(_PEOPLE + 1):
            user = next(numbers)
            for text in ("hola", "sí, acepto", "no, gracias"):
                reply_milliseconds(vendors, user, text)
                time.sleep(0.5)
            for text in _SAID * _ROUNDS:
                taken = reply_milliseconds(vendors, user, text)
                time.sleep(0.15)  # a second bubble of the same answer is not measured with the next one
                if person:  # with the first one everything is loaded that is loaded lazily
                    replies.append(taken)
                    floors.append(floor_milliseconds(vendors.base_url))
    show(
        messages=len(replies), reply_p50_ms=percentile(replies, 0.5), reply_p95_ms=percentile(replies, 0.95),
        reply_max_ms=max(replies), floor_http_p50_ms=percentile(floors, 0.5),
        floor_http_p95_ms=percentile(floors, 0.95),
    )  # fmt: skip


if __name__ == "__main__":
    main()
