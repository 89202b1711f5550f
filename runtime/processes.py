"""The table of processes: what runs, in which environment, with which variables, and how to see that it is
well.

The only place where this stands. The supervisor starts from it, docker-compose.yml is tested against it,
and a test holds the variables against what the two settings readers really read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_SHARED = (
    "DATABASE_URL",
    "REDIS_URL",
    "UNITS",
    "ENVIRONMENT",
    "ENCRYPTION_KEYS",
    "LINK_SECRET",
    "ACTIONS_SECRET",
    "BIND_HOST",
    "PUBLIC_GATEWAY_URL",
    "PUBLIC_BACKOFFICE_URL",
    "MAIL_FROM",
    "MEDIA_DIR",
    "LOG_LEVEL",
)
APP_VARIABLES = (
    *_SHARED,
    "LOOKUP_KEY",
    "FLASK_SECRET_KEY",
    "SECURITY_PASSWORD_SALT",
    "ACTIONS_PORT",
    "BACKOFFICE_PORT",
    "SESSION_COOKIE_SECURE",
)
BOT_VARIABLES = (
    *_SHARED,
    "ACTIONS_URL",
    "GATEWAY_PORT",
    "RASA_PORT",
    "WHATSAPP_API_URL",
    "TELEGRAM_API_URL",
    "SMTP_URL",
    "MODELS_DIR",
    "BURST_WINDOW_SECONDS",
    "ACTION_TIMEOUT_SECONDS",
    "LEASE_SECONDS",
)
ROLES = ("migrator", "gateway", "bot", "relay", "app")
MIGRATE_VARIABLES = (
    "ADMIN_DATABASE_URL",
    "DATABASE_URL",
    *(f"DATABASE_PASSWORD_{role.upper()}" for role in ROLES),
)

# Not settings of ours: they keep Rasa's libraries quiet and modest (stack.md has the measurements).
LIBRARY_ENVIRONMENT = {
    "bot": {
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_INTRA_OP_PARALLELISM_THREADS": "1",
        "TF_INTER_OP_PARALLELISM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "MALLOC_ARENA_MAX": "2",
    },
    "app": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
}


@dataclass(frozen=True)
class Process:
    """One process of the platform."""

    name: str
    environment: Literal["app", "bot"]
    module: str
    role: str
    port: str | None = None
    """The variable that names its port; None: it listens on none and gives a heartbeat instead."""
    stop_stage: int = 1
    """What lets work in ends first (0), what works it off next (1), what those need last (2)."""
    start_seconds: float = 60.0
    grace_seconds: float = 10.0

    @property
    def variables(self) -> tuple[str, ...]:
        """The settings it gets, and no others."""
        return APP_VARIABLES if self.environment == "app" else BOT_VARIABLES

    def command(self, root: Path) -> list[str]:
        """How it is started here."""
        return [str(root / ".venv" / self.environment / "bin" / "python"), "-m", self.module]


PROCESSES = (
    Process("actions", "app", "runtime.actions", "app", port="ACTIONS_PORT", stop_stage=2),
    Process("backoffice", "app", "runtime.backoffice", "app", port="BACKOFFICE_PORT"),
    Process("relay", "app", "runtime.relay", "relay", stop_stage=2),
    Process("worker", "app", "runtime.worker", "app", stop_stage=2, grace_seconds=20),
    Process("beat", "app", "runtime.beat", "app"),
    # All agents are loaded before it answers.
    Process("rasa", "bot", "bot.server", "bot", port="RASA_PORT", start_seconds=240, grace_seconds=15),
    Process("gateway", "bot", "bot.gateway", "gateway", port="GATEWAY_PORT", stop_stage=0),
)

DEFAULT_PORTS = {"GATEWAY_PORT": 5080, "BACKOFFICE_PORT": 5081, "ACTIONS_PORT": 5055, "RASA_PORT": 5005}


def by_name(name: str) -> Process:
    """The process of that name. Raises KeyError."""
    return {process.name: process for process in PROCESSES}[name]
