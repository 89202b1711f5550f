"""Settings of the stand-ins. A test tool, so it reads its own environment; the product never reads these."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.standins.accounts import DEMO_ACCOUNTS


@dataclass(frozen=True)
class Config:
    """Where to listen and where webhooks go. A port of 0 takes a free one."""

    gateway_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 0
    smtp_port: int = 0
    accounts_file: Path = field(default=DEMO_ACCOUNTS)

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ) -> Config:
        """Read STANDINS_PORT, STANDINS_SMTP_PORT, STANDINS_HOST, STANDINS_ACCOUNTS and GATEWAY_URL."""
        return Config(
            gateway_url=environment.get("GATEWAY_URL", Config.gateway_url).rstrip("/"),
            host=environment.get("STANDINS_HOST", Config.host),
            port=_port(environment, "STANDINS_PORT", 8090),
            smtp_port=_port(environment, "STANDINS_SMTP_PORT", 8025),
            accounts_file=Path(environment.get("STANDINS_ACCOUNTS", DEMO_ACCOUNTS)),
        )


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isdigit() or int(value) > 65535:
        raise ValueError(f"{name}: '{value}' is not a port between 0 and 65535")
    return int(value)
