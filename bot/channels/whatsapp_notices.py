"""Reads what WhatsApp tells beside messages: of templates, numbers and the business that owns them. Pure.

By Meta's reference of webhooks of a WhatsApp Business Account: message_template_status_update,
message_template_quality_update, template_category_update, phone_number_quality_update, account_update and the like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from bot.accounts import Account
from bot.arrivals import AccountNews, Event, TemplateNews
from bot.channels.meta import at

TEMPLATE_FIELDS = frozenset(
    {"message_template_status_update", "message_template_quality_update", "template_category_update"}
)
# Of the business account as a whole, or of one number, which `display_phone_number` or `phone_number` names.
ACCOUNT_FIELDS = frozenset(
    {
        "account_update", "account_alerts", "account_review_update", "business_capability_update",
        "phone_number_quality_update", "phone_number_name_update",
    }
)  # fmt: skip
# What the app is subscribed to at Meta; `make connect` registers it.
SUBSCRIBED = ("messages", *sorted(TEMPLATE_FIELDS), *sorted(ACCOUNT_FIELDS))
_BACK_IN_USE = "REINSTATED"


def of_business(accounts: Sequence[Account], business_id: str) -> list[Account]:
    """Return the numbers that belong to a WhatsApp Business Account."""
    if not business_id:
        return []
    return [account for account in accounts if str(account.secrets.get("business_account_id", "")) == business_id]


def read_notice(
    accounts: Sequence[Account], field: str, entry: Mapping[str, Any], value: Mapping[str, Any]
) -> Iterator[Event]:
    """Yield what a change of one of these fields says. accounts: the numbers of the entry's business account."""
    told = at(entry.get("time")) or datetime.now(timezone.utc)
    if field in TEMPLATE_FIELDS:
        for account in _one_of_each_unit(accounts):
            yield _template(account, field, told, value)
        return
    number = _digits(value.get("display_phone_number") or value.get("phone_number"))
    named = [account for account in accounts if number and _digits(account.address) == number]
    for account in named or accounts:
        yield AccountNews(account, field, {**value, "at": told.isoformat()})


def _template(account: Account, field: str, told: datetime, value: Mapping[str, Any]) -> TemplateNews:
    state = str(value["event"]) if field == "message_template_status_update" else ""
    return TemplateNews(
        account,
        name=str(value["message_template_name"]),
        language=str(value["message_template_language"]),
        vendor_id=str(value.get("message_template_id") or ""),
        at=told,
        state="APPROVED" if state == _BACK_IN_USE else state,
        reason=_reason(value) if state else "",
        quality=str(value.get("new_quality_score") or ""),
        category=str(value.get("new_category") or ""),
    )


def _reason(value: Mapping[str, Any]) -> str:
    """Meta's code, and its own words where it gives some."""
    code = str(value.get("reason") or "")
    more = value.get("other_info") or value.get("rejection_info") or {}
    words = str(more.get("description") or more.get("reason") or "") if isinstance(more, Mapping) else ""
    return ": ".join(part for part in ("" if code == "NONE" else code, words) if part)


def _one_of_each_unit(accounts: Sequence[Account]) -> list[Account]:
    return list({account.unit: account for account in accounts}.values())


def _digits(text: Any) -> str:
    return "".join(char for char in str(text or "") if char.isdigit())
