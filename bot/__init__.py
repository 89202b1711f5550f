"""Runs inside Rasa's environment (Python 3.10): channels, rendering, gateway, turns.

Imports `contract` and Rasa only.
"""
