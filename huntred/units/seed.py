"""Puts in what an installation starts from, and what a new version adds to it; the database is the truth.

Units with their stages, divisions and WhatsApp templates come from `seed/<unit>/`, channel apps and accounts from
a credentials file (`apps` and `accounts`, YAML or JSON). Runs as the migrator at each start and upgrade, after the
migrations: nothing that is there is changed, and what somebody removed does not come back (once.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contract.encryption import Cipher
from contract.ids import new_id
from huntred.applications import drafts
from huntred.applications.models import RejectReason, Stage
from huntred.conversations.models import ChannelAccount, ChannelApp, QuickReply
from huntred.db.base import Base
from huntred.gains.models import GainLevel, GainRule, Reward
from huntred.gains.rules import EVENTS
from huntred.notifications.models import MessageTemplate
from huntred.units.models import Division, Unit
from huntred.units.once import Once
from huntred.units.service import SEED_FOLDER

_WEB_APP = "web"
_COMPONENTS = ("header", "footer", "parameters", "buttons")
STAGE_KINDS = ("new", "screening", "interview", "offer", "hired", "rejected", "withdrawn")


class SeedInvalid(Exception):
    """A seed or credentials file says something that cannot be taken; the text names file and field."""


@dataclass
class SeedReport:
    """How many rows were put in, by table."""

    added: dict[str, int] = field(default_factory=dict)

    def count(self, table: str, rows: int) -> None:
        if rows:
            self.added[table] = self.added.get(table, 0) + rows

    def __str__(self) -> str:
        if not self.added:
            return "nothing to put in: all of it is there"
        return ", ".join(f"{rows} {table}" for table, rows in sorted(self.added.items()))


def seed(
    engine: Engine,
    *,
    cipher: Cipher,
    units: Sequence[str] | None = None,
    credentials: Path | None = None,
    gateway_url: str = "",
    approve_templates: bool = False,
    folder: Path = SEED_FOLDER,
) -> SeedReport:
    """Put in what is absent, in one transaction. engine: of the migrator.

    units: codes; all folders unless given. gateway_url: where the web chat is reached. approve_templates: in
    development, where the stand-in knows them; else they wait for Meta. Raises SeedInvalid.
    """
    report = SeedReport()
    known = sorted(path.name for path in folder.iterdir() if (path / "unit.yml").is_file())
    wanted = list(units) if units is not None else known
    for code in wanted:
        if code not in known:
            raise SeedInvalid(f"unit {code}: {folder.name}/{code}/unit.yml is missing")
    with Session(engine) as session, session.begin():
        # Two installations that start at once take turns.
        session.execute(text("SELECT pg_advisory_xact_lock(7340032)"))
        for code in wanted:
            _seed_unit(session, folder / code, approve_templates, report)
        for code in wanted:
            _seed_web(session, code, cipher, gateway_url, report)
        if credentials is not None:
            _seed_channels(session, credentials, wanted, cipher, report)
    return report


def _seed_unit(session: Session, folder: Path, approve_templates: bool, report: SeedReport) -> None:
    content = _read(folder / "unit.yml")
    code = folder.name
    if content.get("code") != code:
        raise SeedInvalid(f"{code}/unit.yml: code is {content.get('code')!r}, the folder says {code!r}")
    if not content.get("name"):
        raise SeedInvalid(f"{code}/unit.yml: name is missing")
    notice = folder / "privacy.md"
    _put(
        session, report, Unit,
        [
            {
                "code": code, "name": content["name"], "tagline": content.get("tagline", ""),
                "colour": content.get("colour", "#3b82f6"), "languages": content.get("languages", ["es"]),
                "timezone": content.get("timezone", "America/Mexico_City"),
                "privacy_version": str(content.get("privacy_version", "")),
                "privacy_notice": notice.read_text(encoding="utf-8") if notice.is_file() else "",
                "position": content.get("position", 100), "in_picker": content.get("in_picker", True),
                "settings": content.get("settings", {}),
            }
        ],
        ["code"],
    )  # fmt: skip
    once = Once(session, code)
    report.count("settings", once.add_settings(content.get("settings", {})))
    stages = content.get("stages", [])
    for stage in stages:
        if stage.get("kind") not in STAGE_KINDS:
            raise SeedInvalid(f"{code}/unit.yml: stage kind {stage.get('kind')!r} is none of {', '.join(STAGE_KINDS)}")
    has_stages = session.scalar(select(Stage.id).where(Stage.unit == code).limit(1)) is not None
    if not has_stages:
        rows = [
            {
                "id": new_id(), "unit": code, "kind": stage["kind"], "name": stage["name"], "ord": position,
                "wip_limit": stage.get("wip_limit"), "ageing_days": stage.get("ageing_days"),
            }
            for position, stage in enumerate(stages, 1)
        ]  # fmt: skip
        _put(session, report, Stage, rows, ["unit", "name"])
    if stages:
        _seed_reject_reasons(session, folder, content.get("settings", {}).get("form_of_address", "tu"), report)
    divisions = [
        {"id": new_id(), "unit": code, "code": division["code"], "name": division["name"]}
        for division in content.get("divisions", [])
    ]
    _put(session, report, Division, divisions, ["unit", "code"])
    starters = folder.parent / "shared" / "quick_replies.yml"
    rows = _read(starters).get("quick_replies", []) if starters.is_file() else []
    there = session.scalars(select(QuickReply.shortcut).where(QuickReply.unit == code)).all()
    fresh = once.fresh("quick_replies", [row["shortcut"] for row in rows], there, begun=True)
    rows = [{"id": new_id(), "unit": code, **row} for row in rows if row["shortcut"] in fresh]
    _put(session, report, QuickReply, rows, ["unit", "shortcut"])
    _seed_gains(session, folder, once, report)
    templates = [row for file in template_files(folder) for row in _read(file).get("templates", [])]
    _put(
        session, report, MessageTemplate,
        [
            {
                "id": new_id(), "unit": code, "channel": "whatsapp", "name": template["name"],
                "language": template.get("language", "es_MX"), "category": template.get("category", "UTILITY"),
                "body": template["body"],
                "components": {key: template[key] for key in _COMPONENTS if key in template},
                "state": "APPROVED" if approve_templates else "PENDING",
            }
            for template in templates
        ],
        ["unit", "channel", "name", "language"],
    )  # fmt: skip


def template_files(folder: Path) -> list[Path]:
    """Return the files of a unit's WhatsApp templates: the Spanish ones, then those of each other language."""
    return [file for file in (folder / "templates.yml", *sorted(folder.glob("templates.*.yml"))) if file.is_file()]


def _seed_gains(session: Session, folder: Path, once: Once, report: SeedReport) -> None:
    """The points, levels and rewards of a unit that has `gains.yml`. Levels hang together: all or none."""
    path = folder / "gains.yml"
    if not path.is_file():
        return
    content, code = _read(path), folder.name
    for rule in content.get("rules", []):
        if rule.get("event") not in EVENTS:
            raise SeedInvalid(f"{code}/gains.yml: event {rule.get('event')!r} is none of {', '.join(EVENTS)}")
    rewards = [{"ord": position, **reward} for position, reward in enumerate(content.get("rewards", []), 1)]
    for reward in rewards:
        amount = reward.get("cost_amount")
        reward["cost_amount"] = Decimal(amount) if amount is not None else None
    parts: list[tuple[type[Any], list[dict[str, Any]], str]] = [
        (GainRule, content.get("rules", []), "event"), (GainLevel, content.get("levels", []), "name"),
        (Reward, rewards, "name"),
    ]  # fmt: skip
    for model, rows, key in parts:
        part = str(model.__tablename__)
        there = session.scalars(select(getattr(model, key)).where(model.unit == code)).all()
        if model is GainLevel:
            fresh = {row[key] for row in rows} if once.fresh(part, ["all"], ["all"] if there else []) else set()
        else:
            fresh = once.fresh(part, [row[key] for row in rows], there, begun=model is Reward)
        defaults = {"badge": "", "badge_after": 1} if model is GainRule else {}
        rows = [{"id": new_id(), "unit": code, **defaults, **row} for row in rows if row[key] in fresh]
        _put(session, report, model, rows, ["unit", key])


def _seed_reject_reasons(session: Session, folder: Path, form_of_address: str, report: SeedReport) -> None:
    """The unit's own `reject_reasons.yml`, else the shared one; the message in the unit's form of address."""
    if session.scalar(select(RejectReason.id).where(RejectReason.unit == folder.name).limit(1)) is not None:
        return
    path, rows = drafts.file_of(folder), []
    for position, reason in enumerate(_read(path).get("reject_reasons", []), 1):
        message = reason.get("message", "")
        if isinstance(message, dict):
            message = message.get(form_of_address)
        if not reason.get("name") or not isinstance(message, str):
            raise SeedInvalid(f"{path.name}: reason {position} lacks its name, or its message for {form_of_address!r}")
        rows.append(
            {"id": new_id(), "unit": folder.name, "name": reason["name"], "message": message.strip(), "ord": position}
        )
    _put(session, report, RejectReason, rows, ["unit", "name"])


def _seed_web(session: Session, unit: str, cipher: Cipher, gateway_url: str, report: SeedReport) -> None:
    """Every unit has a web chat of its own; its account is the unit's code and holds no secret."""
    app_id = _app(session, "web", _WEB_APP, {}, cipher, report)
    _account(
        session, app_id, cipher, report,
        {
            "unit": unit, "channel": "web", "external_id": unit, "name": unit, "secrets": {},
            "address": f"{gateway_url}/chat/{unit}" if gateway_url else "",
        },
    )  # fmt: skip


def _seed_channels(
    session: Session, path: Path, units: Sequence[str], cipher: Cipher, report: SeedReport
) -> None:
    content = _read(path)
    apps = {}
    for app in content.get("apps", []):
        key = (app.get("channel"), app.get("name"))
        if not all(key) or not isinstance(app.get("secrets"), dict):
            raise SeedInvalid(f"{path.name}: an app without channel, name or secrets")
        apps[key] = app["secrets"]
    for account in content.get("accounts", []):
        for name in ("unit", "channel", "app", "external_id", "name", "secrets"):
            if name not in account:
                raise SeedInvalid(f"{path.name}: account {account.get('external_id', '?')} has no {name}")
        key = (account["channel"], account["app"])
        if key not in apps:
            raise SeedInvalid(f"{path.name}: account {account['external_id']} names the unknown app {account['app']}")
        if account["unit"] not in units:
            continue
        app_id = _app(session, account["channel"], account["app"], apps[key], cipher, report)
        _account(session, app_id, cipher, report, account)


def _app(
    session: Session, channel: str, name: str, secrets: Mapping[str, str], cipher: Cipher, report: SeedReport
) -> Any:
    sealed = cipher.seal(json.dumps(dict(secrets)), "channel_apps.secrets")
    _put(
        session, report, ChannelApp,
        [{"id": new_id(), "channel": channel, "name": name, "secrets": sealed}], ["channel", "name"],
    )  # fmt: skip
    return session.scalars(
        select(ChannelApp.id).where(ChannelApp.channel == channel, ChannelApp.name == name)
    ).one()


def _account(
    session: Session, app_id: Any, cipher: Cipher, report: SeedReport, account: Mapping[str, Any]
) -> None:
    secrets = dict(account["secrets"])
    if account.get("business_account_id"):
        secrets["business_account_id"] = account["business_account_id"]
    _put(
        session, report, ChannelAccount,
        [
            {
                "id": new_id(), "unit": account["unit"], "app_id": app_id, "channel": account["channel"],
                "external_id": str(account["external_id"]), "name": account["name"],
                "address": account.get("address", ""),
                "secrets": cipher.seal(json.dumps(secrets), "channel_accounts.secrets"),
            }
        ],
        ["channel", "external_id"],
    )  # fmt: skip


def _put(
    session: Session, report: SeedReport, model: type[Base], rows: list[dict[str, Any]], key: list[str]
) -> None:
    if not rows:
        return
    table = model.__table__
    put = session.execute(
        insert(model).values(rows).on_conflict_do_nothing(index_elements=key).returning(table.c[key[0]])
    )
    report.count(str(table.name), len(put.all()))  # type: ignore[attr-defined]  # a Table, which the stubs call a FromClause


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise SeedInvalid(f"{path.name}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise SeedInvalid(f"{path.name}: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise SeedInvalid(f"{path.name}: not a mapping")
    return content
