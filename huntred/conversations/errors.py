"""What conversations refuse."""

from __future__ import annotations

from huntred.errors import RuleBroken


class AlreadyTaken(RuleBroken):
    """Somebody else talks with this person already."""

    code = "already_taken"


class NotTaken(RuleBroken):
    """Only who has taken a conversation writes in it and gives it back."""

    code = "not_taken"


class UnitUnknown(RuleBroken):
    code = "unit_unknown"


class UnitNotOnChannel(RuleBroken):
    """The unit does not talk on this channel (SEXSI never goes over WhatsApp)."""

    code = "unit_not_on_channel"


class ContactIncomplete(RuleBroken):
    """Name, or a way to answer, is missing. fields: what to ask for."""

    code = "contact_incomplete"

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        super().__init__(", ".join(fields))


class ShortcutTaken(RuleBroken):
    """Another quick reply of the unit is found by it."""

    code = "shortcut_taken"


class TemplateNotSendable(RuleBroken):
    """The vendor has not approved it, it is another unit's, or it speaks to somebody else than the candidate."""

    code = "template_not_sendable"
