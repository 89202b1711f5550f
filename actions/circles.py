"""Nobody hears the same thing again and again: whoever goes in a circle is shown ways on, a person among them."""

from __future__ import annotations

import hashlib
import json

from actions.turn import Turn

# So often may the same be said one after the other; the next time ways on are shown instead.
MOST_EQUAL = 2


def lead_out_of_circle(turn: Turn) -> None:
    """Show ways on where a reply has been said twice already, one after the other.

    They stand in place of words that are the same for everybody, and come after what tells somebody something of
    theirs: whoever asks a third time how an application goes is told it a third time. What was asked may still be
    answered. What is pressed is wanted as it is, and a form has its own way of helping.
    """
    said = turn.said
    if not said or turn.picked or turn.first or turn.passed_on or turn.starts_form:
        return
    digest = hashlib.blake2b(json.dumps(said, sort_keys=True, default=str).encode(), digest_size=6).hexdigest()
    before, times = turn.slot("said_before") or ("", 0)
    times = times + 1 if digest == before else 1
    if times > MOST_EQUAL:
        times = 0
        if turn.tells:
            turn.say("utter_ways_on")
        else:
            turn.say_instead("utter_ways_on")
    turn.set(said_before=[digest, times])
