"""What Slack's errors mean for a message: again later, never, or perhaps it went after all. Pure.

Names by docs.slack.dev/reference/methods/chat.postMessage#errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.connector import Receipt

# Ours to mend in Slack or in the back office: the message is as good as before.
_ACCOUNT = {
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "no_permission", "ekm_access_denied", "org_login_required", "team_access_not_granted", "accesslimited",
    "access_denied", "not_allowed_token_type",
}  # fmt: skip
# Slack's own trouble, surely before anything was posted.
_TROUBLE = {"service_unavailable", "request_timeout", "team_added_to_org", "metadata_must_be_sent_from_app"}
# "It's possible some aspect of the operation succeeded before the error was raised."
_DOUBTFUL = {"fatal_error", "internal_error"}
_RATES = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_REASONS = {
    "channel_not_found": "the person is not in the workspace any more, or never was",
    "user_not_found": "the person is not in the workspace any more, or never was",
    "user_disabled": "the person's account in the workspace was closed",
    "is_archived": "the conversation was archived in Slack",
    "messages_tab_disabled": "the app's Messages tab is off in Slack: nobody can be written to",
    "cannot_dm_bot": "a bot cannot be written to",
    "restricted_action": "the workspace does not let the app write",
    "msg_too_long": "longer than Slack takes",
    "msg_blocks_too_long": "longer than Slack takes",
    "no_text": "an empty text",
    "invalid_blocks": "Slack did not take the buttons, or could not fetch a picture",
    "invalid_blocks_format": "Slack did not take the buttons",
}


def of_answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Receipt:
    """Read an answer that is no success. headers: in small letters or case-insensitive."""
    code = str(body.get("error") or status)
    told = (body.get("response_metadata") or {}).get("messages") or ()
    detail = "; ".join(str(each) for each in told)[:300]
    if status == 429 or code in _RATES:
        after = headers.get("retry-after", "")
        seconds = float(after) if after.isascii() and after.isdigit() else 1.0
        # The method's limit holds for the whole workspace; one second is the pause of a channel.
        return Receipt("retry", code="ratelimited", reason=detail or "too many messages", after=seconds + 0.1,
                       account_wide=seconds > 1)  # fmt: skip
    if code in _ACCOUNT:
        reason = detail or f"Slack does not let the app write: {code}"
        return Receipt("retry", code=code, reason=reason, after=60.0, account_wide=True)
    if code in _TROUBLE:
        return Receipt("retry", code=code, reason=detail or "Slack is not available")
    if code in _DOUBTFUL or status >= 500 or not body:
        return Receipt("unknown", code=code, reason=detail or "Slack answered without saying what became of it")
    reason = f"{_REASONS[code]} ({detail})" if code in _REASONS and detail else _REASONS.get(code) or detail or code
    return Receipt("failed", code=code, reason=reason)
