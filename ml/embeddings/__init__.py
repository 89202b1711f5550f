"""Texts as vectors, so that what means the same lies near: our own model, the registry of others, their cache."""
