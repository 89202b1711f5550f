"""Mentors and their sessions: who helps in which field, when they can, and what came of each meeting."""
