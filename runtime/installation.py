"""This installation: its folders, its secrets, its ports, and the settings that each process gets.

Values come, in this order, from the caller's environment, from `.env` in the project's folder, from
`var/secrets.env` (made at first start, readable by its owner only), and from defaults. Starts nothing.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from runtime.ports import choose_port, is_free
from runtime.processes import (
    DEFAULT_PORTS,
    LIBRARY_ENVIRONMENT,
    MIGRATE_VARIABLES,
    ROLES,
    Process,
    extra_ports,
    own_variables,
)

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "huntred"
STANDIN_PORTS = {"STANDINS_PORT": 8090, "STANDINS_SMTP_PORT": 8025}
SERVER_PORTS = {"POSTGRES_PORT": 5433, "REDIS_PORT": 6380}
_PROVIDERS = (
    "WHATSAPP_API_URL", "TELEGRAM_API_URL", "MESSENGER_API_URL", "INSTAGRAM_API_URL", "SLACK_API_URL", "X_API_URL",
    "SMTP_URL",
)  # fmt: skip
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE", "COVERAGE_PROCESS_START")


class InstallationError(Exception):
    """Something about this installation is wrong; one line that says what to do."""


def _token() -> str:
    return secrets.token_urlsafe(32)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _p256_key() -> str:
    """A private key of P-256 as contract/settings.py reads it; with it web push says who we are."""
    from contract.settings import P256_ORDER

    number = secrets.randbelow(P256_ORDER - 1) + 1
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


SECRETS = {
    "DATABASE_PASSWORD_ADMIN": _token,
    **{f"DATABASE_PASSWORD_{role.upper()}": _token for role in ROLES},
    "REDIS_PASSWORD": _token,
    "ENCRYPTION_KEYS": lambda: "k1:" + _key(),
    "LOOKUP_KEY": _key,
    "LINK_SECRET": _token,
    "FLASK_SECRET_KEY": _token,
    "SECURITY_PASSWORD_SALT": _token,
    "ACTIONS_SECRET": _token,
    "VAPID_PRIVATE_KEY": _p256_key,
}


@dataclass
class Installation:
    """Where things are and what they are set to."""

    root: Path = ROOT
    var: Path = ROOT / "var"
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    values: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    """What the caller set, without what we made or derived."""
    notes: list[str] = field(default_factory=list)

    # --- folders
    # -----------------------------------------------------------------------------------------------

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def wal_spool(self) -> Path:
        """Where PostgreSQL leaves its log for the backup process; beside its data, never inside."""
        return self.var / "postgres" / "wal-spool"

    def log_of(self, name: str) -> Path:
        """The log file of one process."""
        return self.logs / f"{name}.log"

    def make_folders(self) -> None:
        """Make var/ and its parts, readable by their owner only."""
        for folder in (self.var, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)
        self.var.chmod(0o700)

    # --- what is set
    # -------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read everything that is set; makes the secrets that are missing."""
        given = {**read_env_file(self.root / ".env"), **self.environment}
        self.given = {name: value for name, value in given.items() if value.strip()}
        kept = self._secrets()
        self.values = {
            "ENVIRONMENT": "development",
            "UNITS": ",".join(self.known_units()),
            "MODELS_DIR": str(self.root / "models"),
            "MEDIA_DIR": str(self.var / "media"),
            "CHANNEL_ACCOUNTS": str(self.var / "channel-accounts.yml"),
            **kept,
            **self.given,
        }

    def known_units(self) -> list[str]:
        """The units that this copy of the platform has, in the house's order."""
        from contract.settings import ALL_UNITS

        folder = self.root / "huntred" / "units" / "seed"
        found = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
        found -= {"shared"}
        return [unit for unit in ALL_UNITS if unit in found or not found] + sorted(found - set(ALL_UNITS))

    def choose_units(self, units: Sequence[str]) -> None:
        """Run fewer units. Raises InstallationError naming those that do not exist."""
        known = self.known_units()
        unknown = [unit for unit in units if unit not in known]
        if unknown:
            raise InstallationError(f"unknown unit {', '.join(unknown)}; there are {', '.join(known)}")
        if units:
            self.values["UNITS"] = ",".join(dict.fromkeys(units))

    @property
    def units(self) -> list[str]:
        return [unit.strip() for unit in self.values["UNITS"].split(",") if unit.strip()]

    @property
    def outside_database(self) -> bool:
        """Whether a PostgreSQL of the caller's is used."""
        return "ADMIN_DATABASE_URL" in self.given or "DATABASE_URL" in self.given

    @property
    def keeps_backups(self) -> bool:
        """Whether the embedded database is backed up continuously (BACKUP_TO)."""
        return bool(self.values.get("BACKUP_TO")) and not self.outside_database

    @property
    def outside_redis(self) -> bool:
        return "REDIS_URL" in self.given

    @property
    def with_standins(self) -> bool:
        """In development, and only where no vendor's address is set, the stand-ins are the vendors."""
        return self.values["ENVIRONMENT"] == "development" and not any(name in self.given for name in _PROVIDERS)

    def _secrets(self) -> dict[str, str]:
        path = self.var / "secrets.env"
        kept = read_env_file(path)
        missing = {name: make() for name, make in SECRETS.items() if name not in kept}
        if missing:
            kept |= missing
            lines = "".join(f"{name}={value}\n" for name, value in kept.items())
            draft = path.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.chmod(0o600)
            draft.write_text(
                "# Made at first start. Without ENCRYPTION_KEYS what is encrypted stays so: keep a copy.\n" + lines
            )
            draft.replace(path)
        return kept

    # --- ports and addresses
    # -----------------------------------------------------------------------------------

    def choose_ports(self, *, embedded: bool = True) -> None:
        """Settle every port: the one that was asked for, else the usual one, else a free one."""
        memory = self.var / "ports.json"
        remembered: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
        wanted = dict(DEFAULT_PORTS)
        try:
            wanted |= extra_ports(self.values)
        except ValueError as error:
            raise InstallationError(str(error)) from None
        if self.with_standins:
            wanted |= STANDIN_PORTS
        if embedded and not self.outside_database:
            wanted["POSTGRES_PORT"] = SERVER_PORTS["POSTGRES_PORT"]
        if embedded and not self.outside_redis:
            wanted["REDIS_PORT"] = SERVER_PORTS["REDIS_PORT"]
        taken: set[int] = set()
        for name, usual in wanted.items():
            port = self._asked_port(name) or choose_port(remembered.get(name, usual), taken=frozenset(taken))
            if name not in self.given and port != remembered.get(name, usual):
                self.notes.append(f"port {remembered.get(name, usual)} ({name}) is in use, {port} is taken instead")
            taken.add(port)
            self.values[name] = str(port)
        memory.write_text(json.dumps({name: int(self.values[name]) for name in wanted}, indent=2))
        self.settle_addresses()

    def recall_ports(self) -> None:
        """The ports of the last start, for those that look from outside and choose nothing."""
        memory = self.var / "ports.json"
        remembered: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
        usual = {**DEFAULT_PORTS, **STANDIN_PORTS, **SERVER_PORTS, **remembered}
        for name, port in usual.items():
            self.values.setdefault(name, str(port))
        self.settle_addresses()

    def _asked_port(self, name: str) -> int | None:
        raw = self.given.get(name, "")
        if not raw:
            return None
        if not raw.isdigit() or not 0 < int(raw) < 65536:
            raise InstallationError(f"{name} is wrong ({raw!r}): give a TCP port, 1 to 65535")
        if not is_free(int(raw)):
            raise InstallationError(f"port {raw} ({name}) is in use by another program; set {name} to a free one")
        return int(raw)

    def settle_addresses(self) -> None:
        """Derive the addresses that nobody set from the ports."""
        values = self.values
        values.setdefault("PUBLIC_GATEWAY_URL", f"http://127.0.0.1:{values['GATEWAY_PORT']}")
        values.setdefault("PUBLIC_BACKOFFICE_URL", f"http://127.0.0.1:{values['BACKOFFICE_PORT']}")
        values.setdefault("ACTIONS_URL", f"http://127.0.0.1:{values['ACTIONS_PORT']}")
        if self.with_standins:
            standins = f"http://127.0.0.1:{values['STANDINS_PORT']}"
            values["STANDINS_URL"] = standins
            values["WHATSAPP_API_URL"] = standins
            values["TELEGRAM_API_URL"] = standins
            values["MESSENGER_API_URL"] = f"{standins}/messenger"
            values["INSTAGRAM_API_URL"] = f"{standins}/instagram"
            values["SLACK_API_URL"] = standins
            values["X_API_URL"] = standins
            values["SMTP_URL"] = f"smtp://127.0.0.1:{values['STANDINS_SMTP_PORT']}"
        if not self.outside_redis and "REDIS_PORT" in values:
            values["REDIS_URL"] = (
                f"redis://:{quote(values['REDIS_PASSWORD'], safe='')}@127.0.0.1:{values['REDIS_PORT']}/0"
            )
        if not self.outside_database and "POSTGRES_PORT" in values:
            password = quote(values["DATABASE_PASSWORD_ADMIN"], safe="")
            values["ADMIN_DATABASE_URL"] = (
                f"postgresql://postgres:{password}@127.0.0.1:{values['POSTGRES_PORT']}/postgres"
            )

    @property
    def admin_database_url(self) -> str:
        """The platform's database as its superuser: for backups alone, no policy applies."""
        outside = urlsplit(self.values["ADMIN_DATABASE_URL"])
        return urlunsplit(outside._replace(path=f"/{DATABASE}"))

    def database_url(self, role: str) -> str:
        """The address of the platform's database for one of our roles."""
        outside = urlsplit(self.given.get("DATABASE_URL") or self.values["ADMIN_DATABASE_URL"])
        name = outside.path.lstrip("/") if "DATABASE_URL" in self.given else DATABASE
        secret = quote(self.values[f"DATABASE_PASSWORD_{role.upper()}"], safe="")
        host = outside.netloc.rpartition("@")[2]
        return urlunsplit(outside._replace(netloc=f"huntred_{role}:{secret}@{host}", path=f"/{name or DATABASE}"))

    # --- what a process gets
    # -----------------------------------------------------------------------------------

    def environment_of(self, process: Process, number: int = 1) -> dict[str, str]:
        """The whole environment of one process: its settings and nothing of anybody else's.

        number: which of several of its kind.
        """
        chosen = {name: self.values[name] for name in process.variables if self.values.get(name)}
        chosen |= own_variables(process, number, self.values)
        chosen["DATABASE_URL"] = self.database_url(process.role)
        return {**self._base(process.environment), **chosen}

    def environment_of_command(self) -> dict[str, str]:
        """For the one-shot commands (migrate, seed, demo, user): everything, as the owner of the tables."""
        from runtime.processes import APP_VARIABLES

        names = {*APP_VARIABLES, *MIGRATE_VARIABLES, *_PROVIDERS, "CHANNEL_ACCOUNTS"}
        chosen = {name: self.values[name] for name in sorted(names) if self.values.get(name)}
        chosen["DATABASE_URL"] = self.database_url("migrator")
        return {**self._base("app"), **chosen}

    def environment_of_connect(self) -> dict[str, str]:
        """Of the gateway, but as the owner of the tables, and with the operator's answers."""
        if self.environment.get("DATABASE_URL"):
            return {**LIBRARY_ENVIRONMENT["bot"], **self.environment}
        from runtime.processes import by_name

        self.load()
        self.recall_ports()
        answers = {name: value for name, value in self.given.items() if name.startswith("CONNECT_")}
        return {
            **self.environment_of(by_name("gateway")), **answers,
            "DATABASE_URL": self.database_url("migrator"), "TERM": self.environment.get("TERM", "xterm"),
        }  # fmt: skip

    def environment_of_backup(self) -> dict[str, str]:
        """The backup process reads the whole cluster: it gets the administrator's address and the store's keys."""
        return {
            **self._base("app"),
            **{name: value for name, value in self.given.items() if name.startswith(("AWS_", "BACKUP_"))},
            "BACKUP_VAR": str(self.var),
        }

    def environment_of_training(self) -> dict[str, str]:
        """Training reads files and writes models: it gets no secret at all."""
        return {**self._base("bot"), "MODELS_DIR": self.values["MODELS_DIR"], "UNITS": self.values["UNITS"]}

    def environment_of_standins(self) -> dict[str, str]:
        return {
            **self._base("app"),
            "STANDINS_PORT": self.values["STANDINS_PORT"],
            "STANDINS_SMTP_PORT": self.values["STANDINS_SMTP_PORT"],
            "GATEWAY_URL": self.values["PUBLIC_GATEWAY_URL"],
        }

    def _base(self, environment: str) -> dict[str, str]:
        inherited = {name: self.environment[name] for name in _INHERITED if self.environment.get(name)}
        return {"LANG": "C.UTF-8", **inherited, "PYTHONUNBUFFERED": "1", **LIBRARY_ENVIRONMENT[environment]}


def read_env_file(path: Path) -> dict[str, str]:
    """NAME=value lines; blank lines and lines beginning with # are skipped. Raises InstallationError."""
    values: dict[str, str] = {}
    if not path.exists():
        return values
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, separator, value = text.removeprefix("export ").partition("=")
        if not separator or not name.strip().isidentifier():
            raise InstallationError(f"{path.name}, line {number}: not NAME=value")
        values[name.strip()] = value.strip().strip("'\"")
    return values
