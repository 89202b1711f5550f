"""Connectors: one file a vendor, each an InputChannel and OutputChannel of Rasa's: parse, verify, render, send."""
