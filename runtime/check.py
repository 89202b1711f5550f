"""make check: what is wrong with this installation, and how to mend it. Changes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rich.console import Console

from contract.settings import SettingsInvalid, read_bot_settings
from huntred.settings import read_app_settings
from runtime import frontend, health, system, training
from runtime.backup.state import BackupState
from runtime.installation import Installation, InstallationError, read_env_file
from runtime.ports import is_free
from runtime.processes import DEFAULT_PORTS, by_name
from runtime.status import read_state, running_pid


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. mend: what to do where it is not well."""

    what: str
    well: bool
    detail: str
    mend: str = ""


def check(installation: Installation, console: Console) -> int:
    """Print every finding; returns how many are not well (as an exit status)."""
    wrong = 0
    for finding in look(installation):
        sign = "[green]✓[/]" if finding.well else "[red]✗[/]"
        console.print(f"{sign} {finding.what:<26} ", end="", highlight=False)
        console.print(finding.detail, markup=False, highlight=False, soft_wrap=True)
        if not finding.well:
            wrong += 1
            console.print(f"    → {finding.mend}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"\n{wrong} to mend" if wrong else "\nnothing to mend")
    return 1 if wrong else 0


def look(installation: Installation) -> Iterator[Finding]:
    """All findings, in the order in which one would mend them."""
    yield from _machine(installation)
    try:
        if (installation.var / "secrets.env").exists():
            installation.load()
    except InstallationError as error:
        yield Finding("Settings", False, str(error), "mend that line")
        return
    if not installation.values:
        yield Finding("Secrets", False, "this installation was never started", "make up makes them")
        return
    pid = running_pid(installation)
    yield from _secrets(installation)
    yield from _ports(installation, pid)
    yield from _settings(installation)
    yield from _backups(installation)
    yield from _models(installation)
    yield from _servers(installation, pid)
    yield from _providers(installation)


def _machine(installation: Installation) -> Iterator[Finding]:
    for name, version in (("app", "3.11"), ("bot", "3.10")):
        python = installation.root / ".venv" / name / "bin" / "python"
        yield Finding(
            f"Environment {name}",
            python.exists(),
            f"Python {version}, {python}",
            "make up installs it from its lock",
        )
    free = shutil.disk_usage(installation.root).free / 2**30
    yield Finding("Disk", free > 2, f"{free:.1f} GB free", "free some: 2 GB are the least")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield Finding("Memory", memory > 3.5, f"{memory:.1f} GB", "4 GB are the least for all units; BU=amigro needs less")
    for part in system.parts(installation.root, tests=True):
        yield Finding(part.name, part.is_here(), f"for {part.wanted_by}", part.command)
    yield Finding(
        "Front-end libraries",
        frontend.is_current(installation.root),
        str(frontend.VENDOR),
        "python -m runtime frontend, or make up",
    )


def _secrets(installation: Installation) -> Iterator[Finding]:
    path = installation.var / "secrets.env"
    mode = path.stat().st_mode & 0o777
    yield Finding("Secrets", mode == 0o600, f"{path}, mode {mode:o}", f"chmod 600 {path}")
    kept = read_env_file(path)
    if (installation.var / "postgres" / "data").exists() and "DATABASE_PASSWORD_ADMIN" not in kept:
        yield Finding("Secrets", False, "the database's password is gone", "put var/secrets.env back from a copy")


def _backups(installation: Installation) -> Iterator[Finding]:
    if installation.outside_database:
        return
    state = BackupState(installation.run / "backup.json")
    if not installation.keeps_backups:
        # make up may have been given BACKUP_TO by itself: what this shell does not know is not said.
        last = state.read().get("base", "none")
        yield Finding("Backups", True, f"the last base backup: {last} (BACKUP_TO is not set here)")
        return
    trouble = state.trouble(now=BackupState.now())
    yield Finding("Backups", not trouble, trouble or "the log is shipped", "make logs PROCESS=backup says why")


def _ports(installation: Installation, pid: int | None) -> Iterator[Finding]:
    state = {entry["name"]: entry for entry in read_state(installation).get("processes", [])} if pid else {}
    if pid:
        unwell = [
            f"{name} ({entry['state']}: {entry['reason']})" for name, entry in state.items() if entry["state"] != "well"
        ]
        yield Finding(
            "Processes",
            not unwell,
            "; ".join(unwell) or f"{len(state)} run, process {pid} keeps them",
            "make logs PROCESS=… says more",
        )
        return
    yield Finding("Processes", True, "none run (make up starts them)")
    for name, usual in DEFAULT_PORTS.items():
        raw = installation.given.get(name, str(usual))
        free = raw.isdigit() and is_free(int(raw))
        if free or name in installation.given:
            yield Finding(
                f"Port {raw}",
                free,
                f"{name}, free" if free else f"{name}, in use",
                f"set {name} to a free one",
            )
        else:
            yield Finding(f"Port {raw}", True, f"{name} is in use; make up will take a free one instead")


def _settings(installation: Installation) -> Iterator[Finding]:
    installation.recall_ports()
    readers: tuple[tuple[str, str, Callable[[Mapping[str, str]], object]], ...] = (
        ("actions", "app", read_app_settings),
        ("gateway", "bot", read_bot_settings),
    )
    for name, label, read in readers:
        try:
            read(installation.environment_of(by_name(name)))
            yield Finding(f"Settings ({label})", True, "complete")
        except SettingsInvalid as error:
            for fault in error.faults:
                yield Finding(f"Settings ({label})", False, fault, "set it in .env or in the environment")


def _models(installation: Installation) -> Iterator[Finding]:
    missing = [unit for unit in installation.units if not training.has_model(installation, unit)]
    detail = "of " + ", ".join(installation.units) if not missing else "none of " + ", ".join(missing)
    yield Finding("Models", not missing, detail, f"make train BU={','.join(missing)}")


def _servers(installation: Installation, pid: int | None) -> Iterator[Finding]:
    if not pid and not (installation.outside_database or installation.outside_redis):
        data = installation.var / "postgres" / "data" / "PG_VERSION"
        if data.exists():
            version = data.read_text().strip()
            yield Finding(
                "Database",
                version == "16",
                f"PostgreSQL {version}, at rest",
                "dump it with its own version and restore it, or move var/postgres away",
            )
        return
    if pid or installation.outside_database:
        found = health.postgres_check(installation.database_url("migrator"))()
        yield Finding("Database", found.well, found.detail, "is it up, and are the passwords those of var/secrets.env?")
        if found.well:
            yield from _schema(installation)
    if pid or installation.outside_redis:
        found = health.redis_check(installation.values["REDIS_URL"])()
        yield Finding("Redis", found.well, found.detail, "is it up, and is REDIS_URL right?")


def _schema(installation: Installation) -> Iterator[Finding]:
    import psycopg
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(installation.root / "huntred" / "db" / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    try:
        with psycopg.connect(installation.database_url("migrator"), connect_timeout=3) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.Error as error:
        yield Finding("Schema", False, str(error).splitlines()[0], "make up brings it up to date")
        return
    now = row[0] if row else "none"
    yield Finding("Schema", now == head, f"at {now}, the newest is {head}", "make up brings it up to date")


def _providers(installation: Installation) -> Iterator[Finding]:
    if installation.with_standins:
        yield Finding("Vendors", True, "stand-ins (development): nothing leaves this machine")
        return
    credentials = installation.root / "credentials.yml"
    yield Finding(
        "Credentials",
        credentials.exists(),
        "credentials.yml names the channels",
        "write it, see docs/operators.md",
    )
    mail = installation.values.get("SMTP_URL", "")
    yield Finding("Mail server", bool(mail), "SMTP_URL is set" if mail else "SMTP_URL is not set", "set SMTP_URL")
    public = installation.values.get("PUBLIC_GATEWAY_URL", "")
    yield Finding(
        "Public address",
        public.startswith("https://"),
        f"PUBLIC_GATEWAY_URL is {public or 'not set'}",
        "vendors send webhooks to https only: set PUBLIC_GATEWAY_URL to the address that reaches the gateway",
    )
