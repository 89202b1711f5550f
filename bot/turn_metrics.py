"""What a rasa process counts of its turns, in Prometheus's terms; shown at /metrics of its health port."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

# outcome: saved; overtaken: its lease was lost or a person has taken the conversation; outage: tried again and not
# counted; fault: the message's own.
turns = Counter("rasa_turns_total", "Turns, by what became of them", ["unit", "outcome"])
turn_seconds = Histogram(
    "rasa_turn_seconds", "A turn from its claim to its commit or failure", ["unit"],
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 8, 20),
)  # fmt: skip
put_aside = Counter("rasa_put_aside_total", "Turns put aside after their third fault", ["unit"])
running = Gauge("rasa_running_turns", "Turns under way in this process")
