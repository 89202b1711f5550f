"""How fast each vendor lets us send: to one person, and by one number, bot, page or workspace. Pure.

Sources: WhatsApp: 80/s a number (more where Meta has raised it: `channel_accounts.messages_per_second`), 1 per 6 s to
one person with bursts to 45. Telegram: 1/s to a chat, 30/s a bot. Messenger and Instagram: 300/s a page or account.
Slack: 1/s to a channel, and a limit of the workspace that is not published: "several hundred a minute". X: 15 direct
messages per 15 minutes, which is also its 1,440 a day. Mail: what the provider takes, a setting.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """burst: how many at once. every: seconds for one more."""

    burst: float
    every: float

    @property
    def rate(self) -> float:
        """How many a second in the long run."""
        return 1 / self.every

    def shared_by(self, gateways: int) -> Limit:
        """Return what each of so many may do where they cannot ask each other: together no more than this."""
        if gateways <= 1:
            return self
        burst = max(1.0, self.burst / gateways)
        rate = max((self.burst + self.rate) / gateways - burst, self.rate / gateways / 2)
        return Limit(burst, 1 / rate)


def per_second(vendors: float) -> Limit:
    """A little below `vendors` a second, so that no second of theirs, wherever it begins, holds more.

    Whatever stood at full may go at once and one second's share after it: burst and share together make the limit.
    """
    ours = min(vendors * 0.975, vendors - 1) if vendors > 1 else vendors * 0.975
    return Limit(max(1.0, vendors - ours), 1 / ours)


WHATSAPP_PER_SECOND = 80.0
_OF_ACCOUNT = {
    "whatsapp": per_second(WHATSAPP_PER_SECOND),
    "telegram": per_second(30),
    "messenger": per_second(300),
    "instagram": per_second(300),
    "slack": per_second(5),
    # Of 15 in any quarter of an hour: five at once, and ten spread over it.
    "x": Limit(5, 90.5),
}
# Our clock and theirs count from different moments, hence the hundredths.
_OF_PERSON = {
    "whatsapp": Limit(44, 6.05),
    "telegram": Limit(1, 1.02),
    "slack": Limit(1, 1.02),
}


class Limits:
    """The limits of this installation. mail_per_second: what the mail provider takes."""

    def __init__(self, mail_per_second: float = 5.0) -> None:
        self._mail = per_second(mail_per_second)

    def of_account(self, channel: str, granted: float | None = None) -> Limit | None:
        """Return the limit of one number, bot or page; None where nobody sets one (the web chat).

        granted: messages a second, where the vendor has raised or lowered it for this one.
        """
        if granted:
            return per_second(granted)
        return self._mail if channel == "email" else _OF_ACCOUNT.get(channel)

    def of_person(self, channel: str) -> Limit | None:
        """Return the limit towards one person by one account."""
        return _OF_PERSON.get(channel)
