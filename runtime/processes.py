"""The table of processes: what runs, in which environment, with which variables, and how to see that it is
well.

The only place where this stands. The supervisor starts from it, docker-compose.yml is tested against it,
and a test holds the variables against what the two settings readers really read.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    "METRICS_TOKEN",
)
APP_VARIABLES = (
    *_SHARED,
    "LOOKUP_KEY",
    "FLASK_SECRET_KEY",
    "SECURITY_PASSWORD_SALT",
    "ACTIONS_PORT",
    "BACKOFFICE_PORT",
    "SESSION_COOKIE_SECURE",
    "INSTANCE",
    "ARCHIVE_DAYS",
    "ENABLE_ML_FEATURES",
    "ML_MIN_DATA_POINTS",
    "ARCHIVE_TRACKER_DAYS",
    "EMBEDDING_MODEL",
    "EMBEDDING_NEXT",
    "QDRANT_URL",
    "QDRANT_API_KEY",
    "API_REQUESTS_PER_MINUTE",
    "WEBHOOKS_ALLOW_LOOPBACK",
    "JOB_PAGES_INSIDE",
    "VAPID_PRIVATE_KEY",
)
BOT_VARIABLES = (
    *_SHARED,
    "ACTIONS_URL",
    "GATEWAY_PORT",
    "GATEWAY_PROCESSES",
    "HEALTH_PORT",
    "RASA_PORT",
    "WHATSAPP_API_URL",
    "TELEGRAM_API_URL",
    "MESSENGER_API_URL",
    "INSTAGRAM_API_URL",
    "SLACK_API_URL",
    "X_API_URL",
    "SMTP_URL",
    "MAIL_PER_SECOND",
    "MODELS_DIR",
    "BURST_WINDOW_SECONDS",
    "FLOOD_MESSAGES",
    "FLOOD_SECONDS",
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
    copies: str | None = None
    """The variable that says how many of it run here; None: there is one."""
    niceness: str | None = None
    """The variable that says how much it gives way to the others (0 to 19), where the machine is short of time."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The settings it gets, and no others."""
        return APP_VARIABLES if self.environment == "app" else BOT_VARIABLES

    def name_of(self, number: int) -> str:
        """What the first, second … of them is called: rasa, rasa-2."""
        return self.name if number == 1 else f"{self.name}-{number}"

    def command(self, root: Path) -> list[str]:
        """How it is started here."""
        return [str(root / ".venv" / self.environment / "bin" / "python"), "-m", self.module]


PROCESSES = (
    # Turns give way: vendors are answered before anybody thinks. What nobody waits for gives way to turns.
    Process("actions", "app", "runtime.actions", "app", port="ACTIONS_PORT", stop_stage=2, niceness="RASA_NICENESS"),
    Process("backoffice", "app", "runtime.backoffice", "app", port="BACKOFFICE_PORT"),
    Process("relay", "app", "runtime.relay", "relay", stop_stage=2, niceness="RASA_NICENESS"),
    Process(
        "worker", "app", "runtime.worker", "app", stop_stage=2, grace_seconds=20, copies="WORKER_PROCESSES",
        niceness="WORKER_NICENESS",
    ),
    Process("beat", "app", "runtime.beat", "app"),
    # All agents are loaded before it answers.
    Process(
        "rasa", "bot", "bot.server", "bot", port="RASA_PORT", start_seconds=240, grace_seconds=15,
        copies="RASA_PROCESSES", niceness="RASA_NICENESS",
    ),
    # Tests what conversation designers propose; waits most of its life.
    Process("trainer", "bot", "bot.workbench.trainer", "bot", grace_seconds=15, niceness="WORKER_NICENESS"),
    Process(
        "gateway", "bot", "bot.gateway", "gateway", port="GATEWAY_PORT", stop_stage=0, copies="GATEWAY_PROCESSES"
    ),
)  # fmt: skip
# What the supervisor reads, and hands to nobody.
NUMBERS = {
    "GATEWAY_PROCESSES": 1, "RASA_PROCESSES": 1, "WORKER_PROCESSES": 1, "RASA_NICENESS": 10, "WORKER_NICENESS": 15,
}  # fmt: skip
_MOST = 19

DEFAULT_PORTS = {"GATEWAY_PORT": 5080, "BACKOFFICE_PORT": 5081, "ACTIONS_PORT": 5055, "RASA_PORT": 5005}


def numbers(values: Mapping[str, str]) -> dict[str, int]:
    """How many processes of each kind run here, and how much they give way. Raises ValueError naming the variable."""
    found = {}
    for name, usual in NUMBERS.items():
        raw = values.get(name, "").strip() or str(usual)
        least = 0 if name.endswith("_NICENESS") else 1
        if not raw.isdigit() or not least <= int(raw) <= _MOST:
            raise ValueError(f"{name} is wrong ({raw!r}): give a number from {least} to {_MOST}")
        found[name] = int(raw)
    return found


def extra_ports(values: Mapping[str, str]) -> dict[str, int]:
    """The ports that further processes need, with their usual numbers.

    Gateways share theirs: where there are several, each answers for its health on one of its own.
    """
    many = numbers(values)
    ports = {f"RASA_PORT_{number}": 5005 + number - 1 for number in range(2, many["RASA_PROCESSES"] + 1)}
    if many["GATEWAY_PROCESSES"] > 1:
        ports |= {f"GATEWAY_HEALTH_PORT_{number}": 5089 + number for number in range(1, many["GATEWAY_PROCESSES"] + 1)}
    return ports


def own_variables(process: Process, number: int, values: Mapping[str, str]) -> dict[str, str]:
    """What the second, third … process of a kind gets of its own."""
    own = {}
    if process.name == "worker" and number > 1:
        own["INSTANCE"] = str(number)
    if process.name == "rasa" and number > 1:
        own["RASA_PORT"] = values[f"RASA_PORT_{number}"]
    if process.name == "gateway" and f"GATEWAY_HEALTH_PORT_{number}" in values:
        own["HEALTH_PORT"] = values[f"GATEWAY_HEALTH_PORT_{number}"]
    return own


def by_name(name: str) -> Process:
    """The process of that name. Raises KeyError."""
    return {process.name: process for process in PROCESSES}[name]
