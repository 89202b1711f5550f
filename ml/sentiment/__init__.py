"""How a message sounds, by a lexicon of Mexican Spanish."""

from ml.sentiment.lexicon import LexiconSentiment

__all__ = ["LexiconSentiment"]
