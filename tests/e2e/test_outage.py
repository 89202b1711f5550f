"""The action server is down: one kind line after a while, and the answer once it is back, once."""

from __future__ import annotations

import os
import signal
import time

from tests.e2e.candidate import Candidate
from tests.e2e.test_killed import is_outage
from tests.e2e.town import Town


def test_one_kind_line_then_the_answer_once(town: Town, ana: Candidate) -> None:
    ana.says("hola", "aviso de privacidad")
    before = len(ana.received)
    # Stopped, not killed: it keeps its port and answers nobody, which is the worst of its outages.
    pid = town.platform.pid("actions")
    os.kill(pid, signal.SIGSTOP)
    try:
        ana.phone.press(ana.user, ana.account, "Sí, acepto")
        line = town.vendors.wait_for_reply(ana.user, ana.account, "problema técnico", before, timeout=60)
        assert is_outage(line.text)
        time.sleep(5)
        assert [is_outage(shown.text) for shown in ana.received[before:]] == [True]
    finally:
        if town.platform.pid("actions") == pid:
            os.kill(pid, signal.SIGCONT)
    town.platform.wait_until_well(names=["actions"])
    town.vendors.wait_for_reply(ana.user, ana.account, "conocer más", before, timeout=90)
    ana.settles(3.0)
    said = [shown.text for shown in ana.received[before:]]
    assert sum("conocer más" in text for text in said) == 1 and sum(is_outage(text) for text in said) == 1
