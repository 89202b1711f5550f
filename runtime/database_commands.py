"""The one-shot commands that write to the database: migrate, seed, demo, user. Each is one
transaction or repeatable.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from contract.settings import Reader
from runtime.installation import ROOT
from runtime.processes import ROLES

_POSTGRES = ("postgresql",)
_PASSWORD_LENGTH = 12


def _migrator_url() -> str:
    reader = Reader()
    url = reader.url("DATABASE_URL", "postgresql://huntred_migrator:password@host:port/name", _POSTGRES)
    reader.done()
    return url


def migrate() -> None:
    """Roles and database where ADMIN_DATABASE_URL is set (else they must be there), then the schema."""
    import psycopg
    from sqlalchemy.exc import OperationalError

    from huntred.db import migrate as steps

    url = _migrator_url()
    reader = Reader()
    admin_url = reader.text("ADMIN_DATABASE_URL", "the address of a role that may create roles and databases", "")
    passwords = (
        {
            f"huntred_{role}": reader.secret(f"DATABASE_PASSWORD_{role.upper()}", "that role's password")
            for role in ROLES
        }
        if admin_url
        else {}
    )
    reader.done()
    try:
        if admin_url:
            steps.create_roles(admin_url, passwords)
            steps.create_database(admin_url, urlsplit(url).path.lstrip("/"))
        steps.upgrade(url)
    except (psycopg.OperationalError, OperationalError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        sys.exit(f"the database does not let us in: {reason}")
    print("schema is up to date")


def seed() -> None:
    """Units, stages, templates and channel accounts, where they are absent."""
    from contract.encryption import Cipher
    from huntred.db.session import make_engine
    from huntred.settings import read_app_settings
    from huntred.units.seed import SeedInvalid
    from huntred.units.seed import seed as put_in

    settings = read_app_settings()
    credentials = _accounts_file(settings.environment)
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        report = put_in(
            engine,
            cipher=Cipher(settings.encryption_keys),
            credentials=credentials,
            gateway_url=settings.public_gateway_url,
            approve_templates=settings.environment != "production",
        )
    except SeedInvalid as error:
        sys.exit(str(error))
    finally:
        engine.dispose()
    print(f"units: {report}")


def _accounts_file(environment: str) -> Path | None:
    """The real channel accounts where the operator wrote them; in development else those of the stand-ins."""
    reader = Reader()
    own = Path(reader.text("CHANNEL_ACCOUNTS", "a file of apps and accounts", "var/channel-accounts.yml"))
    if own.exists():
        return own
    demo = ROOT / "tests" / "standins" / "accounts.json"
    return demo if environment != "production" and demo.exists() else None


def demo() -> None:
    """The demo data, in development only; a second time changes nothing."""
    from huntred.clock import utc_now
    from huntred.settings import read_app_settings
    from runtime.demo.load import DemoImpossible, load
    from runtime.wiring import wire

    settings = read_app_settings()
    if settings.environment == "production":
        sys.exit("demo data do not belong into production; set ENVIRONMENT=development to load them")
    wiring = wire(settings, pool_size=1)
    try:
        report = load(wiring.engine, now=utc_now(), password_salt=settings.password_salt)
    except DemoImpossible as error:
        sys.exit(str(error))
    finally:
        wiring.engine.dispose()
    print(f"demo data: {report}")


def user(email: str, role: str, units: Sequence[str], password: str) -> None:
    """A user of the back office with one role, in one transaction."""
    from huntred.access.service import GrantForm, create_user
    from huntred.clock import utc_now
    from huntred.db.session import Scope
    from huntred.db.unit_of_work import unit_of_work
    from huntred.errors import HuntredError
    from huntred.settings import read_app_settings
    from runtime.wiring import wire

    if role not in {"super_admin", "consultant"}:
        sys.exit(f"unknown role {role}; give super_admin or consultant (others: in the back office)")
    if role == "consultant" and not units:
        sys.exit("a consultant belongs to units: give --units, e.g. --units amigro")
    if len(password) < _PASSWORD_LENGTH:
        sys.exit(f"the password is too short: give at least {_PASSWORD_LENGTH} characters")
    grants = [GrantForm("consultant", unit) for unit in units] if role == "consultant" else [GrantForm(role)]
    settings = read_app_settings()
    wiring = wire(settings, pool_size=1)
    try:
        with unit_of_work(wiring.engine, Scope(all_units=True)) as uow:
            create_user(
                uow,
                email=email,
                name=email.partition("@")[0],
                grants=grants,
                now=utc_now(),
                password=password,
                password_salt=settings.password_salt,
            )
    except HuntredError as error:
        sys.exit(f"the user was not made: {error.code} {error}")
    finally:
        wiring.engine.dispose()
    print(f"{email} can log in at {settings.public_backoffice_url}")
