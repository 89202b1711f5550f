"""What WhatsApp's error codes mean for a message: again later, never, or perhaps it went after all. Pure.

Codes by Meta's table of Cloud API errors; `details` names the fault in Meta's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.connector import Receipt
from bot.channels.meta import without_code

# Rates: of the whole number, and of this pair of number and person.
_NUMBER_RATE = {"4", "80007", "130429", "131057", "133016"}
_PAIR_RATE = {"131056"}
# Meta's own trouble, and ours with the token: the message is as good as before.
_TROUBLE = {"0", "1", "2", "131000", "131016", "133004", "135000"}
_ACCOUNT = {"3", "10", "190", "200", "131005", "131031", "131042", "131045", "133010", "368"}
_REFUSED = {
    "131047": "outside the 24 h window of the service, and no approved template was given",
    "131049": "withheld by WhatsApp to keep marketing low for this person",
    "131050": "the person has stopped marketing messages at WhatsApp",
}
_REASONS = {
    "131026": "cannot be delivered: the number has no WhatsApp, or an old one",
    "131051": "a kind of message that WhatsApp does not take",
    "131052": "WhatsApp could not fetch the file",
    "131053": "WhatsApp did not take the file",
    "132000": "the template wants another number of values",
    "132001": "the template does not exist in this language, or is not approved",
    "132005": "the template's text becomes too long",
    "132015": "the template is paused by WhatsApp",
    "132016": "the template was disabled by WhatsApp",
    "131009": "a value is not valid",
    "131008": "a value is missing",
    "100": "a value is not valid",
    "131021": "sender and recipient are the same number",
    "131030": "the recipient is not among the test numbers",
}


def of_answer(status: int, body: Any, attempts: int) -> Receipt:
    """Read an answer that is no success. attempts: how many times this row was tried before."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping) or error.get("code") is None:
        return without_code("WhatsApp", status)
    code = str(error["code"])
    detail = str((error.get("error_data") or {}).get("details") or error.get("message") or "")[:500]
    if code in _PAIR_RATE:
        return Receipt("retry", code=code, reason=detail, after=float(min(4**attempts, 3600)))
    if code in _NUMBER_RATE or status == 429:
        return Receipt("retry", code=code, reason=detail, after=float(min(2**attempts, 300)), account_wide=True)
    if code in _ACCOUNT:
        return Receipt("retry", code=code, reason=detail, after=60.0, account_wide=True)
    if code in _TROUBLE or (status >= 500 and code not in _REASONS):
        return Receipt("retry", code=code, reason=detail)
    if code in _REFUSED:
        return Receipt("refused", code=code, reason=_REFUSED[code])
    reason = _REASONS.get(code, "")
    return Receipt("failed", code=code, reason=f"{reason} ({detail})" if reason and detail else reason or detail)
