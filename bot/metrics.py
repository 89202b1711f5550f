"""What the gateway counts, in Prometheus's terms; shown at /metrics."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

received = Counter("gateway_received_total", "Events stored in the inbox", ["channel"])
repeated = Counter("gateway_repeated_total", "Events that were stored before and came again", ["channel"])
statuses = Counter("gateway_statuses_total", "Statuses of messages of ours", ["channel", "state"])
refused = Counter("gateway_refused_webhooks_total", "Webhooks refused before reading", ["channel", "reason"])
brought_again = Counter(
    "gateway_brought_again_total", "Webhooks that the vendor says it had sent before", ["channel", "reason"]
)
needless = Counter("gateway_needs_nothing_total", "Webhooks that said nothing to be kept", ["channel"])
quarantined = Counter("gateway_quarantined_total", "Bodies or events put aside", ["channel"])
flush_seconds = Histogram(
    "gateway_flush_seconds", "One commit of everything that waited",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip
flush_events = Histogram("gateway_flush_events", "Events in one commit", buckets=(1, 2, 5, 10, 20, 50, 100, 250, 500))
sent = Counter("gateway_sent_total", "Outbox rows handed to a vendor", ["channel"])
not_sent = Counter("gateway_not_sent_total", "Outbox rows that ended as failed or refused", ["channel", "code"])
retried = Counter("gateway_retried_total", "Outbox rows put back to be tried again", ["channel", "code"])
send_seconds = Histogram(
    "gateway_send_seconds", "From an outbox row's creation to the vendor's answer", ["channel"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3, 6, 15, 60, 600),
)  # fmt: skip
media = Counter("gateway_media_total", "Files that people sent, by what became of them", ["channel", "outcome"])
mailbox_faults = Counter("gateway_mailbox_faults_total", "Mailboxes that could not be read for a while", ["mailbox"])
web_sessions = Gauge("gateway_web_sessions", "Open web chat sockets")
waiting = Gauge("gateway_waiting_rows", "Rows that wait", ["table"])
oldest = Gauge("gateway_oldest_waiting_seconds", "Age of the oldest row that waits and is due", ["table"])
