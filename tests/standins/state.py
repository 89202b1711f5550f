"""What both vendors' stand-ins share: accounts, chats, files, the way out, switches, ordered failures."""

from __future__ import annotations

from urllib.parse import quote

from tests.standins.accounts import Account
from tests.standins.clock import Clock
from tests.standins.delivery import Deliverer
from tests.standins.failures import Failures
from tests.standins.files import Files
from tests.standins.ledger import Bubble, Ledger
from tests.standins.switches import Switches
from tests.standins.whatsapp_templates import Templates


class Unknown(Exception):
    """A test asked for something that is not there; the message says what is."""


class State:
    """Made inside the server's loop."""

    def __init__(self, accounts: dict[str, Account], gateway_url: str) -> None:
        self.accounts = accounts
        self.gateway_url = gateway_url
        self.clock = Clock()
        self.switches = Switches()
        self.failures = Failures()
        self.ledger = Ledger(self.clock)
        self.files = Files(self.clock)
        self.templates = Templates(accounts.values())
        self.deliverer = Deliverer(self.ledger, self.switches)
        # As callers of this server name it: learnt from the first request.
        self.own_url = ""

    def file_url(self, file_id: str, filename: str) -> str:
        """Return the address of a file for vendors that send addresses: whoever has it reads it."""
        return f"{self.own_url}/lookaside/{file_id}/{quote(filename or 'media')}?oh=signature"

    def account(self, key: str) -> Account:
        if key not in self.accounts:
            raise Unknown(f"no account {key}; there are {', '.join(self.accounts)}")
        return self.accounts[key]

    def name(self, account: str, user: str) -> str:
        return self.ledger.names.get((account, user), "Persona de Prueba")

    def find_option(
        self, account: str, user: str, wanted: str, message_id: str = ""
    ) -> tuple[Bubble, dict[str, str]]:
        """Return the newest message that offers this title or id, and the option. Raises Unknown."""
        offered: list[str] = []
        for bubble in reversed(self.ledger.chat(account, user)):
            if not bubble.outgoing or (message_id and bubble.id != message_id):
                continue
            for match in (_same, _same_folded, _same_numbered):
                for option in bubble.options:
                    if match(wanted, option["id"]) or match(wanted, option["title"]):
                        return bubble, option
            offered += [f"{option['title']} ({option['id']})" for option in bubble.options]
        raise Unknown(
            f"no option {wanted!r} was offered to {user} by {account}; there are: {', '.join(offered)}"
        )

    def clear(self) -> None:
        """Forget what passed; accounts stay."""
        self.deliverer.clear()
        self.ledger.clear()
        self.failures.clear()
        self.files.clear()
        self.templates.reload()
        self.switches.change(Switches().as_json())
        self.clock.skipped = 0.0


def _same(wanted: str, value: str) -> bool:
    return wanted == value


def _same_folded(wanted: str, value: str) -> bool:
    return wanted.strip().casefold() == value.strip().casefold()


def _same_numbered(wanted: str, value: str) -> bool:
    """A card's title begins with its number."""
    return _same_folded(wanted, value.partition(". ")[2])
