"""The back office in English, laid over the Spanish of the templates as they are compiled (docs/decisions/0018)."""
