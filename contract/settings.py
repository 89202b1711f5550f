"""Reads the environment. With `huntred/settings.py` the only place that does.

A settings class declares its fields through a `Reader`; all faults of one process are collected and raised
together, so that an operator mends them in one go.
"""
from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

ALL_UNITS = ("amigro", "huntu", "huntred", "huntred_executive", "huntred_solutions", "sexsi", "milkyleak")

# sysexits.h EX_CONFIG: the supervisor does not restart a process that ends with it.
EXIT_MISCONFIGURED = 78


# How many points the curve P-256 has (FIPS 186-5): a private key is a number below it.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class SettingsInvalid(Exception):
    """One or more variables are missing or wrong; `faults` holds one sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


class Reader:
    """Reads typed variables and collects faults; call `done()` before using what was read."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self.faults: list[str] = []

    def _read(self, name: str, default: T | None, parse: Callable[[str], T], what: str) -> T:
        raw = self._environment.get(name, "").strip()
        if not raw:
            if default is None:
                self.faults.append(f"{name} is not set: give {what}")
            return default  # type: ignore[return-value]  # done() raises before anyone uses it
        try:
            return parse(raw)
        except ValueError as error:
            self.faults.append(f"{name} is wrong ({error}): give {what}")
            return default  # type: ignore[return-value]

    def text(self, name: str, what: str, default: str | None = None) -> str:
        return self._read(name, default, str, what)

    def secret(self, name: str, what: str) -> str:
        """Read a secret of at least 16 characters; its value never enters a message."""

        def parse(raw: str) -> str:
            if len(raw) < 16:
                raise ValueError("shorter than 16 characters")
            return raw

        return self._read(name, None, parse, what)

    def integer(self, name: str, what: str, default: int | None = None, minimum: int = 0) -> int:
        def parse(raw: str) -> int:
            value = int(raw)
            if value < minimum:
                raise ValueError(f"below {minimum}")
            return value

        return self._read(name, default, parse, what)

    def number(self, name: str, what: str, default: float | None = None, minimum: float = 0.0) -> float:
        def parse(raw: str) -> float:
            value = float(raw)
            if not value >= minimum:
                raise ValueError(f"below {minimum}")
            return value

        return self._read(name, default, parse, what)

    def flag(self, name: str, what: str, default: bool | None = None) -> bool:
        def parse(raw: str) -> bool:
            if raw.lower() not in {"1", "0", "true", "false", "yes", "no"}:
                raise ValueError("neither true nor false")
            return raw.lower() in {"1", "true", "yes"}

        return self._read(name, default, parse, what)

    def url(self, name: str, what: str, schemes: tuple[str, ...], default: str | None = None) -> str:
        def parse(raw: str) -> str:
            parts = urlsplit(raw)
            if parts.scheme not in schemes or not parts.hostname:
                raise ValueError("not a URL of scheme " + " or ".join(schemes))
            return raw.rstrip("/")

        return self._read(name, default, parse, what)

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        def parse(raw: str) -> str:
            if raw not in allowed:
                raise ValueError(f"{raw!r} is unknown")
            return raw

        return self._read(name, default, parse, "one of " + ", ".join(allowed))

    def units(self, name: str = "UNITS") -> tuple[str, ...]:
        """Read a comma list of unit codes. Units are data: any well-formed code is accepted here."""

        def parse(raw: str) -> tuple[str, ...]:
            codes = tuple(part.strip() for part in raw.split(",") if part.strip())
            for code in codes:
                if not code.replace("_", "").isalnum() or not code.islower():
                    raise ValueError(f"{code!r} is no unit code")
            if len(set(codes)) != len(codes):
                raise ValueError("a unit is named twice")
            return codes

        return self._read(name, ALL_UNITS, parse, "unit codes, comma separated, e.g. amigro,huntu")

    def keys(self, name: str) -> dict[str, bytes]:
        """Read `id:base64[,id:base64]`, each key 32 bytes; the first one encrypts, all decrypt."""

        def parse(raw: str) -> dict[str, bytes]:
            keys: dict[str, bytes] = {}
            for part in raw.split(","):
                key_id, separator, encoded = part.strip().partition(":")
                if not (key_id and separator):
                    raise ValueError("a key without an id")
                keys[key_id] = _key(encoded)
            return keys

        return self._read(name, None, parse, "id:base64 of 32 random bytes")

    def key(self, name: str) -> bytes:
        return self._read(name, None, _key, "base64 of 32 random bytes")

    def p256_key(self, name: str) -> bytes:
        """Read a private key of the curve P-256, raw as tools for web push write it; empty where it is not set."""
        return self._read(name, b"", _p256_key, "base64url of a private key of P-256, 32 bytes")

    def done(self) -> None:
        if self.faults:
            raise SettingsInvalid(self.faults)


def _key(encoded: str) -> bytes:
    try:
        value = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if len(value) != 32:
        raise ValueError("not 32 bytes")
    return value


def _p256_key(encoded: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        raise ValueError("not base64url") from None
    if len(key) != 32 or not 0 < int.from_bytes(key, "big") < P256_ORDER:
        raise ValueError("no private key of P-256")
    return key


@dataclass(frozen=True)
class BotSettings:
    """What the gateway and the Rasa processes need. Times in seconds."""

    database_url: str
    redis_url: str
    units: tuple[str, ...]
    environment: str
    encryption_keys: dict[str, bytes]
    actions_url: str
    actions_secret: str
    bind_host: str
    gateway_port: int
    gateway_processes: int
    health_port: int
    rasa_port: int
    public_gateway_url: str
    public_backoffice_url: str
    link_secret: str
    whatsapp_api_url: str
    telegram_api_url: str
    messenger_api_url: str
    instagram_api_url: str
    slack_api_url: str
    x_api_url: str
    smtp_url: str
    mail_from: str
    mail_per_second: float
    models_dir: str
    media_dir: str
    burst_window: float
    flood_messages: int
    flood_seconds: float
    action_timeout: float
    lease: float
    log_level: str
    metrics_token: str = ""


def read_bot_settings(environment: Mapping[str, str] | None = None) -> BotSettings:
    """Read the bot environment's settings. Raises SettingsInvalid naming every fault."""
    reader = Reader(environment)
    settings = BotSettings(
        database_url=reader.url("DATABASE_URL", "postgresql://role:password@host:port/name", ("postgresql",)),
        redis_url=reader.url("REDIS_URL", "redis://:password@host:port/0", ("redis", "rediss")),
        units=reader.units(),
        environment=reader.choice("ENVIRONMENT", ("development", "test", "production"), "development"),
        encryption_keys=reader.keys("ENCRYPTION_KEYS"),
        actions_url=reader.url("ACTIONS_URL", "http://127.0.0.1:5055", ("http", "https")),
        actions_secret=reader.secret("ACTIONS_SECRET", "the secret shared with the action server"),
        bind_host=reader.text("BIND_HOST", "an address", "127.0.0.1"),
        gateway_port=reader.integer("GATEWAY_PORT", "a TCP port", 5080, 1),
        gateway_processes=reader.integer("GATEWAY_PROCESSES", "how many gateways share the port here", 1, 1),
        health_port=reader.integer("HEALTH_PORT", "a TCP port of this gateway alone, or 0", 0),
        rasa_port=reader.integer("RASA_PORT", "a TCP port", 5005, 1),
        public_gateway_url=reader.url(
            "PUBLIC_GATEWAY_URL", "the address that vendors reach", ("http", "https"), "http://127.0.0.1:5080"
        ),
        public_backoffice_url=reader.url(
            "PUBLIC_BACKOFFICE_URL", "the address of the back office", ("http", "https"), "http://127.0.0.1:5081"
        ),
        link_secret=reader.secret("LINK_SECRET", "the secret that signs links and web chat sessions"),
        whatsapp_api_url=reader.url(
            "WHATSAPP_API_URL", "a base URL", ("http", "https"), "https://graph.facebook.com"
        ),
        telegram_api_url=reader.url(
            "TELEGRAM_API_URL", "a base URL", ("http", "https"), "https://api.telegram.org"
        ),
        messenger_api_url=reader.url(
            "MESSENGER_API_URL", "a base URL", ("http", "https"), "https://graph.facebook.com"
        ),
        instagram_api_url=reader.url(
            "INSTAGRAM_API_URL", "a base URL", ("http", "https"), "https://graph.instagram.com"
        ),
        slack_api_url=reader.url("SLACK_API_URL", "a base URL", ("http", "https"), "https://slack.com"),
        x_api_url=reader.url("X_API_URL", "a base URL", ("http", "https"), "https://api.x.com"),
        smtp_url=reader.url("SMTP_URL", "smtp://user:password@host:port", ("smtp", "smtps")),
        mail_from=reader.text("MAIL_FROM", "an address", "no-responder@huntred.example"),
        mail_per_second=reader.number("MAIL_PER_SECOND", "mails a second that the provider takes", 5.0, 0.01),
        models_dir=reader.text("MODELS_DIR", "a folder", "models"),
        media_dir=reader.text("MEDIA_DIR", "a folder", "var/media"),
        burst_window=reader.number("BURST_WINDOW_SECONDS", "seconds", 1.2),
        flood_messages=reader.integer("FLOOD_MESSAGES", "messages of one person that are a flood", 20, 1),
        flood_seconds=reader.number("FLOOD_SECONDS", "seconds in which they come", 10.0, 0.1),
        action_timeout=reader.number("ACTION_TIMEOUT_SECONDS", "seconds", 8.0, 0.1),
        lease=reader.number("LEASE_SECONDS", "seconds", 8.0, 0.5),
        log_level=reader.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
        metrics_token=reader.text("METRICS_TOKEN", "the token with which /metrics is read from elsewhere", ""),
    )
    reader.done()
    return settings


def connect_answers(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what an operator gave `make connect` beforehand: every CONNECT_…."""
    given = os.environ if environment is None else environment
    return {name: value for name, value in given.items() if name.startswith("CONNECT_")}


def business_unit(environment: Mapping[str, str] | None = None) -> str:
    """Return the unit that Rasa's own commands work on: `BUSINESS_UNIT=huntred rasa train`; amigro unless given."""
    return Reader(environment).text("BUSINESS_UNIT", "a unit code", ALL_UNITS[0])
