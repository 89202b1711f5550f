"""What a test may switch while the stand-ins run: how the network and the vendors behave."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Switches:
    """duplicates: each webhook arrives that many times more. shuffle: those held `hold_ms` lose their order.

    batch: so many WhatsApp events share a webhook (held `hold_ms`). statuses: send sent, delivered and read.
    duplicate_share: of the webhooks, so many arrive once more. late_share: so many events wait up to two seconds and are
    overtaken. batch_random: a batch holds 1 to `batch` events.
    pair_rate, throughput, telegram_rate: enforce the rates. window: enforce WhatsApp's 24 hours.
    window_error: `response` refuses at once, `status` accepts and reports a failure later; Meta does either.
    retry_base_seconds: the first wait after a webhook that was not answered by 200; it doubles up to
    retry_cap_seconds (the vendors wait longer).
    slack_retry_scale: how much of Slack's waits (none, 60 s, 300 s) passes here.
    """

    duplicates: int = 0
    duplicate_share: float = 0.0
    late_share: float = 0.0
    batch_random: bool = False
    shuffle: bool = False
    hold_ms: int = 0
    batch: int = 1
    statuses: bool = True
    read_receipts: bool = True
    status_delay_ms: int = 20
    pair_rate: bool = True
    throughput: bool = True
    telegram_rate: bool = True
    slack_rate: bool = True
    x_rate: bool = True
    window: bool = True
    window_error: str = "response"
    webhooks: bool = True
    retry_base_seconds: float = 0.25
    retry_cap_seconds: float = 5.0
    slack_retry_scale: float = 0.01
    retries: int = 50

    def change(self, values: dict[str, Any]) -> None:
        """Set switches by name. Raises ValueError for an unknown name or a value of another type."""
        known = {item.name: type(getattr(self, item.name)) for item in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown switch {name}")
            wanted = known[name]
            if wanted is float and isinstance(value, int):
                value = float(value)
            if not isinstance(value, wanted):
                raise ValueError(f"switch {name} takes {wanted.__name__}")
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
