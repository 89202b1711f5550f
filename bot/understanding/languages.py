"""The language of a message in the bot's own words; by which words it is told: `contract/languages.py`."""

from __future__ import annotations

from contract.languages import language_of, small_words

__all__ = ["LANGUAGE_SLOT", "MAIN", "WRITTEN_IN", "language_of", "small_words"]

MAIN = "es"
# Of a parse: the language that the message told. Of the tracker: what the conversation goes on in.
WRITTEN_IN, LANGUAGE_SLOT = "written_in", "language"
