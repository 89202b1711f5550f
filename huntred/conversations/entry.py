"""Links that open a unit's chat with a code: of an invitation, of a family group, of a campaign."""

from __future__ import annotations

from urllib.parse import quote


def entry_url(channel: str, address: str, code: str, *, text: str = "") -> str:
    """Return the link. address: what people dial on that channel; of "web", the chat's page.

    text: what WhatsApp is prefilled with instead of the code alone; it carries the code.
    """
    if channel == "whatsapp":
        digits = "".join(char for char in address if char.isdigit())
        return f"https://wa.me/{digits}?text={quote(text or code)}"
    if channel == "telegram":
        return f"https://t.me/{address.lstrip('@')}?start={quote(code)}"
    return f"{address}?ref={quote(code)}"
