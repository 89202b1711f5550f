"""How dates, times and money are written, in the language of who looks, as filters of the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from flask import Flask, g, has_app_context
from markupsafe import Markup

from backoffice import language, work
from backoffice.notice import notice_html
from backoffice.translations.catalogue import stored
from huntred import fields
from huntred.people.models import UnitProfile
from huntred.people.recap import shown as recap_shown
from huntred.people.service import full_name
from huntred.vacancies.rules import Paid, salary_text

MEXICO = ZoneInfo("America/Mexico_City")


def viewer_zone() -> ZoneInfo:
    """The time zone of who looks (`auth.py` sets it): their own, else the unit's; of public pages, the capital's."""
    # A file that the worker writes has nobody who looks.
    return cast("ZoneInfo", g.get("zone", MEXICO)) if has_app_context() else MEXICO


def local(at: datetime) -> datetime:
    return at.astimezone(viewer_zone())


def day(at: datetime | date | None) -> str:
    """Such as "lun, 2 de mar"; with the year where it is another one."""
    if at is None:
        return ""
    on = local(at).date() if isinstance(at, datetime) else at
    skeleton = "MMMEd" if on.year == local(work.now()).year else "yMMMd"
    return str(format_skeleton(skeleton, on, locale=language.locale()))


def long_day(at: datetime | date | None) -> str:
    """Such as "lunes 2 de marzo de 2026"."""
    if at is None:
        return ""
    told = str(format_date(local(at) if isinstance(at, datetime) else at, "full", locale=language.locale()))
    # CLDR puts a comma after the day of the week that a Spanish sentence has no place for: "el lunes 2 de marzo".
    return told if language.chosen() == language.ENGLISH else told.replace(", ", " ", 1)


def month_name(on: date) -> str:
    """Such as "marzo de 2026"."""
    return str(format_skeleton("yMMMM", on, locale=language.locale()))


def iso_month(raw: str) -> str:
    """Write "2025-09" as "sep 2025"; a year alone stays."""
    if "-" not in raw:
        return raw
    return str(format_skeleton("yMMM", date.fromisoformat(f"{raw}-01"), locale=language.locale()))


def iso_day(raw: str) -> str:
    """A day as codes carry it, as people write it."""
    return day(date.fromisoformat(raw))


def clock(at: datetime | None) -> str:
    """Such as "09:30"."""
    return "" if at is None else str(format_time(local(at), "HH:mm", locale=language.locale()))


def day_time(at: datetime | None) -> str:
    return "" if at is None else f"{day(at)}, {clock(at)}"


def ago(at: datetime | None) -> str:
    """Such as "hace 5 minutos", with the exact time on hover and for machines."""
    if at is None:
        return ""
    told = format_timedelta(at - work.now(), add_direction=True, locale=language.locale())
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact(at), told)


def exact(at: datetime | None) -> str:
    """Such as "lunes 2 de marzo de 2026, 09:30": what stands behind a relative time."""
    return "" if at is None else f"{long_day(at)}, {clock(at)}"


def money(amount: Decimal | None, currency: str = "MXN") -> str:
    """Such as "$18,500.00 MXN"."""
    return "" if amount is None else f"${amount:,.2f} {currency}"


def percent(share: Decimal | float | None) -> str:
    """Such as "50 %"; "50%" in English."""
    return "" if share is None else f"{share * 100:.0f}{percent_sign()}"


def percent_sign() -> str:
    return "%" if language.chosen() == language.ENGLISH else " %"


def salary(vacancy: Paid) -> str:
    return salary_text(vacancy, language.chosen())


def in_language(told: str | None) -> str:
    """A text that another process wrote into a row, such as why a message was not sent."""
    return stored(told or "") if language.chosen() == language.ENGLISH else told or ""


def sentence(told: str) -> str:
    """With a capital where it begins; what follows stays, as English months do."""
    return told[:1].upper() + told[1:]


def field_name(code: str) -> str:
    """A field of study or work."""
    return fields.name(code, language.chosen())


def shown(field: str, profile: UnitProfile) -> str:
    """A value of a profile as people read it."""
    return recap_shown(field, profile, language.chosen())


def number(value: int) -> str:
    return f"{value:,}"


def phone(value: str | None) -> str:
    """Such as "55 1234 5678" for a Mexican number; another country's as it came."""
    digits = "".join(sign for sign in value or "" if sign.isdigit())
    if digits.startswith("52") and len(digits) in {12, 13}:
        digits = digits[-10:]
        return f"{digits[:2]} {digits[2:6]} {digits[6:]}"
    return value or ""


def initials(name: str) -> str:
    words = [word for word in name.split() if word[:1].isalpha()]
    return "".join(word[0] for word in words[:2]).upper() or "·"


def plain_number(value: Any) -> str:
    """A number without zeros that say nothing: "2.5", "3"."""
    return "" if value is None else f"{Decimal(str(value)).normalize():f}"


def colour(value: str) -> str:
    """A colour as it may stand in a style; anything else is our red."""
    return value if re.fullmatch(r"#[0-9a-fA-F]{6}", value) else "#b3261e"


def rest(args: Mapping[str, str]) -> dict[str, str]:
    """The arguments of a list's address without its page."""
    return {key: value for key, value in args.items() if key != "cursor" and value}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=day, long_day=long_day, clock=clock, month_name=month_name, iso_day=iso_day, iso_month=iso_month,
        day_time=day_time, ago=ago, money=money, percent=percent,
        number=number, phone=phone, initials=initials, plain_number=plain_number, salary=salary,
        full_name=full_name, sentence=sentence, in_language=in_language, colour=colour, notice=notice_html,
    )  # fmt: skip
    app.jinja_env.globals.update(shown=shown, rest=rest, local=local)
