"""What the errors of the Send API mean for a message, on Messenger and Instagram. Pure.

Codes by Meta's table of common errors of the Messenger Platform; a subcode says more than its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.connector import Receipt
from bot.channels.meta import without_code

# Calls of the app, the page or the business above what is allowed; 80002 is Instagram's, 80006 Messenger's.
_RATE = {"4", "17", "32", "341", "613", "80001", "80002", "80006"}
# Meta's own trouble; and ours with the token or a permission: the message is as good as before.
_TROUBLE = {"2", "1200"}
_ACCOUNT = {"3", "10", "102", "190", "200", "230", "298", "368"}
_OUTSIDE = {"2018278", "2018065", "2534022"}
_UNREACHABLE = {"1545041", "2018108", "2018027", "2018001", "2018218", "2534013", "2534014"}
_REASONS = {
    "551": "the person is not available: has blocked the account, or takes no messages",
    "2018001": "the person is not known to this account",
    "2018008": "the file could not be fetched from its address",
    "2018047": "the file is not of the kind that was said",
    "2018109": "the file is too large",
    "2018034": "an empty message",
    "2018320": "the text is too long",
    "100": "a value is not valid",
}


def of_answer(vendor: str, status: int, body: Mapping[str, Any], attempts: int) -> Receipt:
    """Read an answer that is no success. attempts: how many times this row was tried before."""
    error = body.get("error")
    if not isinstance(error, Mapping) or error.get("code") is None:
        return without_code(vendor, status)
    code, subcode = str(error["code"]), str(error.get("error_subcode") or "")
    shown = f"{code}/{subcode}" if subcode else code
    detail = str(error.get("error_user_msg") or error.get("message") or "")[:500]
    if subcode in _OUTSIDE:
        return Receipt("refused", code=shown, reason=f"outside the window in which {vendor} allows to write")
    if subcode in _UNREACHABLE or code == "551":
        reason = _REASONS.get(subcode, _REASONS["551"])
        return Receipt("failed", code=shown, reason=f"{reason} ({detail})" if detail else reason)
    if code in _RATE or status == 429:
        return Receipt("retry", code=shown, reason=detail, after=float(min(2**attempts, 300)), account_wide=True)
    if code in _ACCOUNT:
        return Receipt("retry", code=shown, reason=detail, after=60.0, account_wide=True)
    if code == "1":
        # Meta's page of errors: such a message may have gone although the answer says otherwise.
        return Receipt("unknown", code=shown, reason=detail)
    if code in _TROUBLE or (status >= 500 and not {code, subcode} & _REASONS.keys()):
        return Receipt("retry", code=shown, reason=detail)
    reason = _REASONS.get(subcode) or _REASONS.get(code, "")
    return Receipt("failed", code=shown, reason=f"{reason} ({detail})" if reason and detail else reason or detail)
